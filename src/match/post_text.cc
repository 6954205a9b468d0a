#include "match/post_text.h"

#include <algorithm>

#include "match/hashtag_words.h"

namespace passaparola::match {

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
  for (Slot& slot : slots_) {
    slot.has_text = slot.has_tokens = slot.has_accentless = slot.has_tag_words = false;
  }
  stretch_.begin = stretch_.end = 0;
}

const FieldText& PostText::of(Field field) {
  Slot& slot = slots_[static_cast<std::size_t>(field)];
  if (!slot.has_text) {
    slot.text.original = field_text(*post_, field);
    search_text(slot.text.original, slot.text.search);
    slot.has_text = true;
  }
  return slot.text;
}

const FieldText& PostText::tokenized(Field field) {
  of(field);
  Slot& slot = slots_[static_cast<std::size_t>(field)];
  if (!slot.has_tokens) {
    tokenize(slot.text.search.text, slot.text.tokens);
    slot.has_tokens = true;
  }
  return slot.text;
}

std::span<const Token> PostText::tokens_around(Field field, std::size_t begin, std::size_t end) {
  Stretch& stretch = stretch_;
  if (stretch.field == field && stretch.begin <= begin && end <= stretch.end) {
    return stretch.tokens;
  }
  const std::string_view text = of(field).search.text;
  stretch.field = field;
  stretch.begin = text.substr(0, begin).rfind(' ') + 1;  // 0 when there is none
  stretch.end = std::min(text.find(' ', end), text.size());
  tokenize(text.substr(stretch.begin, stretch.end - stretch.begin), stretch.tokens);
  for (Token& token : stretch.tokens) {
    token.begin += static_cast<std::uint32_t>(stretch.begin);
    token.end += static_cast<std::uint32_t>(stretch.begin);
  }
  return stretch.tokens;
}

const Folded& PostText::accentless(Field field) {
  Slot& slot = slots_[static_cast<std::size_t>(field)];
  if (!slot.has_accentless) {
    slot.accentless = without_accents(of(field).search.text);
    slot.has_accentless = true;
  }
  return slot.accentless;
}

const Folded& PostText::tag_words(Field field) {
  Slot& slot = slots_[static_cast<std::size_t>(field)];
  if (!slot.has_tag_words) {
    hashtag_words(of(field).original, slot.tag_words);
    slot.has_tag_words = true;
  }
  return slot.tag_words;
}

}  // namespace passaparola::match
