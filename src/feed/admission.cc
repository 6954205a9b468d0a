#include "feed/admission.h"

#include "feed/cors.h"

namespace passaparola::feed {
namespace {

// Who shows a ticket is whoever was given it, whatever else the request shows.
std::variant<Caller, Problem> caller_of(Context& context, const Exchange& exchange) {
  const Timestamp at = context.services.clock();
  const Route route = exchange.route->route;
  const auto ticket = exchange.target.parameter("ticket");
  if (!ticket || (route != Route::live && route != Route::sse)) {
    return context.access.identify(exchange.head, at);
  }
  auto caller = context.tickets.take(*ticket, at);
  if (caller) return *std::move(caller);
  return Problem{401, "unauthorized", "the ticket is used or too old: ask for another"};
}

std::optional<Problem> check_caller(Context& context, Exchange& exchange) {
  if (exchange.route->proof != Proof::token) return std::nullopt;
  auto caller = caller_of(context, exchange);
  if (auto* problem = std::get_if<Problem>(&caller)) return std::move(*problem);
  exchange.caller = std::get<Caller>(std::move(caller));
  return std::nullopt;
}

std::optional<Problem> check_body(const Exchange& exchange) {
  const Head& head = exchange.head;
  const std::size_t most = max_body(exchange.route->route, head.method);
  if (head.has_body() && most == 0) {
    return Problem{400, "unexpected-body", "a request of this kind has no body"};
  }
  if (head.content_length.value_or(0) > most) {
    return Problem{413, "body-too-large", "the body is larger than this server takes"};
  }
  return std::nullopt;
}

std::optional<Problem> check(Context& context, Exchange& exchange) {
  const Head& head = exchange.head;
  const RouteEntry& route = *exchange.route;
  if (auto problem = check_caller(context, exchange)) return problem;
  if (route.route == Route::unknown) {
    return Problem{404, "not-found", "there is nothing at this path"};
  }
  if (!is_allowed(route, head.method)) {
    return Problem{405, "method-not-allowed", "allowed here: " + std::string(route.allowed)};
  }
  if (auto problem = check_rights(route, head.method, exchange.target, exchange.caller)) {
    return problem;
  }
  const bool only_reads = head.method == "GET" || head.method == "HEAD";
  if (!only_reads || route.route == Route::live || route.route == Route::sse) {
    if (auto problem = context.access.check_origin(head)) return problem;
  }
  return check_body(exchange);
}

}  // namespace

std::optional<Outcome> admit(Context& context, Exchange& exchange) {
  const Head& head = exchange.head;
  if (auto problem = context.access.check_host(head, exchange.local_address)) {
    return *std::move(problem);
  }
  auto target = read_target(head.target);
  if (!target) return Problem{400, "malformed-request", "the target is not a path"};
  exchange.target = *std::move(target);
  exchange.route = &find_route(exchange.target.path);
  if (auto answer = preflight(context.access, head, *exchange.route)) return *std::move(answer);
  if (auto problem = check(context, exchange)) return *std::move(problem);
  return std::nullopt;
}

}  // namespace passaparola::feed
