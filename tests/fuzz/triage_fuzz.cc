// Any bytes as the body of a triage request, for one mention or for many: read within its limits,
// or refused with a reason, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/limits.h"
#include "feed/triage.h"

using namespace passaparola;

namespace {

void check_refusal(const Error& error) {
  CHECK(error.code == ErrorCode::invalid_argument, "what a client says is the client's mistake");
  CHECK(!error.message.empty(), "refused without a reason");
}

void check_change(const store::TriageChange& change) {
  CHECK(change.by.empty() && !change.over, "who says it, and over what, comes from elsewhere");
  CHECK(change.note.size() <= kMaxTriageNoteBytes, "a long note passed");
  CHECK(!change.assignee || change.assignee->size() <= kMaxNameBytes, "a long name passed");
}

void check_one(std::string_view body) {
  const auto request = feed::read_triage(body);
  if (!request) return check_refusal(request.error());
  check_change(request->change);
  if (!request->correction || !*request->correction) return;
  CHECK((*request->correction)->label != Label::abstain, "nobody corrects to not knowing");
  CHECK((*request->correction)->by.empty(), "who says it comes from elsewhere");
}

void check_many(std::string_view body) {
  const auto request = feed::read_triage_together(body);
  if (!request) return check_refusal(request.error());
  check_change(request->change);
  CHECK(request->ids.size() <= kMaxTriageTogether, "too many passed");
  CHECK(!request->where || request->ids.empty(), "both ways to say which passed");
  for (const std::string& id : request->ids) CHECK(id.size() <= kMaxIdBytes, "a long id passed");
  CHECK(!request->where || request->where->size() <= kMaxFilterBytes, "a long filter passed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_one(bytes);
  check_many(bytes);
  if (const auto version = feed::read_if_match(bytes); !version) check_refusal(version.error());
  return 0;
}
