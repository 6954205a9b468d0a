#include "ingest/x_post.h"

#include <fmt/format.h>

#include <charconv>

#include "ingest/feed_time.h"

namespace passaparola::ingest {
namespace {

std::optional<Timestamp> time_in_id(std::string_view id) {
  constexpr std::int64_t kEpoch = 1'288'834'974'657;  // milliseconds
  constexpr std::uint64_t kFirst = 29'700'859'247;    // ids before it hold no time
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size() || number < kFirst) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(number >> 22U) + kEpoch};
}

}  // namespace

std::string_view x_id(JsonObject object, std::string_view text_key, std::string_view number_key,
                      Arena& arena) {
  const std::string_view text = string_in(object, text_key);
  if (!text.empty()) return text;
  if (const std::string_view id = string_in(object, number_key); !id.empty()) return id;
  const auto id = find(object, number_key);
  std::uint64_t number = 0;
  if (!id || id->get(number) != simdjson::SUCCESS) return {};
  const fmt::format_int digits(number);
  return arena.copy(std::string_view(digits.data(), digits.size()));
}

std::string_view x_url(Draft& draft, std::string_view handle, std::string_view id) {
  return draft.join({"https://x.com/", handle.empty() ? "i" : handle, "/status/", id},
                    kMaxUrlBytes);
}

void read_x_time(Draft& draft, std::string_view created_at, std::string_view id) {
  const auto time = created_at.empty() ? time_in_id(id) : parse_x_time(created_at);
  if (time) {
    draft.post.created_at = *time;
  } else {
    draft.fail(created_at.empty() ? RejectReason::missing_field : RejectReason::invalid_time);
  }
}

void add_x_links(std::optional<JsonObject> entities, LinkList& links) {
  const auto urls = entities ? array_in(*entities, "urls") : std::nullopt;
  if (!urls) return;
  for (const Json url : *urls) {
    if (const auto object = as_object(url)) links.add(string_in(*object, "expanded_url"));
  }
}

}  // namespace passaparola::ingest
