#include "feed/push.h"

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <mutex>

#include "core/hash.h"
#include "core/limits.h"
#include "feed/answers.h"
#include "feed/inflate.h"
#include "feed/off_thread.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;

constexpr std::size_t kMaxKeyBytes = 255;

// The outcome of a push, which may come after nobody waits any more.
struct Pushed {
  std::mutex mutex;
  std::optional<Result<PushOutcome>> outcome;  // protected by mutex
};

bool is_ndjson(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.empty() || type == "application/x-ndjson" || type == "application/ndjson" ||
         type == "application/jsonl" || type == "application/json";
}

net::awaitable<Outcome> push_once(Context& context, std::string body) {
  auto pushed = std::make_shared<Pushed>();
  auto start = [&context, pushed, &body](const std::function<void()>& call) {
    context.services.push(std::move(body), [pushed, call](Result<PushOutcome> result) {
      {
        const std::lock_guard lock(pushed->mutex);
        pushed->outcome.emplace(std::move(result));
      }
      call();
    });
  };
  co_await until_called(context, std::move(start), std::chrono::seconds(kMaxRequestSeconds));
  const std::lock_guard lock(pushed->mutex);
  if (!pushed->outcome) {
    co_return Problem{503, "push-timed-out",
                      "the posts were not durable in time; push them again, nothing is doubled"};
  }
  const Result<PushOutcome>& result = *pushed->outcome;
  if (!result) co_return problem_of(result.error());
  Answer out;
  out.body = to_json(*result);
  co_return out;
}

}  // namespace

std::optional<Problem> check_push(const Head& head) {
  if (!is_ndjson(head.field("content-type"))) {
    return Problem{415, "content-type", "posts come as application/x-ndjson, one a line"};
  }
  const std::string_view encoding = head.field("content-encoding");
  if (!encoding.empty() && encoding != "gzip" && encoding != "identity") {
    return Problem{415, "content-encoding", "the body may be gzip or plain"};
  }
  if (head.field("idempotency-key").size() > kMaxKeyBytes) {
    return Problem{400, "bad-idempotency-key", "Idempotency-Key is longer than 255 bytes"};
  }
  if (!head.chunked && !head.content_length) {
    return Problem{411, "length-required", "a push needs Content-Length or chunks"};
  }
  return std::nullopt;
}

PushShare::PushShare(Budget& budget, const Head& head, std::size_t most)
    : budget_(budget), bytes_(head.content_length.value_or(most)) {
  if (head.field("content-encoding") == "gzip") bytes_ += kMaxInflatedBodyBytes;
  is_granted_ = budget_.take(bytes_);
}

PushShare::~PushShare() {
  if (is_granted_) budget_.give_back(bytes_);
}

net::awaitable<Outcome> push(Context& context, std::string body, bool is_gzip, std::string key) {
  std::uint64_t body_hash = 0;
  std::optional<Problem> bad_gzip;
  std::function<void()> work = [&body, &body_hash, &bad_gzip, is_gzip] {
    body_hash = content_hash64(body);
    if (!is_gzip) return;
    auto inflated = inflate_gzip(body);
    if (auto* problem = std::get_if<Problem>(&inflated)) {
      bad_gzip = std::move(*problem);
    } else {
      body = std::get<std::string>(std::move(inflated));
    }
  };
  co_await off_thread(context, Pool::reads, std::move(work));
  if (bad_gzip) co_return *std::move(bad_gzip);
  if (key.empty()) co_return co_await push_once(context, std::move(body));
  auto verdict = context.pushes.begin(key, body_hash);
  if (auto* answer = std::get_if<Answer>(&verdict)) co_return std::move(*answer);
  if (auto* problem = std::get_if<Problem>(&verdict)) co_return std::move(*problem);
  Outcome outcome = co_await push_once(context, std::move(body));
  std::optional<Answer> kept;
  if (const auto* answer = std::get_if<Answer>(&outcome)) kept = *answer;
  context.pushes.finish(key, std::move(kept));
  co_return outcome;
}

}  // namespace passaparola::feed
