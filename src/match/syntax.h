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
  raw,    // exact bytes of the original text
  regex,  // RE2
};

struct Atom {
  AtomKind kind = AtomKind::phrase;
  bool ignore_case = true;  // regex only: /x/i
  std::string text;         // as searched, with its '#', '@' or '$'; for raw and regex as written
  std::shared_ptr<const Pattern> pattern;  // regex only
};

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

// A question about the post or the mention as a whole.
enum class PredicateKind : std::uint8_t {
  source,
  language,
  kind,
  author,
  is,
  has,  // words of a post
  followers,
  following,
  posts,
  rating,
  nps,
  likes,
  reposts,
  replies,
  views,  // numbers of a post
  brand,
  rule,
  tag,
  label,
  act,
  relation,  // words of a stored mention
  sentiment,
  confidence,
  authenticity,  // numbers of a stored mention
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

enum class Op : std::uint8_t { all, any, negate, near, within, atom, predicate, reference };

inline constexpr std::uint32_t kUnresolved = std::numeric_limits<std::uint32_t>::max();

struct Expression {
  Op op = Op::atom;
  Place at;
  std::vector<std::unique_ptr<Expression>> parts;
  std::vector<std::uint32_t> distances;    // near: between parts i and i + 1
  FieldMask fields = kDefaultFields;       // within
  Atom atom;                               // atom; of a reference: the cashtag it may be
  Predicate predicate;                     // predicate
  std::string name;                        // reference
  std::uint32_t definition = kUnresolved;  // reference: index into RuleBook::definitions
};
using ExpressionPtr = std::unique_ptr<Expression>;

// A form of the expression that is the same for the same expression, for finding doubles.
std::string to_text(const Expression& expression);

struct Action {
  enum class Kind : std::uint8_t { tag, score, route, alert };
  Kind kind = Kind::tag;
  std::string name;   // path of a tag or score, name of a route or alert
  double amount = 0;  // score
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
  std::uint32_t brand = kUnresolved;  // index into RuleBook::brands
  std::vector<Action> actions;
};

}  // namespace passaparola::match
