#include "feed/triage.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.h"
#include "core/limits.h"
#include "feed/answers.h"

namespace passaparola::feed {
namespace {

Problem stale() {
  return {412, "changed-meanwhile", "somebody changed this mention since: read it, then decide"};
}

Problem held(const Lease& lease) { return {409, "held", held_by(lease).message}; }

bool is_change(const store::TriageChange& change) {
  return change.state || change.assignee || !change.note.empty();
}

// Who is not at it may not change it while somebody else is.
std::optional<Problem> hold(Context& context, const std::string& id, const std::string& by,
                            const TriageRequest& request, Timestamp at) {
  if (const auto lease = context.leases.of(id, at); lease && lease->by != by) return held(*lease);
  if (!request.lease) return std::nullopt;
  if (!*request.lease) {
    context.leases.release(id, by);
    return std::nullopt;
  }
  const auto taken = context.leases.take(id, by, at);
  if (taken) return std::nullopt;
  if (taken.error().code != ErrorCode::in_use) return problem_of(taken.error());
  return Problem{409, "held", taken.error().message};
}

// For who has the mention before them.
void tell(Context& context, const std::string& id, const store::TriageOutcome& outcome) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("kind", "triage");
  writer.field("mention_id", id);
  writer.field("brand", outcome.brand);
  write_triage(writer, outcome.triage);
  writer.field("by", outcome.triage.steps.back().by);
  writer.EndObject();
  context.news.post(Channel::changes, outcome.brand, bare_members(out));
}

std::optional<Problem> change(Context& context, const std::string& id,
                              const TriageRequest& request) {
  store::Store& store = *context.services.store;
  if (is_change(request.change)) {
    const auto outcomes = store.triage({&id, 1}, request.change);
    if (!outcomes) return problem_of(outcomes.error());
    const store::TriageOutcome& outcome = outcomes->front();
    if (!outcome.is_found) return Problem{404, "not-found", "there is no such mention"};
    if (outcome.is_stale) return stale();
    if (outcome.is_changed) tell(context, id, outcome);
  }
  if (request.correction) {
    const auto corrected = store.correct(id, *request.correction);
    if (!corrected) return problem_of(corrected.error());
  }
  return std::nullopt;
}

// The mentions that a request means; `next` is how far it looked.
Outcome find_meant(Context& context, const TriageTogether& request, const Caller& by,
                   std::vector<std::string>& ids, std::uint64_t& next, bool& more) {
  const store::Store& store = *context.services.store;
  const auto place = [&](std::string_view text) -> std::variant<std::uint64_t, Problem> {
    const auto parsed = parse_start_at(text);
    if (!parsed) return Problem{400, "bad-parameter", "after and until are cursors of the feed"};
    return resolve_start(store, *parsed);
  };
  const auto after = place(request.after.empty() ? "start" : request.after);
  const auto until = place(request.until.empty() ? "now" : request.until);
  for (const auto* bound : {&after, &until}) {
    if (const auto* problem = std::get_if<Problem>(bound)) return *problem;
  }
  auto where = compile_where(context.services, *request.where);
  if (!where) return problem_of(where.error());
  store::FeedQuery query;
  query.after = next = std::get<std::uint64_t>(after);
  query.limit = kMaxTriageTogether;
  query.brand = request.brand;
  ask_for(*std::move(where), by.brands, query);
  const auto page = store.read_feed(query);
  if (!page) return problem_of(page.error());
  const std::uint64_t last = std::get<std::uint64_t>(until);
  for (const store::StoredMention& mention : page->mentions) {
    if (mention->seq > last) break;
    ids.push_back(mention_id(mention->post.source, mention->post.id, mention->brand));
  }
  next = std::min(page->next_after, last);
  more = next < last;
  return Answer{};
}

struct Together {
  std::vector<std::string> held, not_found;
  std::size_t changed = 0;
};

// Takes the ids of mentions that `by` does not see out of `ids`.
std::vector<std::string> take_unseen(Context& context, const Caller& by,
                                     std::vector<std::string>& ids) {
  std::vector<std::string> unseen;
  if (!by.is_limited()) return unseen;
  std::vector<std::string> seen;
  for (std::string& id : ids) {
    const auto mention = context.services.store->mention(id);
    const bool is_unseen = mention && !by.sees((*mention)->brand);
    (is_unseen ? unseen : seen).push_back(std::move(id));
  }
  ids = std::move(seen);
  return unseen;
}

// They are said to be missing, in an order that does not tell them from those that are.
void add_unseen(std::vector<std::string>& missing, const std::vector<std::string>& unseen) {
  if (unseen.empty()) return;
  missing.insert(missing.end(), unseen.begin(), unseen.end());
  std::sort(missing.begin(), missing.end());
}

void write_ids(JsonWriter& writer, std::string_view name, const std::vector<std::string>& ids) {
  writer.key(name);
  writer.StartArray();
  for (const std::string& id : ids) writer.string(id);
  writer.EndArray();
}

}  // namespace

