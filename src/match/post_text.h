// PostText: the fields of one post as search text with tokens and maps back, made when first asked
// for. Everything that judges a post by its text starts here. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/mention.h"
#include "core/post.h"
#include "match/search_text.h"

namespace passaparola::match {

std::string_view text_of(const PostView& post, Field field);  // not for links

struct FieldText {
  std::string_view original;
  Folded search;
  std::vector<Token> tokens;

  // The places of an original span for counting words: token i stands at 2 i + 1, and what lies
  // between two tokens at the even place between them.
  std::pair<std::uint32_t, std::uint32_t> places_of(std::uint32_t begin, std::uint32_t end) const;
};

class PostText {
 public:
  void reset(const PostView& post);

  const PostView& post() const { return *post_; }
  const FieldText& of(Field field);       // not for links
  const Folded& accentless(Field field);  // of its search text

 private:
  struct Slot {
    FieldText text;
    Folded accentless;
    bool has_text = false;
    bool has_accentless = false;
  };
  const PostView* post_ = nullptr;
  std::array<Slot, 4> slots_;
};

}  // namespace passaparola::match
