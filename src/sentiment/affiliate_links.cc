#include "sentiment/affiliate_links.h"

#include <algorithm>

#include "core/fold.h"

namespace passaparola::sentiment {
namespace {

// Host and query of an absolute or bare URL, both as they stand in it.
struct UrlParts {
  std::string host;  // folded, without user, port and "www."
  std::string query;
};

UrlParts parts_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos && scheme < 8) {
    url.remove_prefix(scheme + 3);
  }
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view host = url.substr(0, end);
  if (const auto user = host.rfind('@'); user != std::string_view::npos) {
    host.remove_prefix(user + 1);
  }
  host = host.substr(0, host.find(':'));
  UrlParts parts{folded(host), {}};
  if (parts.host.starts_with("www.")) parts.host.erase(0, 4);
  if (const auto mark = url.find('?'); mark != std::string_view::npos) {
    parts.query = folded(url.substr(mark + 1, url.find('#', mark) - mark - 1));
  }
  return parts;
}

bool is_domain(std::string_view host, std::string_view domain) {
  if (domain.empty() || !host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// Whether the query sets `name` to something.
bool has_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() + 1 && pair.starts_with(name) && pair[name.size()] == '=') {
      return true;
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

}  // namespace

bool is_affiliate_link(const Lexicons& lexicons, std::span<const std::string> brand_domains,
                       std::string_view url) {
  const UrlParts parts = parts_of(url);
  for (const AffiliateRule& rule : lexicons.affiliate_hosts) {
    if (is_domain(parts.host, rule.name)) return true;
  }
  if (parts.query.empty()) return false;
  for (const AffiliateRule& rule : lexicons.affiliate_parameters) {
    if (!has_parameter(parts.query, rule.name)) continue;
    if (rule.host == "*") return true;
    if (rule.host == "brand") {
      for (const std::string& domain : brand_domains) {
        if (is_domain(parts.host, domain)) return true;
      }
    } else if (parts.host.starts_with(rule.host) ||
               parts.host.find("." + rule.host) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace passaparola::sentiment
