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

net::awaitable<Outcome> push_once(Context& context, const Push& to, std::string body) {
  auto pushed = std::make_shared<Pushed>();
  auto start = [&to, pushed, &body](const std::function<void()>& call) {
    to(std::move(body), [pushed, call](Result<PushOutcome> result) {
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
  if (head.field("idempotency-key").size() > kMaxPushKeyBytes) {
    return Problem{400, "bad-idempotency-key", "Idempotency-Key is longer than 255 bytes"};
  }
  return check_push_body(head);
}

std::optional<Problem> check_push_body(const Head& head) {
  const std::string_view encoding = head.field("content-encoding");
  if (!encoding.empty() && encoding != "gzip" && encoding != "identity") {
    return Problem{415, "content-encoding", "the body may be gzip or plain"};
  }
  if (!head.chunked && !head.content_length) {
    return Problem{411, "length-required", "a push needs Content-Length or chunks"};
  }
  return std::nullopt;
}

PushShare::PushShare(Budget& budget, const Head& head, std::size_t most)
    : PushShare(budget,
                head.content_length.value_or(most) +
                    (head.field("content-encoding") == "gzip" ? kMaxInflatedBodyBytes : 0)) {}

PushShare::PushShare(Budget& budget, std::size_t bytes)
    : budget_(budget), bytes_(bytes), is_granted_(budget.take(bytes)) {}

PushShare::~PushShare() {
  if (is_granted_) budget_.give_back(bytes_);
}

Problem too_many_pushes() { return {429, "overloaded", "too many pushes are under way"}; }

net::awaitable<PushReply> push(Context& context, const Push& to, PushLog& log,
                               PushRequest request) {
  std::string& body = request.body;
  std::uint64_t body_hash = 0;
  std::optional<Problem> bad_gzip;
  std::function<void()> work = [&body, &body_hash, &bad_gzip, is_gzip = request.is_gzip] {
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
  PushReply reply;
  if (bad_gzip) {
    reply.outcome = *std::move(bad_gzip);
    co_return reply;
  }
  if (request.key.empty()) {
    reply.outcome = co_await push_once(context, to, std::move(body));
    co_return reply;
  }
  auto verdict = log.begin(request.key, body_hash, request.signed_at);
  if (auto* answer = std::get_if<Answer>(&verdict)) {
    reply.outcome = std::move(*answer);
    reply.is_repeated = true;
    co_return reply;
  }
  if (auto* problem = std::get_if<Problem>(&verdict)) {
    reply.outcome = std::move(*problem);
    co_return reply;
  }
  reply.outcome = co_await push_once(context, to, std::move(body));
  std::optional<Answer> kept;
  if (const auto* answer = std::get_if<Answer>(&reply.outcome)) kept = *answer;
  log.finish(request.key, std::move(kept));
  co_return reply;
}

}  // namespace passaparola::feed
