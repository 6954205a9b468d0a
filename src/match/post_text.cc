#include "match/post_text.h"

#include <algorithm>

namespace passaparola::match {

std::string_view text_of(const PostView& post, Field field) {
  switch (field) {
    case Field::text:
      return post.text;
    case Field::title:
      return post.title;
    case Field::bio:
      return post.author.bio;
    case Field::quote:
      return post.quote_text;
    default:
      return {};
  }
}

std::pair<std::uint32_t, std::uint32_t> FieldText::places_of(std::uint32_t begin,
                                                             std::uint32_t end) const {
  const auto first = std::partition_point(tokens.begin(), tokens.end(), [&](const Token& token) {
    return search.original_end(token.end) <= begin;
  });
  const auto behind = std::partition_point(first, tokens.end(), [&](const Token& token) {
    return search.original_begin(token.begin) < end;
  });
  const auto at = static_cast<std::uint32_t>(first - tokens.begin());
  if (first == behind) return {2 * at, 2 * at};
  return {2 * at + 1, 2 * static_cast<std::uint32_t>(behind - tokens.begin()) - 1};
}

void PostText::reset(const PostView& post) {
  post_ = &post;
  for (Slot& slot : slots_) slot.has_text = slot.has_accentless = false;
}

const FieldText& PostText::of(Field field) {
  Slot& slot = slots_[static_cast<std::size_t>(field)];
  if (!slot.has_text) {
    slot.text.original = text_of(*post_, field);
    slot.text.search = search_text(slot.text.original);
    tokenize(slot.text.search.text, slot.text.tokens);
    slot.has_text = true;
  }
  return slot.text;
}

const Folded& PostText::accentless(Field field) {
  Slot& slot = slots_[static_cast<std::size_t>(field)];
  if (!slot.has_accentless) {
    slot.accentless = without_accents(of(field).search.text);
    slot.has_accentless = true;
  }
  return slot.accentless;
}

}  // namespace passaparola::match
