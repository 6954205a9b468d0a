// The rule language as read: expressions and the blocks that hold them, with their places in the
// files. Names are resolved once, by resolve.h; compiler and reference engine both start from here.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mention.h"

namespace passaparola::match {

class Pattern;

// Where something stands: a byte offset into a file.
struct Place {
  std::uint32_t file = 0;
  std::uint32_t offset = 0;
};

enum class AtomKind : std::uint8_t {
  phrase,  // a word is a phrase of one
  prefix,
  hashtag,
  handle,
  cashtag,
  domain,
  substring,  // anywhere in the folded text
  raw,        // exact bytes of the original text
  regex,      // RE2
};

struct Atom {
  AtomKind kind = AtomKind::phrase;
  bool ignore_case = true;  // regex only: /x/i
  std::string text;         // as searched, with its '#', '@' or '$'; for raw and regex as written
  std::shared_ptr<const Pattern> pattern;  // regex only
  // "^n": of more spans than a mention keeps, those of the highest stay.
  std::uint8_t preference = 0;
};

// Is it sought in the words of hashtags, as "moka nera" is in #MokaNera?
inline bool is_in_tag_words(const Atom& atom) {
  return atom.kind == AtomKind::phrase && atom.text.find(' ') != std::string::npos;
}

// The forms in which `host` is written so that programs do not see it: "moka[.]example",
// "moka dot example", … Each stands for all its full stops.
std::vector<std::string> disguised_hosts(std::string_view host);

std::string to_text(const Atom& atom);  // "#mokanera", "caff*", "domain:x", "/re/i", …

// Which fields an expression looks at: bit i is Field(i).
using FieldMask = std::uint8_t;
constexpr FieldMask bit(Field field) {
  return static_cast<FieldMask>(1U << static_cast<int>(field));
}
inline constexpr FieldMask kDefaultFields = bit(Field::text) | bit(Field::title);

// The fields in which an atom is sought under `mask`: links are looked at for domains only.
constexpr FieldMask fields_of(AtomKind kind, FieldMask mask) {
  if (kind == AtomKind::domain && mask == kDefaultFields) return mask | bit(Field::links);
  return mask;
}

// When the answer to a question is known. A rule's phase is the latest of its questions.
enum class Phase : std::uint8_t {
  text = 1,      // what is written
  envelope = 2,  // the rest of the post
  scored = 3,    // what the mention says of the brand
  author = 4,    // the author's history with the brand
};

// A question about the post or the mention as a whole.
enum class PredicateKind : std::uint8_t {
  // words of a post
  source,
  language,
  kind,
  author,
  author_id,
  site,
  url,
  country,
  thread,
  parent,
  parent_text,
  is,
  has,
  // numbers of a post
  followers,
  following,
  posts,
  account_age_days,
  rating,
  nps,
  likes,
  reposts,
  replies,
  views,
  created,
  // words of a scored mention
  brand,
  rule,
  tag,
  route,
  alert,
  label,
  act,
  relation,
  disclosure,
  aspect,
  // words of what people do with a mention
  state,
  assignee,
  // numbers of a scored mention
  sentiment,
  confidence,
  act_confidence,
  authenticity,
  depth,
  two_sided,
  irony,
  spam,
  copies,
  ambiguity,
  // words and numbers of the author's history with the brand
  author_class,
  author_type,
  author_score,
  author_score_low,
  author_recommendations,
  author_defences,
  author_first_seen_days,
  author_active_months,
  author_detractor,
};

struct Predicate {
  PredicateKind kind = PredicateKind::source;
  std::vector<std::string> values;  // folded; any of them
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;  // the bound itself does not count
  bool high_open = false;
  bool outside = false;  // "!=": everything but [low, high]
};

enum class Op : std::uint8_t {
  all,
  any,
  at_least,
  negate,
  near,
  within,
  atom,
  predicate,
  reference
};

// Between two neighbours of NEAR: at most `distance` words from one to the other, 1 for words that
// stand side by side.
struct Gap {
  std::uint32_t distance = 1;
  bool ordered = false;  // ONEAR: the left one stands first
};

inline constexpr std::uint32_t kUnresolved = std::numeric_limits<std::uint32_t>::max();

// Of `count` parts of all, any or at_least: how many must be looked at so that one of them holds
// if the whole does (or, if not positive, fails if the whole fails).
constexpr std::size_t needed_parts(Op op, std::size_t count, std::size_t least, bool positive) {
  if (op == Op::all) least = count;
  if (op == Op::any) least = 1;
  return positive ? count - least + 1 : least;
}

struct Expression {
  Op op = Op::atom;
  Place at;
  std::vector<std::unique_ptr<Expression>> parts;
  std::vector<Gap> gaps;                   // near: between parts i and i + 1
  std::uint32_t least = 0;                 // at_least: so many parts must hold
  FieldMask fields = kDefaultFields;       // within
  Atom atom;                               // atom; of a reference: the cashtag it may be
  Predicate predicate;                     // predicate
  std::string name;                        // reference
  std::uint32_t definition = kUnresolved;  // reference: index into RuleBook::definitions
};
using ExpressionPtr = std::unique_ptr<Expression>;

// A form of the expression that is the same for the same expression, for finding doubles.
std::string to_text(const Expression& expression);
void append_text(const Expression& expression, std::string& out);  // the same

struct Action {
  std::optional<RuleAction::Kind> kind;  // none: a tag
  std::string name;                      // path of a tag or score, name of a route or alert
  double amount = 0;                     // score
};

// A brand's own expression, a rule, or a let.
struct Definition {
  enum class Kind : std::uint8_t { brand, rule, let };
  Kind kind = Kind::let;
  std::string id;  // "moka_nera.mention", "moka_nera.crisis", "exclusions.jobs"
  Place at;
  ExpressionPtr expression;
  bool ignore_accents = false;
  std::uint32_t version = 1;
  std::string owner;                  // who answers for it; empty: nobody is named
  std::uint32_t priority = 0;         // 1 is the most urgent; 0: none is given
  std::optional<double> unanchored;   // allowed without anchors, on at most this share of posts
  std::uint32_t brand = kUnresolved;  // index into RuleBook::brands
  std::vector<Action> actions;
  Phase phase = Phase::text;  // of the expression and of all that it refers to; set by resolve()
};

}  // namespace passaparola::match
