#include "feed/cors.h"

namespace passaparola::feed {

std::optional<Answer> preflight(const Access& access, const Head& head, const RouteEntry& route) {
  const bool is_one =
      head.method == "OPTIONS" && !head.field("access-control-request-method").empty();
  if (!is_one || !access.lists_origin(head.field("origin")) || route.route == Route::unknown) {
    return std::nullopt;
  }
  Answer answer;
  answer.status = 204;
  answer.fields = {{"Access-Control-Allow-Methods", std::string(route.allowed)},
                   {"Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Content-Encoding, Idempotency-Key, If-Match, "
                    "If-None-Match, Last-Event-ID"},
                   {"Access-Control-Max-Age", "600"}};
  return answer;
}

std::vector<std::pair<std::string, std::string>> cors_fields(const Access& access,
                                                             const Head& head) {
  if (!access.lists_origins()) return {};
  std::vector<std::pair<std::string, std::string>> fields{{"Vary", "Origin"}};
  const std::string_view origin = head.field("origin");
  if (!access.lists_origin(origin)) return fields;
  fields.emplace_back("Access-Control-Allow-Origin", std::string(origin));
  fields.emplace_back("Access-Control-Expose-Headers",
                      "ETag, Retry-After, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, "
                      "RateLimit-Reset");
  return fields;
}

}  // namespace passaparola::feed
