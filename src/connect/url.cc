#include "connect/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>
#include <charconv>

#include "core/limits.h"

namespace passaparola::connect {
namespace {

namespace urls = boost::urls;

Error bad(std::string message) { return fail(ErrorCode::invalid_argument, std::move(message)); }

std::uint16_t port_of(bool is_secure) { return is_secure ? 443 : 80; }

Result<Url> url_of(const urls::url_view& parsed) {
  Url url;
  const std::string scheme = lower_ascii(parsed.scheme());
  url.is_websocket = scheme == "ws" || scheme == "wss";
  url.is_secure = scheme == "https" || scheme == "wss";
  if (!url.is_websocket && !url.is_secure && scheme != "http") {
    return bad("a source's URL begins with https://, http://, wss:// or ws://");
  }
  if (parsed.has_userinfo()) return bad("a URL with a user or a password is not read: use token");
  url.host = lower_ascii(std::string(parsed.encoded_host_address()));
  if (url.host.empty() || url.host.find('%') != std::string::npos) {
    return bad("the URL has no host, or one that is not plain ASCII");
  }
  url.port = port_of(url.is_secure);
  if (parsed.has_port() && !parsed.port().empty()) {
    const std::string port = parsed.port();
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) {
      return bad("the URL's port is none");
    }
  }
  url.target = std::string(parsed.encoded_path());
  if (url.target.empty()) url.target = "/";
  if (parsed.has_query()) url.target += "?" + std::string(parsed.encoded_query());
  return url;
}

std::string full_text(const Url& url) {
  std::string scheme = url.is_websocket ? "ws" : "http";
  if (url.is_secure) scheme += 's';
  return scheme + "://" + url.authority() + url.target;
}

}  // namespace

std::string Url::bracketed_host() const {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string Url::authority() const {
  std::string text = bracketed_host();
  if (port != port_of(is_secure)) text += ":" + std::to_string(port);
  return text;
}

std::string Url::to_string() const {
  const std::string text = full_text(*this);
  return text.substr(0, text.find('?'));
}

bool Url::same_origin(const Url& other) const {
  return host == other.host && port == other.port && is_secure == other.is_secure;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return bad("the URL is too long");
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return bad("not a URL");
  return url_of(*parsed);
}

Result<Url> resolve_url(const Url& base, std::string_view reference) {
  if (reference.size() > kMaxUrlBytes) return bad("the URL is too long");
  const std::string base_text = full_text(base);  // parts of it are looked at below
  const auto from = urls::parse_uri(base_text);
  const auto to = urls::parse_uri_reference(reference);
  if (!from || !to) return bad("not a URL");
  urls::url resolved;
  if (!urls::resolve(*from, *to, resolved)) return bad("not a URL");
  return url_of(resolved);
}

std::string lower_ascii(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string query_encoded(std::string_view text) {
  return urls::encode(text, urls::unreserved_chars);
}

}  // namespace passaparola::connect
