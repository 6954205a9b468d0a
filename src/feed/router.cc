#include "feed/router.h"

#include <algorithm>
#include <array>

#include "core/limits.h"
#include "feed/access.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kRead = "GET, HEAD";

constexpr std::array kRoutes = {
    RouteEntry{Route::page, "/", kRead, Proof::none},
    RouteEntry{Route::script, "/live.js", kRead, Proof::none},
    RouteEntry{Route::sources_script, "/sources.js", kRead, Proof::none},
    RouteEntry{Route::style, "/live.css", kRead, Proof::none},
    RouteEntry{Route::openapi, "/openapi.json", kRead, Proof::none},
    RouteEntry{Route::healthz, "/healthz", kRead, Proof::none},
    RouteEntry{Route::readyz, "/readyz", kRead, Proof::none},
    RouteEntry{Route::metrics, "/metrics", kRead},
    RouteEntry{Route::posts, "/api/v1/posts", "POST"},
    RouteEntry{Route::webhook, "/api/v1/webhooks/{name}", "POST", Proof::signature},
    RouteEntry{Route::mentions, "/api/v1/mentions", kRead},
    RouteEntry{Route::mention, "/api/v1/mentions/{id}", "GET, HEAD, PATCH"},
    RouteEntry{Route::mentions_triage, "/api/v1/mentions:triage", "POST"},
    RouteEntry{Route::alerts, "/api/v1/alerts", kRead},
    RouteEntry{Route::brands, "/api/v1/brands", kRead},
    RouteEntry{Route::sources, "/api/v1/sources", kRead},
    RouteEntry{Route::stats, "/api/v1/brands/{brand}/stats", kRead},
    RouteEntry{Route::advocates, "/api/v1/brands/{brand}/advocates", kRead},
    RouteEntry{Route::author, "/api/v1/authors/{source}/{id}", "GET, HEAD, DELETE"},
    RouteEntry{Route::access_report, "/api/v1/authors/{source}/{id}/access", kRead},
    RouteEntry{Route::authors_forget, "/api/v1/authors:forget", "POST"},
    RouteEntry{Route::erasures, "/api/v1/erasures", kRead},
    RouteEntry{Route::rules, "/api/v1/rules", "GET, HEAD, PUT"},
    RouteEntry{Route::rules_check, "/api/v1/rules:check", "POST"},
    RouteEntry{Route::live, "/api/v1/live", "GET"},
    RouteEntry{Route::sse, "/api/v1/live/sse", "GET"},
    RouteEntry{Route::thread, "/api/v1/mentions/{id}/thread", kRead},
    RouteEntry{Route::revisions, "/api/v1/brands/{brand}/revisions", kRead},
};
constexpr RouteEntry kUnknown{Route::unknown, "unknown", ""};

bool fits(std::string_view pattern, const std::vector<std::string>& path) {
  pattern.remove_prefix(1);
  for (const std::string& segment : path) {
    const std::string_view wanted = pattern.substr(0, pattern.find('/'));
    const bool is_variable = wanted.starts_with('{');
    if (is_variable ? segment.empty() : segment != wanted) return false;
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

std::size_t max_body(Route route, std::string_view method) {
  if (route == Route::posts || route == Route::webhook) return kMaxHttpBodyBytes;
  if (route == Route::authors_forget) return kMaxErasureBodyBytes;
  if (route == Route::rules_check) return kMaxRulesBodyBytes;
  if (route == Route::mention && method == "PATCH") return kMaxTriageBodyBytes;
  if (route == Route::mentions_triage) return kMaxTriageTogetherBytes;
  if (route == Route::rules && method == "PUT") return kMaxRulesBodyBytes;
  return 0;
}

std::span<const RouteEntry> all_routes() { return kRoutes; }

}  // namespace passaparola::feed
