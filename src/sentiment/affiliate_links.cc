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

// What the query sets `name` to; empty when it does not.
std::string_view parameter_of(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() + 1 && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return {};
}

// "anna-21": the name of a partner, as one large shop numbers them.
bool is_numbered(std::string_view value) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t size = value.size();
  return size > 4 && value[size - 3] == '-' && is_digit(value[size - 2]) && is_digit(value.back());
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
    const std::string_view value = parameter_of(parts.query, rule.name);
    if (value.empty()) continue;
    if (rule.host == "*" || (rule.host == "partner" && is_numbered(value))) return true;
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
