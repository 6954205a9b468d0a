#include "feed/webhook_push.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdlib>

#include "core/limits.h"
#include "feed/off_thread.h"
#include "feed/push.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;

bool is_near(std::int64_t second, Timestamp at) {
  return std::abs(at.milliseconds - second * kMillisecondsPerSecond) <=
         kMaxWebhookClockSeconds * kMillisecondsPerSecond;
}

std::optional<Problem> read_head_of(SignedPush& push, const Head& head, Timestamp at) {
  auto signed_head = read_signed_head(head);
  if (auto* problem = std::get_if<Problem>(&signed_head)) return std::move(*problem);
  push.head = std::get<SignedHead>(std::move(signed_head));
  if (!is_near(push.head.signed_at, at)) {
    return Problem{401, "webhook-timestamp",
                   "webhook-timestamp is more than 300 s from this server's clock"};
  }
  return check_push_body(head);
}

}  // namespace

Problem count_webhook(Context& context, const SignedPush& push, Problem problem) {
  context.metrics.count_webhook(push.place->webhook.name, problem.name);
  return problem;
}

std::variant<SignedPush, Problem> open_webhook(Context& context, const Head& head,
                                               const Target& target) {
  SignedPush push;
  push.place = context.webhooks.find(target.path.back());
  if (push.place == nullptr) return Problem{404, "not-found", "no webhook has this name"};
  if (auto problem = read_head_of(push, head, context.services.clock())) {
    return count_webhook(context, push, *std::move(problem));
  }
  return push;
}

net::awaitable<Outcome> push_signed(Context& context, const Head& head, SignedPush push) {
  const Webhook& webhook = push.place->webhook;
  bool is_theirs = false;
  std::function<void()> work = [&webhook, &push, &is_theirs] {
    is_theirs = is_signed(webhook.keys, push.head, push.body);
  };
  co_await off_thread(context, Pool::reads, std::move(work));
  if (!is_theirs) {
    Problem wrong{401, "webhook-signature",
                  "no signature of version 1 fits this id, timestamp and body"};
    co_return count_webhook(context, push, std::move(wrong));
  }
  const PushShare share(context.push_budget, head, kMaxHttpBodyBytes);
  if (!share.is_granted()) co_return count_webhook(context, push, too_many_pushes());
  PushRequest request;
  request.body = std::move(push.body);
  request.is_gzip = head.field("content-encoding") == "gzip";
  request.key = push.head.id;
  request.signed_at = push.head.signed_at;
  PushReply reply =
      co_await feed::push(context, webhook.push, push.place->taken, std::move(request));
  if (auto* problem = std::get_if<Problem>(&reply.outcome)) {
    co_return count_webhook(context, push, std::move(*problem));
  }
  context.metrics.count_webhook(webhook.name, reply.is_repeated ? "repeated" : "accepted");
  co_return std::move(reply.outcome);
}

}  // namespace passaparola::feed
