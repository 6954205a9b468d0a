#include "feed/bodies.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "core/limits.h"
#include "feed/deliveries.h"
#include "feed/erasures.h"
#include "feed/exports_answer.h"
#include "feed/off_thread.h"
#include "feed/push.h"
#include "feed/rules_request.h"
#include "feed/triage.h"
#include "feed/views.h"
#include "feed/webhook_push.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;

net::awaitable<Outcome> take_push(Context& context, Exchange& exchange, ReadBody read) {
  if (auto problem = check_push(exchange.head)) co_return *std::move(problem);
  PushShare share(context.push_budget, exchange.head, kMaxHttpBodyBytes);
  if (!share.is_granted()) co_return too_many_pushes();
  auto body = co_await read();
  if (auto* problem = std::get_if<Problem>(&body)) co_return std::move(*problem);
  PushRequest request;
  request.body = std::get<std::string>(std::move(body));
  request.is_gzip = exchange.head.field("content-encoding") == "gzip";
  request.key = exchange.head.field("idempotency-key");
  PushReply reply =
      co_await push(context, context.services.push, context.pushes, std::move(request));
  co_return std::move(reply.outcome);
}

net::awaitable<Outcome> take_webhook(Context& context, Exchange& exchange, ReadBody read) {
  auto opened = open_webhook(context, exchange.head, exchange.target);
  if (auto* problem = std::get_if<Problem>(&opened)) co_return std::move(*problem);
  SignedPush signed_push = std::get<SignedPush>(std::move(opened));
  PushShare share(context.unverified_budget,
                  exchange.head.content_length.value_or(kMaxHttpBodyBytes));
  if (!share.is_granted()) co_return count_webhook(context, signed_push, too_many_pushes());
  auto body = co_await read();
  if (auto* problem = std::get_if<Problem>(&body)) {
    co_return count_webhook(context, signed_push, std::move(*problem));
  }
  signed_push.body = std::get<std::string>(std::move(body));
  co_return co_await push_signed(context, exchange.head, std::move(signed_push));
}

net::awaitable<Outcome> take_rules(Context& context, Exchange& exchange, ReadBody read) {
  if (auto problem = check_rules_request(exchange.head)) co_return *std::move(problem);
  PushShare share(context.push_budget, exchange.head, kMaxRulesBodyBytes);
  if (!share.is_granted()) co_return too_many_pushes();
  auto body = co_await read();
  if (auto* problem = std::get_if<Problem>(&body)) co_return std::move(*problem);
  RulesRequest request = rules_request(exchange.head, exchange.route->route);
  request.body = std::get<std::string>(std::move(body));
  request.by = exchange.caller.name;
  co_return co_await change_rules(context, std::move(request));
}

// Small bodies of JSON that say what to do.
Outcome do_as_said(Context& context, const Exchange& exchange, std::string_view body) {
  const Caller& by = exchange.caller;
  const Route route = exchange.route->route;
  if (route == Route::view) return save_view(context, exchange.target, by, body);
  if (route == Route::delivery_replay) return replay_delivery(context, exchange.target, body);
  if (route == Route::exports) return begin_export(context, by, body);
  if (route == Route::mentions_triage) return triage_together(context, by, body);
  return triage(context, exchange.target.path[3], by, exchange.head.field("if-match"), body);
}

net::awaitable<Outcome> take_triage(Context& context, Exchange& exchange, ReadBody read) {
  if (auto problem = check_triage(exchange.head)) co_return *std::move(problem);
  auto body = co_await read();
  if (auto* problem = std::get_if<Problem>(&body)) co_return std::move(*problem);
  const std::string bytes = std::get<std::string>(std::move(body));
  Outcome outcome;
  std::function<void()> work = [&context, &exchange, &outcome, &bytes] {
    outcome = do_as_said(context, exchange, bytes);
  };
  co_await off_thread(context, Pool::reads, std::move(work));
  co_return outcome;
}

net::awaitable<Outcome> take_erasures(Context& context, Exchange& exchange, ReadBody read) {
  if (auto problem = check_erasures(exchange.head)) co_return *std::move(problem);
  PushShare share(context.push_budget, exchange.head, kMaxErasureBodyBytes);
  if (!share.is_granted()) co_return too_many_pushes();
  auto body = co_await read();
  if (auto* problem = std::get_if<Problem>(&body)) co_return std::move(*problem);
  std::string bytes = std::get<std::string>(std::move(body));
  co_return co_await forget_together(context, std::move(bytes));
}

}  // namespace

net::awaitable<Outcome> take_body(Context& context, Exchange& exchange, ReadBody read) {
  switch (exchange.route->route) {
    case Route::posts:
      return take_push(context, exchange, std::move(read));
    case Route::webhook:
      return take_webhook(context, exchange, std::move(read));
    case Route::mention:
    case Route::mentions_triage:
    case Route::view:
    case Route::delivery_replay:
    case Route::exports:
      return take_triage(context, exchange, std::move(read));
    case Route::authors_forget:
      return take_erasures(context, exchange, std::move(read));
    default:
      return take_rules(context, exchange, std::move(read));
  }
}

}  // namespace passaparola::feed
