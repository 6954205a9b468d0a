#include "ingest/draft.h"

#include <algorithm>
#include <cstring>

namespace passaparola::ingest {

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
  const auto value = find(object, key);
  if (value && !value->is_string()) fail(RejectReason::wrong_type);
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
