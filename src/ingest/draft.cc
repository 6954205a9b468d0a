#include "ingest/draft.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "ingest/feed_time.h"

namespace passaparola::ingest {
namespace {

std::optional<std::int64_t> integer_of_digits(std::string_view digits) {
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> number_or_digits(Json value) {
  return value.is_string() ? integer_of_digits(as_string(value)) : as_integer(value);
}

}  // namespace

void Draft::read_string(std::string_view& to, Json value, std::size_t limit,
                        RejectReason too_long) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    if (!value.is_null()) fail(RejectReason::wrong_type);
    return;
  }
  if (text.size() > limit) return fail(too_long);
  to = keep(text);
}

void Draft::read_count(std::optional<std::int64_t>& to, Json value) {
  if (value.is_null()) return;
  to = as_integer(value);
  if (!to) fail(value.is_number() ? RejectReason::bad_value : RejectReason::wrong_type);
}

void Draft::read_time(std::optional<Timestamp>& to, Json value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    if (!value.is_null()) fail(RejectReason::wrong_type);
    return;
  }
  to = parse_rfc3339(text);
  if (!to) fail(RejectReason::invalid_time);
}

void Draft::read_flag(bool& to, Json value) {
  if (value.get(to) != simdjson::SUCCESS && !value.is_null()) fail(RejectReason::wrong_type);
}

void Draft::check_required(const std::optional<Json>& value, std::size_t limit) {
  if (!value) return fail(RejectReason::missing_field);
  std::string_view text;
  if (value->get(text) != simdjson::SUCCESS) return fail(RejectReason::wrong_type);
  check_required(text, limit);
}

void Draft::check_required(std::string_view value, std::size_t limit) {
  if (value.empty()) return fail(RejectReason::missing_field);
  if (value.size() > limit) return fail(RejectReason::field_too_long);
}

void Draft::require(std::string_view& to, const std::optional<Json>& value, std::size_t limit) {
  check_required(value, limit);
  if (!failed()) to = keep(as_string(value));
}

void Draft::require(std::string_view& to, std::string_view value, std::size_t limit) {
  check_required(value, limit);
  if (!failed()) to = keep(value);
}

void Draft::check_string(JsonObject object, std::string_view key) {
  check_string(find(object, key));
}

void Draft::check_string(const std::optional<Json>& value) {
  if (value && !value->is_string()) fail(RejectReason::wrong_type);
}

void Draft::require_seconds(const std::optional<Json>& value) {
  if (!value) return fail(RejectReason::missing_field);
  if (!value->is_string() && !value->is_number()) return fail(RejectReason::wrong_type);
  const auto seconds = number_or_digits(*value);
  constexpr std::int64_t kYear10000 = 253'402'300'800;  // seconds
  if (!seconds || *seconds < 0 || *seconds >= kYear10000) return fail(RejectReason::invalid_time);
  post.created_at = Timestamp{*seconds * kMillisecondsPerSecond};
}

void Draft::require_time(const std::optional<Json>& value) {
  if (!value) return fail(RejectReason::missing_field);
  if (!value->is_string()) return fail(RejectReason::wrong_type);
  const auto time = parse_time_or_utc(as_string(value));
  if (!time) return fail(RejectReason::invalid_time);
  post.created_at = *time;
}

void Draft::require_stars(const std::optional<Json>& value) {
  constexpr double kMost = 5;
  if (!value) return fail(RejectReason::missing_field);
  double stars = 0;
  if (value->get(stars) != simdjson::SUCCESS) return fail(RejectReason::wrong_type);
  if (stars < 1 || stars > kMost) return fail(RejectReason::bad_value);
  post.rating = Rating{stars, kMost};
}

void Draft::require_number_as_id(std::string_view& to, const std::optional<Json>& value) {
  if (!value) return fail(RejectReason::missing_field);
  if (!value->is_string() && !value->is_number()) return fail(RejectReason::wrong_type);
  to = keep_number_as_id(value);
  if (to.empty()) fail(RejectReason::bad_value);
}

std::string_view Draft::keep_number_as_id(const std::optional<Json>& value) {
  const auto number = value ? number_or_digits(*value) : std::nullopt;
  if (!number || *number <= 0) return {};
  std::array<char, 20> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), *number);
  return keep({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())});
}

void Draft::set_text(std::string_view text) {
  if (text.size() > kMaxTextBytes) return fail(RejectReason::text_too_long);
  post.text = keep(text);
}

std::string_view Draft::keep_whole(std::string_view text, std::size_t limit) {
  return text.size() > limit ? std::string_view() : keep(text);
}

std::string_view Draft::keep_start(std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  return keep(text);
}

std::string_view Draft::join(std::initializer_list<std::string_view> parts, std::size_t limit) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  if (size > limit) {
    fail(RejectReason::field_too_long);
    return {};
  }
  char* const begin = arena().allocate(size);
  char* to = begin;
  for (const std::string_view part : parts) to = std::copy(part.begin(), part.end(), to);
  return {begin, size};
}

void Draft::become_removal() {
  const PostView removed = post;
  post = PostView{};
  post.op = PostOp::remove;
  post.source = removed.source;
  post.id = removed.id;
  post.author.id = removed.author.id;
}

void Draft::finish(Wordless wordless) {
  if (post.op == PostOp::create || post.op == PostOp::update) {
    if (post.text.empty()) {
      post.text = post.title;
      post.title = {};
    }
    if (post.text.empty() && wordless == Wordless::rejected) fail(RejectReason::missing_field);
  }
  if (wrong_) return sink_.reject_post(*wrong_);
  sink_.keep_post();
}

void LinkList::add(std::string_view link) {
  if (link.empty() || link.size() > kMaxUrlBytes || count_ == links_.size()) return;
  const auto end = links_.begin() + static_cast<std::ptrdiff_t>(count_);
  if (std::find(links_.begin(), end, link) != end) return;
  links_[count_++] = link;
}

std::span<const std::string_view> LinkList::keep(Arena& arena) {
  const std::span<std::string_view> added(links_.data(), count_);
  for (std::string_view& link : added) link = arena.copy(link);
  return arena.copy(std::span<const std::string_view>(added));
}

std::string_view without_basic_entities(std::string_view text, Arena& arena) {
  if (text.find('&') == std::string_view::npos) return arena.copy(text);
  struct Entity {
    std::string_view name;
    char character;
  };
  static constexpr Entity kEntities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
  char* const begin = arena.allocate(text.size());
  char* to = begin;
  while (!text.empty()) {
    const Entity* found = nullptr;
    if (text.front() == '&') {
      for (const Entity& entity : kEntities) {
        if (text.starts_with(entity.name)) found = &entity;
      }
    }
    *to++ = found != nullptr ? found->character : text.front();
    text.remove_prefix(found != nullptr ? found->name.size() : 1);
  }
  const auto size = static_cast<std::size_t>(to - begin);
  return {begin, size};
}

}  // namespace passaparola::ingest
