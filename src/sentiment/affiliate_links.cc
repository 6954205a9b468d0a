#include "sentiment/affiliate_links.h"

#include <algorithm>

#include "core/fold.h"

namespace passaparola::sentiment {
namespace {

// Host and query of an absolute or bare URL, both as they stand in it.
struct UrlParts {
  std::string host;   // folded, without user, port and "www."
  std::string path;   // folded, from its first slash to the query
  std::string query;  // folded
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
  UrlParts parts{folded(host), {}, {}};
  parts.path = folded(url.substr(end, url.find_first_of("?#", end) - end));
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

// Whether the path holds the folder `name` with something in it.
bool has_folder(std::string_view path, std::string_view name) {
  const std::string folder = "/" + std::string(name) + "/";
  const std::size_t at = path.find(folder);
  return at != std::string_view::npos && at + folder.size() < path.size();
}

std::string letters_of(std::string_view folded_text) {
  std::string letters(folded_text);
  std::erase_if(letters, [](char c) { return c == ' ' || c == '-'; });
  return letters;
}

bool is_of_brand(std::string_view host, const Target& brand) {
  const std::string name = letters_of(folded(brand.brand_name));
  if (name.size() >= 4 && letters_of(host).find(name) != std::string::npos) return true;
  return std::any_of(brand.brand_domains.begin(), brand.brand_domains.end(),
                     [&](const std::string& domain) { return is_domain(host, domain); });
}

}  // namespace

bool is_affiliate_link(const Lexicons& lexicons, const Target& brand, std::string_view url) {
  const UrlParts parts = parts_of(url);
  for (const AffiliateRule& rule : lexicons.affiliate_hosts) {
    if (is_domain(parts.host, rule.name)) return true;
  }
  if (parts.query.empty() && parts.path.size() < 2) return false;
  const bool own = is_of_brand(parts.host, brand);
  for (const AffiliateRule& rule : lexicons.affiliate_folders) {
    if ((own || rule.host == "*") && has_folder(parts.path, rule.name)) return true;
  }
  for (const AffiliateRule& rule : lexicons.affiliate_parameters) {
    const std::string_view value = parameter_of(parts.query, rule.name);
    if (value.empty()) continue;
    if (rule.host == "*" || (rule.host == "partner" && is_numbered(value))) return true;
    if (rule.host == "brand") {
      if (own) return true;
    } else if (parts.host.starts_with(rule.host) ||
               parts.host.find("." + rule.host) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace passaparola::sentiment
