// Which route a path names, and what may be done with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feed/caller.h"
#include "feed/http.h"

namespace passaparola::feed {

enum class Route : std::uint8_t {
  page,
  page_file,
  openapi,
  asyncapi,
  healthz,
  readyz,
  metrics,
  posts,
  mentions,
  mention,
  mentions_triage,
  alerts,
  views,
  view,
  view_feed,
  brands,
  stats,
  advocates,
  author,
  access_report,
  authors_forget,
  erasures,
  audit,
  rules,
  rules_check,
  rule_versions,
  rule_version,
  live,
  live_ticket,
  sse,
  thread,
  revisions,
  sources,
  webhook,
  deliveries,
  undelivered,
  delivery_replay,
  exports,
  export_job,
  export_file,
  unknown,
};

// What a request must bring to prove that it may ask.
enum class Proof : std::uint8_t {
  none,       // the page's own files carry no data and health is for supervisors
  token,      // this server's, where one is configured
  signature,  // over the body; no token stands for it
};

struct RouteEntry {
  Route route = Route::unknown;
  std::string_view pattern;  // "/api/v1/mentions/{}"; also the name in metrics
  std::string_view allowed;  // "GET, HEAD"
  Proof proof = Proof::token;
  // What whoever shows a token must be allowed. A route that does not say is an admin's.
  Asks read{};    // to GET and HEAD
  Asks change{};  // to do anything else
};

// Never fails: what is nowhere is the entry `unknown`. Lives for ever.
const RouteEntry& find_route(const std::vector<std::string>& path);

bool is_allowed(const RouteEntry& entry, std::string_view method);

const Asks& asks_of(const RouteEntry& entry, std::string_view method);

// The brand that a path names: its segment at "{brand}".
std::optional<std::string_view> brand_in(const RouteEntry& entry, const Target& target);

// What is said of a brand that is not there, or not for whoever asks.
Problem unknown_brand(std::string_view brand);

// The bytes that a body may have; 0: a request of this kind has none.
std::size_t max_body(Route route, std::string_view method);

// All routes that are served.
std::span<const RouteEntry> all_routes();

}  // namespace passaparola::feed
