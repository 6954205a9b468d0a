// Any bytes that a live client may send: parsed or refused with a reason, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "core/limits.h"
#include "feed/client_message.h"
#include "feed/http.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace passaparola;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const feed::ParsedMessage parsed = feed::parse_client_message(text);
  if (parsed.message) {
    CHECK(!parsed.message->id.empty(), "a message without id passed");
    CHECK(parsed.message->where.size() <= kMaxFilterBytes, "a long filter passed");
    CHECK(parsed.message->every_ms <= 60'000, "every_ms passed its limit");
  } else {
    CHECK(!parsed.error.code.empty() && !parsed.error.message.empty(), "refused without a reason");
  }
  // The same bytes as the head and the target of a request: the other door that strangers use.
  if (const auto end = feed::find_head_end(text, 0); end && !end->broken) {
    const auto head = feed::read_head(text.substr(0, end->bytes));
    if (const auto* passed = std::get_if<feed::Head>(&head)) {
      CHECK(!(passed->chunked && passed->content_length), "two body lengths passed");
      feed::read_target(passed->target);
    }
  }
  feed::read_target(text);
  return 0;
}
