#include "feed/http.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

#include "core/fold.h"
#include "core/json.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

bool is_token_character(char c) {
  const auto is_in = [c](char low, char high) { return c >= low && c <= high; };
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return is_in('a', 'z') || is_in('A', 'Z') || is_in('0', '9') ||
         others.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

Problem malformed(std::string detail) { return {400, "malformed-request", std::move(detail)}; }

std::optional<Problem> read_request_line(std::string_view line, Head& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return malformed("the request line is not: method target version");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  const bool plain =
      std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!is_token(method) || !plain || target.empty()) {
    return malformed("the method or the target holds a character that is not allowed there");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Problem{505, "http-version", "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  }
  head.method = method;
  head.target = target;
  head.minor_version = version.back() == '1' ? 1 : 0;
  return std::nullopt;
}

std::optional<Problem> read_field(std::string_view line, Head& head) {
  if (line.front() == ' ' || line.front() == '\t') {
    return malformed("a header field is folded over lines");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed("a header field is not: name colon value");
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
  });
  if (!plain) return malformed("a header field holds a control character");
  if (head.fields.size() == kMaxHttpHeaderFields) {
    return Problem{431, "header-too-large", "too many header fields"};
  }
  head.fields.emplace_back(lower(line.substr(0, colon)), value);
  return std::nullopt;
}

std::optional<Problem> read_host(Head& head) {
  const auto is_host = [](const auto& field) { return field.first == "host"; };
  if (std::count_if(head.fields.begin(), head.fields.end(), is_host) != 1) {
    return malformed("exactly one Host is needed");
  }
  const std::string_view host = head.field("host");
  if (host.empty() || host.find_first_of(" \t/@,\\") != std::string_view::npos) {
    return malformed("the Host is not a name with an optional port");
  }
  head.host = lower(without_port(host));
  return std::nullopt;
}

std::optional<Problem> read_body_length(Head& head) {
  const auto count = [&head](std::string_view name) {
    return std::count_if(head.fields.begin(), head.fields.end(),
                         [name](const auto& field) { return field.first == name; });
  };
  const auto lengths = count("content-length");
  const auto encodings = count("transfer-encoding");
  if (lengths + encodings > 1) return malformed("the length of the body is given more than once");
  if (encodings == 1) {
    if (head.minor_version == 0) return malformed("HTTP/1.0 knows no Transfer-Encoding");
    if (lower(head.field("transfer-encoding")) != "chunked") {
      return Problem{501, "transfer-encoding", "the only Transfer-Encoding is chunked, alone"};
    }
    head.chunked = true;
  }
  if (lengths == 1) {
    const std::string_view text = head.field("content-length");
    std::uint64_t length = 0;
    if (!is_digits(text) ||
        std::from_chars(text.data(), text.data() + text.size(), length).ec != std::errc{}) {
      return malformed("Content-Length is not a number");
    }
    if (length > kMaxRulesBodyBytes) {  // the largest of any route; each has its own
      return Problem{413, "body-too-large", "the body is larger than this server takes"};
    }
    head.content_length = length;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Head::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

Answer to_answer(const Problem& problem, std::string_view request_id) {
  Answer answer;
  answer.status = problem.status;
  answer.content_type = "application/problem+json";
  JsonWriter writer(answer.body);
  writer.StartObject();
  writer.field("type", "/problems/" + problem.name);
  writer.field("title", problem.name);
  writer.field("status", static_cast<std::uint64_t>(problem.status));
  writer.field("detail", problem.detail);
  if (!problem.diagnostics.empty()) {
    writer.key("diagnostics");
    writer.RawValue(problem.diagnostics.data(), problem.diagnostics.size(), rapidjson::kArrayType);
  }
  writer.field("request_id", request_id);
  writer.EndObject();
  if (problem.status == 429 || problem.status == 503) {
    const std::size_t usual = problem.status == 429 ? 1 : 5;
    const std::size_t wait = problem.retry_seconds > 0 ? problem.retry_seconds : usual;
    answer.fields.emplace_back("Retry-After", std::to_string(wait));
  }
  if (problem.status == 401) {
    // No scheme is registered for signed webhooks; a token would not help there.
    answer.fields.emplace_back("WWW-Authenticate",
                               problem.name == "unauthorized" ? "Bearer" : "Webhook-Signature");
  }
  return answer;
}

Problem problem_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return {400, "invalid-argument", error.message};
    case ErrorCode::not_found:
      return {404, "not-found", error.message};
    case ErrorCode::in_use:
      return {409, "in-use", error.message};
    case ErrorCode::overloaded:
      return {429, "overloaded", error.message};
    case ErrorCode::no_space:
      return {503, "no-space", error.message};
    case ErrorCode::cancelled:
      return {503, "shutting-down", error.message};
    case ErrorCode::io:
      return {503, "storage", error.message};
    case ErrorCode::corrupt:
    case ErrorCode::unsupported:
    case ErrorCode::invalid_file:
      return {500, "corrupt", error.message};
  }
  return {500, "internal", error.message};
}

std::optional<HeadEnd> find_head_end(std::string_view bytes, std::size_t from) {
  for (std::size_t i = from; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const bool after_return = i > 0 && bytes[i - 1] == '\r';
    if (c == '\0' || after_return != (c == '\n')) return HeadEnd{i + 1, true};
    if (c != '\n') continue;
    if (i < 3) {
      if (i == 1) return HeadEnd{2, true};  // an empty line instead of a request
      continue;
    }
    if (bytes.substr(i - 3, 4) == "\r\n\r\n") return HeadEnd{i + 1, false};
  }
  return std::nullopt;
}

std::variant<Head, Problem> read_head(std::string_view bytes) {
  if (bytes.size() > kMaxHttpHeaderBytes) {
    return Problem{431, "header-too-large", "the header is larger than this server takes"};
  }
  Head head;
  bool first = true;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n");
    if (end == std::string_view::npos) return malformed("a line has no end");
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    if (line.empty()) break;
    auto problem = first ? read_request_line(line, head) : read_field(line, head);
    if (problem) return *std::move(problem);
    first = false;
  }
  if (first) return malformed("the request is empty");
  if (auto problem = read_host(head)) return *std::move(problem);
  if (auto problem = read_body_length(head)) return *std::move(problem);
  return head;
}

std::string_view without_port(std::string_view authority) {
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  if (colon == std::string_view::npos) return authority;
  if (bracket != std::string_view::npos && bracket > colon) return authority;
  if (!authority.substr(colon + 1).empty() && !is_digits(authority.substr(colon + 1))) return {};
  return authority.substr(0, colon);
}

std::optional<std::string_view> Target::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::optional<Target> read_target(std::string_view target) {
  const auto parsed = boost::urls::parse_origin_form({target.data(), target.size()});
  if (!parsed) return std::nullopt;
  Target out;
  for (const auto& segment : parsed->segments()) out.path.push_back(segment);
  for (const auto& parameter : parsed->params()) {
    out.query.emplace_back(parameter.key, parameter.value);
  }
  const auto is_clean = [](const std::string& text) {
    return is_valid_utf8(text) && text.find('\0') == std::string::npos;
  };
  for (const auto& segment : out.path) {
    if (!is_clean(segment)) return std::nullopt;
  }
  for (const auto& [key, value] : out.query) {
    if (!is_clean(key) || !is_clean(value)) return std::nullopt;
  }
  return out;
}

}  // namespace passaparola::feed
