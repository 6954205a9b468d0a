#include "feed/api.h"

#include <algorithm>
#include <optional>

#include "advocacy/advocacy.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/access_report.h"
#include "feed/advocates_answer.h"
#include "feed/alerts_answer.h"
#include "feed/answers.h"
#include "feed/deliveries.h"
#include "feed/erasures.h"
#include "feed/exports_answer.h"
#include "feed/older.h"
#include "feed/page.h"
#include "feed/page_answer.h"
#include "feed/parameters.h"
#include "feed/rule_versions.h"
#include "feed/thread.h"
#include "feed/triage.h"
#include "feed/views.h"

namespace passaparola::feed {
namespace {

Answer json_answer(std::string body) {
  Answer out;
  out.body = std::move(body);
  return out;
}

Answer file_answer(std::string_view type, std::string_view bytes) {
  Answer out;
  out.content_type = type;
  out.body = bytes;
  return out;
}

bool knows_brand(const store::Store& store, const std::string& brand) {
  const auto brands = store.brands();
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

Outcome mentions(Context& context, const Target& target, const Caller& caller) {
  const auto limit = count_parameter(target, "limit", 100, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  const auto before = target.parameter("before"), after = target.parameter("after");
  if (before && (after || target.parameter("last"))) {
    return bad_parameter("before goes back, after and last go on: give one of them");
  }
  const auto place = parse_start_at(before ? *before : after.value_or("start"));
  if (!place) return bad_parameter("before or after is not now, start or a cursor");
  const auto start = resolve_start(*context.services.store, *place);
  if (const auto* problem = std::get_if<Problem>(&start)) return *problem;
  const auto last = count_parameter(target, "last", 0, kMaxPageItems);
  if (!last) return bad_parameter("last must be a whole number from 1 to 1000");
  store::FeedQuery query;
  query.brand = target.parameter("brand").value_or("");
  std::string text(target.parameter("where").value_or(""));
  const auto narrowed =
      narrow(context.services, target.parameter("view").value_or(""), caller, query.brand, text);
  if (!narrowed) return problem_of(narrowed.error());
  auto where = compile_where(context.services, text);
  if (!where) return problem_of(where.error());
  query.after = std::get<std::uint64_t>(start);
  const std::uint64_t end = context.services.store->last_seq();
  if (*last > 0) query.after = end - std::min<std::uint64_t>(end, *last);
  query.limit = *limit;
  ask_for(*std::move(where), caller.brands, query);
  auto page = before ? older_json(*context.services.store, std::move(query),
                                  std::get<std::uint64_t>(start))
                     : page_json(*context.services.store, std::move(query));
  if (!page) return problem_of(page.error());
  return json_answer(*std::move(page));
}

Outcome thread(Context& context, const Target& target, const Caller& caller) {
  const auto limit = count_parameter(target, "limit", 100, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  const auto place = parse_start_at(target.parameter("after").value_or("start"));
  if (!place) return bad_parameter("after is not now, start or a cursor");
  const auto start = resolve_start(*context.services.store, *place);
  if (const auto* problem = std::get_if<Problem>(&start)) return *problem;
  auto body = thread_json(*context.services.store, target.path[3], std::get<std::uint64_t>(start),
                          *limit, caller);
  if (!body) return problem_of(body.error());
  return json_answer(*std::move(body));
}

Outcome brands(Context& context, const Caller& caller) {
  Answer out;
  JsonWriter writer(out.body);
  writer.StartObject();
  writer.key("brands");
  writer.StartArray();
  for (const std::string& brand : context.services.store->brands()) {
    if (!caller.sees(brand)) continue;
    writer.StartObject();
    writer.field("id", brand);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

Outcome stats(Context& context, const Target& target, const Caller& caller) {
  using Size = store::Store::BucketSize;
  const store::Store& store = *context.services.store;
  StatsQuery query;
  query.brand = target.path[3];
  query.bucket = target.parameter("bucket").value_or("1h");
  constexpr std::int64_t hour = kMillisecondsPerDay / 24;
  std::int64_t width = hour;
  if (query.bucket == "5m") {
    query.size = Size::five_minutes;
    width = hour / 12;
  } else if (query.bucket == "1d") {
    query.size = Size::day;
    width = kMillisecondsPerDay;
  } else if (query.bucket != "1h") {
    return bad_parameter("bucket must be 5m, 1h or 1d");
  }
  const auto to = time_parameter(target, "to", now());
  if (!to) return bad_parameter("to must be an RFC 3339 time");
  const auto from =
      time_parameter(target, "from", Timestamp{to->milliseconds - kDefaultBuckets * width});
  if (!from) return bad_parameter("from must be an RFC 3339 time");
  if (*from >= *to || (to->milliseconds - from->milliseconds) / width > kMaxBuckets) {
    return bad_parameter("from must be before to, with at most 10000 buckets between");
  }
  query.from = *from;
  query.to = *to;
  const std::string_view balance = target.parameter("balance").value_or("false");
  if (balance != "true" && balance != "false") {
    return bad_parameter("balance must be true or false");
  }
  query.with_balance = balance == "true";
  const auto kpi = flag_parameter(target, "kpi");
  if (!kpi) return bad_parameter("kpi must be true or false");
  query.with_kpis = *kpi;
  query.voices = caller.brands;  // how much is said of others is not for everybody
  if (!knows_brand(store, query.brand)) return unknown_brand(query.brand);
  auto body = stats_json(store, query, context.services.advocacy);
  if (!body) return problem_of(body.error());
  return json_answer(*std::move(body));
}

Outcome author(Context& context, std::string_view method, const Target& target,
               const Caller& caller) {
  const std::string& source = target.path[3];
  const std::string& id = target.path[4];
  if (method == "DELETE") {
    const auto proofs = context.services.forget({{source, id}});
    if (!proofs) return problem_of(proofs.error());
    if (!proofs->front())
      return Problem{404, "not-found", "the store knows nothing of this author"};
    if (auto gone = forget_exports(context); !gone) return problem_of(gone.error());
    return json_answer(erasure_json(*proofs->front()));
  }
  auto body =
      author_json(*context.services.store, source, id, target.parameter("brand").value_or(""),
                  context.services.advocacy, caller);
  if (!body) return problem_of(body.error());
  return json_answer(*std::move(body));
}

Outcome access_report(Context& context, const Target& target) {
  const Services& services = context.services;
  auto body = access_report_json(*services.store, {target.path[3], target.path[4]},
                                 services.retention, services.advocacy, kMaxAccessReportBytes);
  if (!body) return problem_of(body.error());
  return json_answer(*std::move(body));
}

Outcome live_ticket(Context& context, const Caller& caller) {
  const auto ticket = context.tickets.give(caller, context.services.clock());
  if (!ticket) return problem_of(ticket.error());
  Answer out;
  JsonWriter writer(out.body);
  writer.StartObject();
  writer.field("ticket", ticket->text);
  writer.field("expires_at", format_rfc3339(ticket->expires));
  writer.EndObject();
  return out;
}

Outcome erasures(Context& context, const Target& target) {
  const auto limit = count_parameter(target, "limit", kMaxPageItems, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  auto body = proofs_json(*context.services.store, target.parameter("after").value_or(""), *limit);
  if (!body) return problem_of(body.error());
  return json_answer(*std::move(body));
}

Outcome audit(Context& context, const Target& target) {
  const auto limit = count_parameter(target, "limit", 100, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  auto body = context.audit.page_json(target.parameter("after").value_or(""), *limit);
  if (!body) return problem_of(body.error());
  return json_answer(*std::move(body));
}

Answer metrics(Context& context) {
  Answer out;
  out.content_type = "text/plain; version=0.0.4; charset=utf-8";
  out.body = context.metrics.to_text(context.services.store->last_seq());
  out.body +=
      "# HELP passaparola_audit_lost_total Audit records that were not kept: too many, or no "
      "disk.\n"
      "# TYPE passaparola_audit_lost_total counter\npassaparola_audit_lost_total " +
      std::to_string(context.audit.lost()) + "\n";
  if (context.services.metrics) out.body += context.services.metrics();
  return out;
}

bool is_ready(const Context& context) {
  return !context.services.ready || context.services.ready();
}

Outcome ready(Context& context) {
  if (!is_ready(context)) {
    return Problem{503, "not-ready", "the server takes no posts now: see its log, or the disk"};
  }
  return json_answer(R"({"status":"ready"})");
}

// Alive in any case, else nobody would answer.
Outcome health(Context& context) {
  return json_answer(is_ready(context) ? R"({"status":"alive"})" : R"({"status":"degraded"})");
}

Answer rules(Context& context) {
  Answer out;
  if (context.services.rules_hash) {
    out.fields.emplace_back("ETag", '"' + context.services.rules_hash() + '"');
  }
  out.body = context.services.rules_json ? context.services.rules_json() : "{}";
  return out;
}

}  // namespace

namespace {

// The page's own files, and what supervisors ask; nullopt: it is something else.
std::optional<Outcome> answer_plain(Context& context, Route route, const Target& target) {
  switch (route) {
    case Route::page:
      return page_answer();
    case Route::page_file:
      return page_file_answer(target);
    case Route::openapi:
      return file_answer("application/json", openapi_json());
    case Route::asyncapi:
      return file_answer("application/json", asyncapi_json());
    case Route::healthz:
      return health(context);
    case Route::readyz:
      return ready(context);
    case Route::metrics:
      return metrics(context);
    case Route::sources:
      return json_answer(context.services.sources_json ? context.services.sources_json()
                                                       : R"({"sources":[]})");
    case Route::rules:
      return rules(context);
    default:
      return std::nullopt;
  }
}

// What callers keep here, and have sent and fetched.
std::optional<Outcome> answer_kept(Context& context, Route route, std::string_view method,
                                   const Target& target, const Caller& caller) {
  switch (route) {
    case Route::views:
      return views_answer(context, caller);
    case Route::view:
      return view_answer(context, method, target, caller);
    case Route::view_feed:
      return view_feed_answer(context, target, caller);
    case Route::exports:
      return exports_answer(context, caller);
    case Route::export_job:
      return export_answer(context, method, target, caller);
    case Route::export_file:
      return export_file_answer(context, target, caller);
    case Route::rule_versions:
      return rule_versions_answer(context);
    case Route::rule_version:
      return rule_version_answer(context, target.path[4]);
    case Route::deliveries:
      return deliveries_answer(context);
    case Route::undelivered:
      return undelivered_answer(context, target);
    default:
      return std::nullopt;
  }
}

}  // namespace

Outcome answer(Context& context, Route route, std::string_view method, const Target& target,
               const Caller& caller) {
  if (auto plain = answer_plain(context, route, target)) return *std::move(plain);
  if (auto kept = answer_kept(context, route, method, target, caller)) return *std::move(kept);
  switch (route) {
    case Route::mentions:
      return mentions(context, target, caller);
    case Route::mention:
      return mention_answer(context, target.path[3], caller);
    case Route::alerts:
      return alerts_answer(context, target, caller);
    case Route::thread:
      return thread(context, target, caller);
    case Route::brands:
      return brands(context, caller);
    case Route::stats:
      return stats(context, target, caller);
    case Route::advocates:
      return advocates_answer(context, target);
    case Route::author:
      return author(context, method, target, caller);
    case Route::access_report:
      return access_report(context, target);
    case Route::live_ticket:
      return live_ticket(context, caller);
    case Route::audit:
      return audit(context, target);
    case Route::erasures:
      return erasures(context, target);
    case Route::revisions:
      return revisions_answer(context, target);
    default:
      return Problem{404, "not-found", "there is nothing at this path"};
  }
}

Pool pool_of(Route route) {
  const bool is_job = route == Route::advocates || route == Route::author ||
                      route == Route::access_report || route == Route::stats ||
                      route == Route::revisions;
  return is_job ? Pool::jobs : Pool::reads;
}

Result<Filter> compile_where(const Services& services, std::string_view where) {
  if (where.empty()) return Filter{};
  if (where.size() > kMaxFilterBytes) {
    return fail(ErrorCode::invalid_argument, "where is longer than 4096 bytes");
  }
  return services.compile_filter(where);
}

void ask_for(Filter filter, std::vector<std::string> brands, store::FeedQuery& query) {
  query.where = within(std::move(brands), std::move(filter.holds));
  if (!filter.standings) return;
  const std::uint64_t most = filter.standings->histories_read() + kMaxHistoriesOfPage;
  query.is_enough = [standings = std::move(filter.standings), most] {
    return standings->histories_read() >= most;
  };
}

}  // namespace passaparola::feed
