// What a rule or filter judges: one post, with its text and language made when first asked for,
// and the stored mention if there is one. And the answers of predicates about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/mention.h"
#include "match/match.h"
#include "match/post_text.h"
#include "match/syntax.h"

namespace passaparola::match {

// Kleene's three values. A clause about what a post does not say is unknown, and so is its denial.
enum class Truth : std::uint8_t { no, unknown, yes };

inline Truth to_truth(bool value) { return value ? Truth::yes : Truth::no; }
inline Truth negated(Truth truth) { return static_cast<Truth>(2 - static_cast<int>(truth)); }

class Subject {
 public:
  // Both must stay for as long as the subject is asked.
  void reset(const PostView& post, const LanguageOf* language_of);
  void reset(const Mention& mention);

  const PostView& post() const { return text_.post(); }
  PostText& text() { return text_; }
  std::string_view language();

  Truth holds(const Predicate& predicate);

 private:
  Truth holds_word(const Predicate& predicate);
  Truth holds_word_of_mention(const Predicate& predicate) const;
  bool is(std::string_view flag) const;
  bool has(std::string_view part);
  bool has_token(TokenKind kind);

  PostText text_;
  const LanguageOf* language_of_ = nullptr;
  const Mention* mention_ = nullptr;
  std::string language_;
  bool has_language_ = false;
};

}  // namespace passaparola::match