std::optional<Problem> check_triage(const Head& head) {
  const std::string_view field = head.field("content-type");
  const std::string_view type = field.substr(0, field.find_first_of("; \t"));
  if (type != "application/json" && type != "application/merge-patch+json") {
    return Problem{415, "content-type", "this takes application/json"};
  }
  const std::string_view encoding = head.field("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return Problem{415, "content-encoding", "the body comes as it is, not compressed"};
  }
  if (!head.chunked && !head.content_length) {
    return Problem{411, "length-required", "the body needs Content-Length or chunks"};
  }
  return std::nullopt;
}

Outcome triage(Context& context, const std::string& mention_id, const Caller& by,
               std::string_view if_match, std::string_view body) {
  store::Store& store = *context.services.store;
  auto request = read_triage(body);
  if (!request) return problem_of(request.error());
  auto over = read_if_match(if_match);
  if (!over) return problem_of(over.error());
  const Timestamp at = context.services.clock();
  request->change.by = by.name;
  request->change.at = at;
  request->change.over = *over;
  if (request->correction && *request->correction) {
    (*request->correction)->by = by.name;
    (*request->correction)->at = at;
  }
  const auto known = store.mention(mention_id);
  if (!known) return problem_of(known.error());
  if (!by.sees((*known)->brand)) return problem_of(unknown_mention());
  const Triage* const before = (*known)->triage;
  if (*over && **over != (before == nullptr ? 0 : before->version)) return stale();
  if (auto refused = hold(context, mention_id, by.name, *request, at)) return *std::move(refused);
  if (auto refused = change(context, mention_id, *request)) return *std::move(refused);
  context.tail.forget_all();  // live readers are served it as it is now
  return mention_answer(context, mention_id, by);
}

Outcome triage_together(Context& context, const Caller& by, std::string_view body) {
  auto request = read_triage_together(body);
  if (!request) return problem_of(request.error());
  std::uint64_t next = 0;
  bool more = false;
  if (request->where) {
    auto found = find_meant(context, *request, by, request->ids, next, more);
    if (std::holds_alternative<Problem>(found)) return found;
  }
  const Timestamp at = context.services.clock();
  request->change.by = by.name;
  request->change.at = at;
  Together together;
  std::vector<std::string> free;
  const std::vector<std::string> unseen = take_unseen(context, by, request->ids);
  for (std::string& id : request->ids) {
    const auto lease = context.leases.of(id, at);
    const bool is_held = lease && lease->by != by.name;
    (is_held ? together.held : free).push_back(std::move(id));
  }
  if (!request->dry_run) {
    const auto outcomes = context.services.store->triage(free, request->change);
    if (!outcomes) return problem_of(outcomes.error());
    for (std::size_t i = 0; i < free.size(); ++i) {
      const store::TriageOutcome& outcome = (*outcomes)[i];
      if (!outcome.is_found) together.not_found.push_back(free[i]);
      if (!outcome.is_changed) continue;
      ++together.changed;
      tell(context, free[i], outcome);
    }
    add_unseen(together.not_found, unseen);
    context.tail.forget_all();
  }
  Answer out;
  JsonWriter writer(out.body);
  writer.StartObject();
  writer.field("matched", std::uint64_t{free.size() + together.held.size() + unseen.size()});
  writer.field("changed", std::uint64_t{together.changed});
  write_ids(writer, "held", together.held);
  write_ids(writer, "not_found", together.not_found);
  if (request->where) {
    writer.field("cursor", encode_cursor({context.services.store->id(), next}));
    writer.field("more", more);
  }
  writer.EndObject();
  return out;
}

Outcome mention_answer(Context& context, const std::string& mention_id, const Caller& caller) {
  const store::Store& store = *context.services.store;
  const auto found = store.mention(mention_id);
  if (!found) return problem_of(found.error());
  if (!caller.sees((*found)->brand)) return problem_of(unknown_mention());
  const Triage* const triage = (*found)->triage;
  Answer out;
  out.fields.emplace_back("ETag", fmt::format("\"{}\"", triage == nullptr ? 0 : triage->version));
  JsonWriter writer(out.body);
  write_mention(writer, **found, store.id());
  const auto lease = context.leases.of(mention_id, context.services.clock());
  if (triage == nullptr && !lease) return out;
  out.body.pop_back();  // the object goes on
  std::string more;
  JsonWriter rest(more);
  rest.StartObject();
  if (triage != nullptr) {
    rest.key("history");
    rest.StartArray();
    for (const TriageStep& step : triage->steps) {
      rest.StartObject();
      rest.field("at", format_rfc3339(step.at));
      rest.field("by", step.by);
      rest.field("state", name_of(step.state));
      rest.field("assignee", step.assignee);
      rest.field_if("note", step.note);
      rest.EndObject();
    }
    rest.EndArray();
  }
  if (lease) {
    rest.key("lease");
    rest.StartObject();
    rest.field("by", lease->by);
    rest.field("until", format_rfc3339(lease->until));
    rest.EndObject();
  }
  rest.EndObject();
  more.front() = ',';
  out.body += more;
  return out;
}

}  // namespace passaparola::feed
