#include "connect/access_token.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace passaparola::connect {
namespace {

constexpr std::array<std::string_view, 6> kReasons{"invalid_request",        "invalid_client",
                                                   "invalid_grant",          "unauthorized_client",
                                                   "unsupported_grant_type", "invalid_scope"};

constexpr double kSecondsUnlessSaid = 3600, kMostSeconds = 24 * 60 * 60, kMargin = 60;

std::int64_t milliseconds_to_renewal(const std::string& body) {
  simdjson::dom::parser parser;
  double seconds = kSecondsUnlessSaid;
  if (parser.parse(body)["expires_in"].get(seconds) != simdjson::SUCCESS) {
    seconds = kSecondsUnlessSaid;
  }
  return static_cast<std::int64_t>(std::clamp(seconds - kMargin, 0.0, kMostSeconds)) *
         kMillisecondsPerSecond;
}

// What may stand in a field.
bool is_printable(std::string_view token) {
  return std::all_of(token.begin(), token.end(), [](char c) { return '!' <= c && c <= '~'; });
}

}  // namespace

HttpRequest token_request(Url url,
                          const std::vector<std::pair<std::string, std::string>>& parameters) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}};
  for (const auto& [name, value] : parameters) {
    if (!request.body.empty()) request.body += '&';
    request.body += fmt::format("{}={}", query_encoded(name), query_encoded(value));
  }
  return request;
}

Reached<AccessToken> read_access_token(const HttpResponse& answer, Timestamp at) {
  const std::string reason = json_text(answer.body, "error");
  const bool is_known = std::find(kReasons.begin(), kReasons.end(), reason) != kReasons.end();
  if (is_known && answer.status < 429) {
    return Failure{
        Trouble::unauthorised, fmt::format("{} gives no token: {}", answer.url.host, reason), {}};
  }
  if (answer.status != 200) return failure_of(answer, at);
  AccessToken token;
  token.text = json_text(answer.body, "access_token");
  if (token.text.empty() || !is_printable(token.text)) {
    return Failure{Trouble::protocol, answer.url.host + " answers something that is no token", {}};
  }
  token.renew_at = {at.milliseconds + milliseconds_to_renewal(answer.body)};
  return token;
}

}  // namespace passaparola::connect
