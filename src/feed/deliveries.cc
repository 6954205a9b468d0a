#include "feed/deliveries.h"

#include <simdjson.h>

#include <string>

#include "core/limits.h"
#include "feed/answers.h"
#include "feed/parameters.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kBehindName = ":replay";

Problem bad_body(std::string detail) { return {400, "invalid-argument", std::move(detail)}; }

Answer json_of(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

Problem no_such_delivery() { return {404, "not-found", "there is no such delivery"}; }

// Reads one member. The problem, where there is one.
std::optional<Problem> read_member(const store::Store& store, std::string_view name,
                                   simdjson::dom::element value, DeliveryReplay& replay) {
  if (name == "after") {
    std::string_view text;
    const auto place = value.get(text) ? std::nullopt : parse_start_at(text);
    if (!place) return bad_body("after is now, start or a cursor");
    const auto start = resolve_start(store, *place);
    if (const auto* problem = std::get_if<Problem>(&start)) return *problem;
    replay.after = std::get<std::uint64_t>(start);
    return std::nullopt;
  }
  bool* const flag = name == "undelivered" ? &replay.undelivered
                     : name == "on"        ? &replay.on
                                           : nullptr;
  if (flag == nullptr) return bad_body("a replay has after, undelivered and on, and nothing else");
  if (value.get(*flag) || !*flag) return bad_body(std::string(name) + " can only be true");
  return std::nullopt;
}

std::variant<DeliveryReplay, Problem> read_replay(const store::Store& store,
                                                  std::string_view body) {
  const simdjson::padded_string padded(body);
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(padded).get(members)) return bad_body("the body is not a JSON object");
  DeliveryReplay replay;
  for (const auto [name, value] : members) {
    if (auto problem = read_member(store, name, value, replay)) return *std::move(problem);
  }
  if (!replay.after && !replay.undelivered && !replay.on) {
    return bad_body(R"(say what: {"after":CURSOR}, {"undelivered":true} or {"on":true})");
  }
  return replay;
}

}  // namespace

Outcome deliveries_answer(Context& context) {
  const Deliveries& deliveries = context.services.deliveries;
  if (!deliveries.json) return json_of(R"({"deliveries":[]})");
  auto body = deliveries.json("");
  if (!body) return problem_of(body.error());
  return json_of(*std::move(body));
}

Outcome undelivered_answer(Context& context, const Target& target) {
  const auto limit = count_parameter(target, "limit", 100, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  const auto after = number_parameter(target, "after");
  if (!after) return bad_parameter("after must be the number of a message");
  const Deliveries& deliveries = context.services.deliveries;
  if (!deliveries.undelivered_json) return no_such_delivery();
  auto body = deliveries.undelivered_json(target.path[3], *after, *limit);
  if (!body) return problem_of(body.error());
  return json_of(*std::move(body));
}

Outcome replay_delivery(Context& context, const Target& target, std::string_view body) {
  std::string_view name = target.path[3];
  name.remove_suffix(kBehindName.size());
  const Deliveries& deliveries = context.services.deliveries;
  if (!deliveries.replay) return no_such_delivery();
  const auto replay = read_replay(*context.services.store, body);
  if (const auto* problem = std::get_if<Problem>(&replay)) return *problem;
  const auto done = deliveries.replay(name, std::get<DeliveryReplay>(replay));
  if (!done) return problem_of(done.error());
  auto now = deliveries.json(name);
  if (!now) return problem_of(now.error());
  return json_of(*std::move(now));
}

}  // namespace passaparola::feed
