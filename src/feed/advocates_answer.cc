// GET /brands/{brand}/advocates: the list, its movement between two moments, its cohorts. And
// GET /brands/{brand}/revisions.
#include "feed/advocates_answer.h"

#include <charconv>

#include "advocacy/advocacy.h"
#include "advocacy/cohorts.h"
#include "advocacy/movement.h"
#include "advocacy/revisions.h"
#include "core/limits.h"
#include "feed/parameters.h"

namespace passaparola::feed {
namespace {

std::string_view report_type(advocacy::ReportFormat format) {
  switch (format) {
    case advocacy::ReportFormat::json:
      return "application/json";
    case advocacy::ReportFormat::ndjson:
      return "application/x-ndjson";
    case advocacy::ReportFormat::csv:
      return "text/csv; charset=utf-8";
    case advocacy::ReportFormat::table:
      return "text/plain; charset=utf-8";
  }
  return {};
}

// An error names the parameter.
std::variant<advocacy::PeopleFilter, Problem> people_filter(const Target& target) {
  advocacy::PeopleFilter filter;
  if (const auto level = target.parameter("level")) {
    const auto least = advocacy::parse_level(*level);
    if (!least) return bad_parameter("level must be candidate, advocate or champion");
    filter.least_level = *least;
  }
  filter.source = target.parameter("source").value_or("");
  for (const auto& [name, bound] : {std::pair("audience_min", &filter.audience_min),
                                    std::pair("audience_max", &filter.audience_max)}) {
    const auto text = target.parameter(name);
    if (!text) continue;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value < 0) {
      return bad_parameter(std::string(name) + " must be a whole number from 0");
    }
    *bound = value;
  }
  for (const auto& [name, flag] :
       {std::pair("at_risk", &filter.at_risk), std::pair("lapsed", &filter.lapsed)}) {
    const auto asked = flag_parameter(target, name);
    if (!asked) return bad_parameter(std::string(name) + " must be true or false");
    *flag = *asked;
  }
  if (const auto type = target.parameter("type")) {
    filter.type = advocacy::parse_type(*type);
    if (!filter.type) return bad_parameter("type is not one of the types of advocates");
  }
  if (const auto language = target.parameter("language")) {
    filter.language = pack_language(*language);
    if (filter.language == 0) return bad_parameter("language must be one such as it or en");
  }
  for (const auto& [name, at] :
       {std::pair("active_from", &filter.active_from), std::pair("active_to", &filter.active_to)}) {
    if (!target.parameter(name)) continue;
    *at = time_parameter(target, name, {});
    if (!*at) return bad_parameter(std::string(name) + " must be an RFC 3339 time");
  }
  if (const auto month = target.parameter("cohort")) {
    filter.cohort = advocacy::parse_month(*month);
    if (!filter.cohort) return bad_parameter("cohort must be a month such as 2026-03");
  }
  return filter;
}

// The movement between two moments, or the cohorts, in the form that was asked for.
template <typename Report>
Outcome answer_of(const Result<Report>& report, advocacy::ReportFormat format) {
  if (!report) return problem_of(report.error());
  Answer out;
  out.body = advocacy::formatted(*report, format);
  out.content_type = report_type(format);
  return out;
}

}  // namespace

Outcome advocates_answer(Context& context, const Target& target) {
  const store::Store& store = *context.services.store;
  const advocacy::AdvocacyConfig& config = context.services.advocacy;
  const auto top = count_parameter(target, "top", 20, kMaxPageItems);
  if (!top) return bad_parameter("top must be a whole number from 1 to 1000");
  advocacy::IdentifyQuery query;
  query.brand = target.path[3];
  query.top = *top;
  if (const auto relation = target.parameter("class")) {
    query.relation = advocacy::parse_relation_class(*relation);
    if (!query.relation) return bad_parameter("class is not one of the relation classes");
  }
  auto filter = people_filter(target);
  if (const auto* problem = std::get_if<Problem>(&filter)) return *problem;
  query.filter = std::get<advocacy::PeopleFilter>(std::move(filter));
  const auto as_of = time_parameter(target, "as_of", now());
  if (!as_of) return bad_parameter("as_of must be an RFC 3339 time");
  query.as_of = *as_of;
  query.is_now = !target.parameter("as_of");
  const std::string_view explain = target.parameter("explain").value_or("false");
  if (explain != "true" && explain != "false" && explain != "1" && explain != "0") {
    return bad_parameter("explain must be true or false");
  }
  const auto format = advocacy::parse_report_format(target.parameter("format").value_or("json"));
  if (!format) return bad_parameter("format must be json, ndjson, csv or table");
  const auto cohorts = flag_parameter(target, "cohorts");
  if (!cohorts) return bad_parameter("cohorts must be true or false");
  if (*cohorts) {
    return answer_of(advocacy::cohorts(store, query.brand, query.as_of, config), *format);
  }
  const auto before = time_parameter(target, "compare", query.as_of);
  if (!before) return bad_parameter("compare must be an RFC 3339 time");
  if (target.parameter("compare")) {
    return answer_of(advocacy::compare(store, query, *before, config), *format);
  }
  const auto report = advocacy::identify(*context.services.store, query, config);
  if (!report) return problem_of(report.error());
  Answer out;
  out.body = advocacy::formatted(*report, *format, explain == "true" || explain == "1");
  out.content_type = report_type(*format);
  return out;
}

Outcome revisions_answer(Context& context, const Target& target) {
  advocacy::RevisionQuery query;
  query.brand = target.path[3];
  query.as_of = now();
  const auto limit = count_parameter(target, "limit", kMaxPageItems, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  query.limit = *limit;
  const auto after = number_parameter(target, "after");
  if (!after) return bad_parameter("after must be the number of a revision");
  query.after = *after;
  const auto format = advocacy::parse_report_format(target.parameter("format").value_or("json"));
  if (format != advocacy::ReportFormat::json && format != advocacy::ReportFormat::ndjson) {
    return bad_parameter("format must be json or ndjson");
  }
  const auto page = advocacy::revisions(*context.services.store, query, context.services.advocacy);
  if (!page) return problem_of(page.error());
  Answer out;
  out.body = *format == advocacy::ReportFormat::json ? advocacy::to_json(query, *page)
                                                     : advocacy::to_ndjson(query, *page);
  out.content_type = report_type(*format);
  return out;
}

}  // namespace passaparola::feed
