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

Problem too_many(std::string detail, const Rates::Standing& standing) {
  return {429, "rate-limited", std::move(detail), {}, standing.retry_seconds};
}

// The stricter of two.
const Rates::Standing& worse(const Rates::Standing& a, const Rates::Standing& b) {
  if (a.limit == 0 || b.limit == 0) return a.limit == 0 ? b : a;
  if (a.retry_seconds != b.retry_seconds) return a.retry_seconds > b.retry_seconds ? a : b;
  return a.remaining < b.remaining ? a : b;
}

// Whoever needs no token is not measured by name: the machine is theirs.
std::optional<Problem> check_rates(Context& context, Exchange& exchange) {
  Rates::Standing of_address, of_caller;
  if (!exchange.address.empty()) {
    of_address = context.address_rates.take(std::string(exchange.address));
  }
  if (exchange.route->proof == Proof::token && context.access.asks_tokens()) {
    of_caller = context.caller_rates.take(exchange.caller.name);
  }
  exchange.standing = worse(of_address, of_caller);
  if (exchange.standing.retry_seconds == 0) return std::nullopt;
  return too_many("too many requests within a minute", exchange.standing);
}

// Fills in who asks. Where too many wrong tokens came from not even a right one is taken for a
// while: else guessing could go on.
std::optional<Problem> check_caller(Context& context, Exchange& exchange) {
  if (exchange.route->proof == Proof::none) return std::nullopt;
  const std::string address(exchange.address);
  if (!address.empty()) {
    const auto standing = context.failed_tokens.look(address);
    if (standing.retry_seconds > 0) {
      return too_many("too many wrong tokens came from this address", standing);
    }
  }
  if (exchange.route->proof == Proof::token) {
    auto caller = caller_of(context, exchange);
    if (auto* problem = std::get_if<Problem>(&caller)) {
      if (!address.empty()) context.failed_tokens.take(address);
      return std::move(*problem);
    }
    exchange.caller = std::get<Caller>(std::move(caller));
  }
  return check_rates(context, exchange);
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

std::vector<std::pair<std::string, std::string>> common_fields(const Context& context,
                                                               const Exchange& exchange) {
  auto fields = cors_fields(context.access, exchange.head);
  const Rates::Standing& standing = exchange.standing;
  if (standing.limit == 0) return fields;
  fields.emplace_back("RateLimit-Limit", std::to_string(standing.limit));
  fields.emplace_back("RateLimit-Remaining", std::to_string(standing.remaining));
  fields.emplace_back("RateLimit-Reset", std::to_string(standing.reset_seconds));
  return fields;
}

}  // namespace passaparola::feed
