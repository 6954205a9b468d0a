// PostText: the fields of one post as search text with tokens and maps back, made when first asked
// for. Everything that judges a post by its text starts here. Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/mention.h"
#include "core/post.h"
#include "match/search_text.h"

namespace passaparola::match {

struct FieldText {
  std::string_view original;
  Folded search;
  std::vector<Token> tokens;  // only of what PostText::tokenized() returned

  // The places of an original span for counting words: token i stands at 2 i + 1, and what lies
  // between two tokens at the even place between them.
  std::pair<std::uint32_t, std::uint32_t> places_of(std::uint32_t begin, std::uint32_t end) const;
};

class PostText {
 public:
  void reset(const PostView& post);

  const PostView& post() const { return *post_; }
  // Not for links. The first has no tokens yet, which few judgements need.
  const FieldText& of(Field field);
  const FieldText& tokenized(Field field);
  const Folded& accentless(Field field);  // of its search text
  const Folded& tag_words(Field field);   // hashtag_words() of its original

  // The tokens of a stretch of the search text that holds [begin, end) and is bounded by spaces,
  // which no token holds: enough to judge this place. Valid until the next call.
  std::span<const Token> tokens_around(Field field, std::size_t begin, std::size_t end);

 private:
  struct Slot {
    FieldText text;
    Folded accentless;
    Folded tag_words;
    bool has_text = false;
    bool has_tag_words = false;
    bool has_tokens = false;
    bool has_accentless = false;
  };
  const PostView* post_ = nullptr;
  std::array<Slot, 4> slots_;

  // What tokens_around() cut last: one long piece with many hits is cut once.
  struct Stretch {
    Field field = Field::text;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<Token> tokens;
  };
  Stretch stretch_;
};

}  // namespace passaparola::match
