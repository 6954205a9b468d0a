// Reference engine: says what a post matches straight from the expression trees, slowly and
// obviously, one post at a time. It shares with the fast engine only folding, tokens, RE2 and
// predicates; tests hold the two against each other. Filters and explanations are made by it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "match/rule_book.h"
#include "match/subject.h"

namespace passaparola::match {

// A span that helped a rule to hold, with the atom's own text.
struct ReferenceMatch {
  Field field = Field::text;
  std::uint16_t link = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string atom;
  auto operator<=>(const ReferenceMatch&) const = default;
};

// One brand that a post mentions: the definitions that hold, the brand's own first, and the spans.
struct ReferenceMention {
  std::uint32_t brand = 0;
  std::vector<std::uint32_t> definitions;
  std::vector<std::pair<ReferenceMatch, std::uint32_t>> matches;  // with their definitions
};

class Reference {
 public:
  // `book` may be empty when `subject` is judged by expressions without references.
  Reference(const RuleBook& book, Subject& subject) : book_(book), subject_(subject) {}

  // The mode of an expression inside of a rule: whether accents count, and the fields looked at.
  struct Mode {
    bool ignore_accents = false;
    FieldMask fields = kDefaultFields;
  };

  Truth evaluate(const Expression& expression, Mode mode);
  Truth evaluate(std::uint32_t definition, Mode mode);

  // What spoke for the definition, which must hold; or, of a pending one, what may speak for it.
  std::vector<ReferenceMatch> matches_of(std::uint32_t definition, bool pending);

  // The scored mention that a match makes; it stays until the next is asked for.
  using Scoring = std::function<const Mention*(const ReferenceMention&)>;

  // What the post mentions, as Matcher::find says it.
  std::vector<ReferenceMention> mentions(const Scoring& score);

  // Call it when the subject's scored mention has changed.
  void forget() { known_.clear(); }

  // Where the atom stands.
  std::vector<ReferenceMatch> find(const Atom& atom, Mode mode);

  // In which mode a reference's target is read.
  Mode mode_of(const Expression& reference, Mode mode) const;

 private:
  // An occurrence in NEAR, with its places (FieldText::places_of).
  struct Placed {
    ReferenceMatch match;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  using Operand = std::vector<Placed>;
  using Key = std::tuple<std::uint32_t, bool, FieldMask>;

  void collect(const Expression& expression, Mode mode, bool positive,
               std::vector<ReferenceMatch>& out);
  std::vector<Operand> near(const Expression& expression, Mode mode);
  void operand(const Expression& expression, Mode mode, std::vector<Key>& seen, Operand& out);
  static bool are_near(const Placed& left, const Placed& right, Gap gap);
  Truth evaluate_at_least(const Expression& expression, Mode mode);
  void add_matches(std::uint32_t definition, bool pending, ReferenceMention& mention);
  std::optional<ReferenceMention> mention_of(std::uint32_t first, std::uint32_t last,
                                             const Scoring& score);
  void keep_best(ReferenceMention& mention) const;
  void find_in(Field field, const Atom& atom, bool ignore_accents,
               std::vector<ReferenceMatch>& out);
  void find_in_tag_words(Field field, const Atom& atom, bool ignore_accents,
                         std::vector<ReferenceMatch>& out);
  void find_in_links(const Atom& atom, std::vector<ReferenceMatch>& out);

  const RuleBook& book_;
  Subject& subject_;
  std::map<Key, Truth> known_;
  std::vector<std::pair<Key, bool>> collected_;
  bool collects_pending_ = false;
};

}  // namespace passaparola::match
