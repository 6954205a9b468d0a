// What a text says about the brand, as numbers for the model: opinions by how near to the brand
// they stand, acts, and how the text is written; and its words, for those that the model has
// learned.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/mention.h"
#include "sentiment/lexicons.h"
#include "sentiment/target.h"

namespace passaparola::sentiment {

// How near to the brand a token stands. Of a text judged as a whole every token is in `clause`.
enum class Scope : std::uint8_t {
  near,      // at most kNearWords words from the name, in its clause
  clause,    // between the same sentence ends and adversatives as the name
  sentence,  // of the name
  linked,    // a sentence behind it that points back, or the text under a title with the name
  other,
};
inline constexpr std::size_t kScopeCount = 5;

// For each scope: the opinions that speak well and badly, normalized as VADER's sums are, and
// whether there is a clear one (of valence 1 or more) of either kind.
enum class OpinionFact : std::uint8_t { good, bad, clearly_good, clearly_bad };
inline constexpr std::size_t kOpinionFactCount = 4;

enum class StyleFact : std::uint8_t {
  always,  // 1
  question,
  question_of_target,  // the name's own sentence asks
  exclamation,
  link,
  hashtags,
  irony,
  conditional,
  experience,
  adversative,
  reported,
  reply,
  review,
  only_title,  // the name stands in the title alone
  only_tag,    // the name stands nowhere but in handles and hashtags
  length,
  good_sign,  // an emoji or emoticon
  bad_sign,
};
inline constexpr std::size_t kStyleFactCount = 18;

inline constexpr std::size_t kFactCount =
    kScopeCount * kOpinionFactCount + kActCount + kStyleFactCount;

constexpr std::size_t fact_of(Scope scope, OpinionFact fact) {
  return static_cast<std::size_t>(scope) * kOpinionFactCount + static_cast<std::size_t>(fact);
}
constexpr std::size_t fact_of(Act act) {
  return kScopeCount * kOpinionFactCount + static_cast<std::size_t>(act);
}
constexpr std::size_t fact_of(StyleFact fact) {
  return kScopeCount * kOpinionFactCount + kActCount + static_cast<std::size_t>(fact);
}

// "near.good", "act.praise", "style.irony". Static storage.
std::string_view fact_name(std::size_t fact);

struct WordUse {
  Field field = Field::text;
  std::uint32_t token = 0;
  Scope scope = Scope::other;
  float weight = 0;  // by scope and by how many words the scope has
};

struct ScopedOpinion {
  ValenceHit hit;
  Field field = Field::text;
  Scope scope = Scope::other;
};

// Reused from text to text.
struct Facts {
  std::array<float, kFactCount> values{};
  std::vector<WordUse> words;  // title first, each in order
  std::vector<ScopedOpinion> opinions;
};

// Whether the sentence itself is judged, or how the post speaks of the brand.
enum class Aim : std::uint8_t { whole_text, brand };

// A post that names the brand in handles and hashtags alone is said to it or of it as a whole.
Aim aim_of(const PostReading& reading);

// `acts` are those of cues towards the brand (sentiment/acts.h).
void find_facts(const PostReading& reading, Aim aim, std::span<const ActHit> acts, Facts& out);

}  // namespace passaparola::sentiment
