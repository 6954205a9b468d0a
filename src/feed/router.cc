#include "feed/router.h"

#include <algorithm>
#include <array>

#include "core/limits.h"
#include "feed/access.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kRead = "GET, HEAD";
constexpr Asks kReader{Role::reader, true};
constexpr Asks kWriter{Role::writer, true};
constexpr Asks kReaderOfAll{Role::reader, false};  // it is about the whole server
constexpr Asks kWriterOfAll{Role::writer, false};
constexpr Asks kAdmin{Role::admin, false};

constexpr std::array kRoutes = {
    RouteEntry{Route::page, "/", kRead, Proof::none},
    RouteEntry{Route::page_file, "/page/{file}", kRead, Proof::none},
    RouteEntry{Route::openapi, "/openapi.json", kRead, Proof::none},
    RouteEntry{Route::asyncapi, "/asyncapi.json", kRead, Proof::none},
    RouteEntry{Route::healthz, "/healthz", kRead, Proof::none},
    RouteEntry{Route::readyz, "/readyz", kRead, Proof::none},
    RouteEntry{Route::metrics, "/metrics", kRead, Proof::token, kReaderOfAll},
    RouteEntry{Route::posts, "/api/v1/posts", "POST", Proof::token, {}, kWriterOfAll},
    RouteEntry{Route::webhook, "/api/v1/webhooks/{name}", "POST", Proof::signature},
    RouteEntry{Route::mentions, "/api/v1/mentions", kRead, Proof::token, kReader},
    RouteEntry{Route::mention, "/api/v1/mentions/{id}", "GET, HEAD, PATCH", Proof::token, kReader,
               kWriter},
    RouteEntry{
        Route::mentions_triage, "/api/v1/mentions:triage", "POST", Proof::token, {}, kWriter},
    RouteEntry{Route::views, "/api/v1/views", kRead, Proof::token, kReader},
    RouteEntry{Route::view, "/api/v1/views/{name}", "GET, HEAD, PUT, DELETE", Proof::token, kReader,
               kWriter},
    RouteEntry{Route::view_feed, "/api/v1/views/{name}/feed", kRead, Proof::token, kReader},
    RouteEntry{Route::alerts, "/api/v1/alerts", kRead, Proof::token, kReader},
    RouteEntry{Route::brands, "/api/v1/brands", kRead, Proof::token, kReader},
    RouteEntry{Route::sources, "/api/v1/sources", kRead, Proof::token, kReaderOfAll},
    RouteEntry{Route::stats, "/api/v1/brands/{brand}/stats", kRead, Proof::token, kReader},
    RouteEntry{Route::advocates, "/api/v1/brands/{brand}/advocates", kRead, Proof::token, kReader},
    RouteEntry{Route::author, "/api/v1/authors/{source}/{id}", "GET, HEAD, DELETE", Proof::token,
               kReader, kAdmin},
    RouteEntry{Route::access_report, "/api/v1/authors/{source}/{id}/access", kRead, Proof::token,
               kAdmin},
    RouteEntry{Route::authors_forget, "/api/v1/authors:forget", "POST", Proof::token, {}, kAdmin},
    RouteEntry{Route::erasures, "/api/v1/erasures", kRead, Proof::token, kAdmin},
    RouteEntry{Route::audit, "/api/v1/audit", kRead, Proof::token, kAdmin},
    RouteEntry{Route::rules, "/api/v1/rules", "GET, HEAD, PUT", Proof::token, kReaderOfAll, kAdmin},
    RouteEntry{Route::rule_versions, "/api/v1/rules/versions", kRead, Proof::token, kReaderOfAll},
    RouteEntry{Route::rule_version, "/api/v1/rules/versions/{hash}", kRead, Proof::token,
               kReaderOfAll},
    RouteEntry{Route::rules_check, "/api/v1/rules:check", "POST", Proof::token, {}, kWriterOfAll},
    RouteEntry{Route::live, "/api/v1/live", "GET", Proof::token, kReader},
    RouteEntry{Route::live_ticket, "/api/v1/live:ticket", "POST", Proof::token, {}, kReader},
    RouteEntry{Route::sse, "/api/v1/live/sse", "GET", Proof::token, kReader},
    RouteEntry{Route::thread, "/api/v1/mentions/{id}/thread", kRead, Proof::token, kReader},
    RouteEntry{Route::revisions, "/api/v1/brands/{brand}/revisions", kRead, Proof::token, kReader},
    RouteEntry{Route::exports, "/api/v1/exports", "GET, HEAD, POST", Proof::token, kReader,
               kReader},
    RouteEntry{Route::export_job, "/api/v1/exports/{id}", "GET, HEAD, DELETE", Proof::token,
               kReader, kReader},
    RouteEntry{Route::export_file, "/api/v1/exports/{id}/file", kRead, Proof::token, kReader},
    RouteEntry{Route::deliveries, "/api/v1/deliveries", kRead, Proof::token, kWriterOfAll},
    RouteEntry{Route::undelivered, "/api/v1/deliveries/{name}/undelivered", kRead, Proof::token,
               kWriterOfAll},
    RouteEntry{Route::delivery_replay,
               "/api/v1/deliveries/{name}:replay",
               "POST",
               Proof::token,
               {},
               kAdmin},
};
constexpr RouteEntry kUnknown{Route::unknown, "unknown", ""};

