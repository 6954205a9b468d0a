// What a rule or filter judges: one post, with its text and language made when first asked for,
// and the stored mention if there is one. And the answers of predicates about it.
#pragma once

#include <cstdint>
#include <optional>
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
  // What they are given must stay for as long as the subject is asked. `knowledge` may be null.
  void reset(const PostView& post, const Knowledge* knowledge);
  void reset(const Mention& mention, const Knowledge* knowledge);
  // What the post says of one brand; null: that is not known yet. Forgets the author's standing.
  void set_scored(const Mention* mention);

  const PostView& post() const { return text_.post(); }
  PostText& text() { return text_; }
  std::string_view language();

  Truth holds(const Predicate& predicate);

 private:
  Truth holds_word(const Predicate& predicate);
  Truth holds_word_of_post(const Predicate& predicate);
  Truth holds_word_of_mention(const Predicate& predicate) const;
  Truth holds_word_of_author(const Predicate& predicate);
  std::optional<double> number(PredicateKind kind);
  std::optional<double> number_of_author(PredicateKind kind);
  Truth is(std::string_view flag) const;
  Truth has(std::string_view part);
  bool has_token(TokenKind kind);
  const std::optional<AuthorStanding>& standing();

  PostText text_;
  const Knowledge* knowledge_ = nullptr;
  const Mention* mention_ = nullptr;
  std::string language_;
  std::optional<AuthorStanding> standing_;
  bool has_language_ = false;
  bool has_standing_ = false;
};

}  // namespace passaparola::match
