#include "feed/rules_request.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <mutex>

#include "core/limits.h"
#include "feed/off_thread.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;

// A verdict, which may come after nobody waits any more.
struct Verdict {
  std::mutex mutex;
  std::optional<Result<RulesReply>> reply;  // protected by mutex
};

std::string_view media_type(const Head& head) {
  const std::string_view type = head.field("content-type");
  return type.substr(0, type.find_first_of("; \t"));
}

// The hash in `"hash"`, `W/"hash"` or hash; "*" and nothing: any rules.
std::string only_over(std::string_view if_match) {
  if (if_match == "*") return {};
  if (if_match.starts_with("W/")) if_match.remove_prefix(2);
  if (if_match.size() >= 2 && if_match.front() == '"' && if_match.back() == '"') {
    if_match = if_match.substr(1, if_match.size() - 2);
  }
  return std::string(if_match);
}

Outcome to_outcome(RulesReply reply) {
  if (reply.is_stale) {
    return Problem{412, "rules-changed",
                   "other rules than If-Match says are in force: get them and look again"};
  }
  if (!reply.refusal.empty()) {
    return Problem{422, "bad-rules", std::move(reply.refusal), std::move(reply.diagnostics)};
  }
  Answer out;
  out.body = std::move(reply.json);
  if (!reply.hash.empty()) out.fields.emplace_back("ETag", '"' + reply.hash + '"');
  return out;
}

}  // namespace

std::optional<Problem> check_rules_request(const Head& head) {
  const std::string_view type = media_type(head);
  if (type != "application/json" && type != "text/plain") {
    return Problem{415, "content-type",
                   "rules come as application/json with files, or as text/plain, one rule file"};
  }
  const std::string_view encoding = head.field("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return Problem{415, "content-encoding", "rules come as they are, not compressed"};
  }
  if (!head.chunked && !head.content_length) {
    return Problem{411, "length-required", "rules need Content-Length or chunks"};
  }
  return std::nullopt;
}

RulesRequest rules_request(const Head& head, Route route) {
  RulesRequest request;
  request.only_check = route == Route::rules_check;
  request.is_json = media_type(head) == "application/json";
  request.only_over = only_over(head.field("if-match"));
  return request;
}

net::awaitable<Outcome> change_rules(Context& context, RulesRequest request) {
  if (!context.services.change_rules) {
    co_return Problem{404, "not-found", "this server's rules cannot be changed"};
  }
  auto verdict = std::make_shared<Verdict>();
  auto given = std::make_shared<RulesRequest>(std::move(request));
  auto start = [&context, verdict, given](const std::function<void()>& call) {
    auto done = [verdict, call](Result<RulesReply> reply) {
      {
        const std::lock_guard lock(verdict->mutex);
        verdict->reply.emplace(std::move(reply));
      }
      call();
    };
    // Reading a large body takes time that this thread's other sockets have not.
    context.run(Pool::reads, [&context, given, done = std::move(done)] {
      context.services.change_rules(std::move(*given), done);
    });
  };
  co_await until_called(context, std::move(start), std::chrono::seconds(kMaxRequestSeconds));
  const std::lock_guard lock(verdict->mutex);
  if (!verdict->reply) {
    co_return Problem{503, "rules-timed-out",
                      "the rules are still being worked on: GET /api/v1/rules says when they run"};
  }
  Result<RulesReply>& reply = *verdict->reply;
  if (!reply) co_return problem_of(reply.error());
  co_return to_outcome(std::move(*reply));
}

}  // namespace passaparola::feed
