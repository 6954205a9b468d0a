#include "connect/recheck.h"

#include "core/json.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;
using Clock = std::chrono::steady_clock;

constexpr int kBatchesAStep = 10;

void add_deletion(std::string& lines, std::string_view source, std::string_view id) {
  JsonWriter writer(lines);
  writer.StartObject();
  writer.field("op", name_of(PostOp::remove));
  writer.field("source", source);
  writer.field("id", id);
  writer.field("created_at", format_rfc3339(now()));
  writer.EndObject();
  lines += '\n';
}

}  // namespace

awaitable<std::optional<Failure>> Recheck::step(Run& run, ingest::Format format,
                                                std::string token) {
  if (every_.count() == 0) co_return std::nullopt;
  const bool is_due = !begun_ || Clock::now() - *begun_ >= run.reach().scaled(every_);
  if (!after_ && !is_due) co_return std::nullopt;
  if (!after_) {
    after_ = 0;
    begun_ = Clock::now();
    missing_before_ = std::exchange(missing_, {});
  }
  for (int i = 0; i < kBatchesAStep; ++i) {
    const auto posts = co_await run.stored_posts(std::string(plan_.source_of_posts()), *after_,
                                                 RecheckPlan::kMostAtOnce);
    if (!posts) co_return std::nullopt;  // the store says why elsewhere, and may be well next time
    if (!posts->ids.empty()) {
      const auto failed = co_await ask(run, posts->ids, format, token);
      if (failed) co_return *failed;
    }
    after_ = posts->next_after;
    if (posts->is_end) {
      after_.reset();
      break;
    }
  }
  co_return std::nullopt;
}

awaitable<std::optional<Failure>> Recheck::ask(Run& run, const std::vector<std::string>& ids,
                                               ingest::Format format, const std::string& token) {
  co_await run.spend();
  const auto response = co_await fetch(plan_.ask_again(ids, token), run.reach(), kMaxDocumentBytes);
  if (!response) co_return response.error();
  if (response->status != 200) co_return failure_of(*response, now());
  const auto answered = plan_.answered(response->body);
  if (!answered) {
    co_return Failure{
        Trouble::protocol, response->url.host + " answers something that cannot be read", {}};
  }
  std::string deletions;
  for (const std::string& id : ids) {
    if (answered->there.contains(id)) continue;
    const bool is_gone = answered->gone.contains(id) || missing_before_.contains(id);
    if (is_gone) {
      add_deletion(deletions, plan_.source_of_posts(), id);
    } else {
      missing_.insert(id);
    }
  }
  co_await run.deliver({format, response->body, {}});  // with what was edited
  if (!deletions.empty()) {
    co_await run.deliver({ingest::Format::native, std::move(deletions), {}});
  }
  if (const auto pause = wanted_pause(*response, now())) co_await run.sleep(*pause);
  co_return std::nullopt;
}

}  // namespace passaparola::connect