// "{name}:replay" is any name, with that behind it.
bool is_of(std::string_view wanted, std::string_view segment) {
  if (!wanted.starts_with('{')) return segment == wanted;
  const std::string_view behind = wanted.substr(wanted.find('}') + 1);
  return segment.size() > behind.size() && segment.ends_with(behind);
}

bool fits(std::string_view pattern, const std::vector<std::string>& path) {
  pattern.remove_prefix(1);
  for (const std::string& segment : path) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/'));
    if (!is_of(wanted, segment)) return false;
    pattern.remove_prefix(wanted.size());
    if (&segment == &path.back()) return pattern.empty();
    if (pattern.empty()) return false;
    pattern.remove_prefix(1);
  }
  return pattern.empty();
}

}  // namespace

const RouteEntry& find_route(const std::vector<std::string>& path) {
  const auto found = std::find_if(kRoutes.begin(), kRoutes.end(), [&path](const RouteEntry& entry) {
    return fits(entry.pattern, path);
  });
  return found == kRoutes.end() ? kUnknown : *found;
}

bool is_allowed(const RouteEntry& entry, std::string_view method) {
  const auto methods = list_members(entry.allowed);
  return std::find(methods.begin(), methods.end(), method) != methods.end();
}

const Asks& asks_of(const RouteEntry& entry, std::string_view method) {
  return method == "GET" || method == "HEAD" ? entry.read : entry.change;
}

std::optional<std::string_view> brand_in(const RouteEntry& entry, const Target& target) {
  std::string_view left = entry.pattern;
  for (const std::string& segment : target.path) {
    left.remove_prefix(std::min<std::size_t>(1, left.size()));
    const std::string_view wanted = left.substr(0, left.find('/'));
    if (wanted == "{brand}") return segment;
    left.remove_prefix(wanted.size());
  }
  return std::nullopt;
}

Problem unknown_brand(std::string_view brand) {
  return {404, "not-found", "no mentions of brand '" + std::string(brand) + "' in this store"};
}

std::size_t max_body(Route route, std::string_view method) {
  if (route == Route::posts || route == Route::webhook) return kMaxHttpBodyBytes;
  if (route == Route::authors_forget) return kMaxErasureBodyBytes;
  if (route == Route::rules_check) return kMaxRulesBodyBytes;
  if (route == Route::mention && method == "PATCH") return kMaxTriageBodyBytes;
  if (route == Route::view && method == "PUT") return kMaxViewBodyBytes;
  if (route == Route::mentions_triage) return kMaxTriageTogetherBytes;
  if (route == Route::exports && method == "POST") return kMaxTriageBodyBytes;
  if (route == Route::delivery_replay) return kMaxTriageBodyBytes;
  if (route == Route::rules && method == "PUT") return kMaxRulesBodyBytes;
  return 0;
}

std::span<const RouteEntry> all_routes() { return kRoutes; }

}  // namespace passaparola::feed
