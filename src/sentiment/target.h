// How a post speaks of the brand: the sentences and clauses around the matches, not the whole text.
// Neutral is the default; polarity must be earned by words about the brand.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "core/arena.h"
#include "core/mention.h"
#include "core/post.h"
#include "sentiment/english.h"
#include "sentiment/lexicons.h"
#include "sentiment/reading.h"
#include "sentiment/sentiment.h"
#include "sentiment/valence.h"

namespace passaparola::sentiment {

// From this size on a score towards the brand is positive or negative. Chosen, not tuned: one
// plain opinion word ("nice", valence 1.8) scores 0.42, a weak one ("okay", 0.9) 0.23.
inline constexpr double kBrandPolarScore = 0.2;

// Clauses about the brand that score beyond these in both directions make it mixed.
inline constexpr double kMixedScore = 0.3;

// Below this confidence a polarity is withheld.
inline constexpr double kAbstainConfidence = 0.3;

struct PostReading {
  const Lexicons& lexicons;
  const PostView& post;
  const Target& target;
  const Reading& text;
  const Reading& title;
  std::string_view lang;
};

// Valences of a text read for `lang`: Italian by the Italian lexicon, all else by the English one.
void value_text(const Lexicons& lexicons, std::string_view text, std::string_view lang,
                const Reading& reading, Valences& out);

// Lexical coverage x (1 - irony) x language confidence. Coverage of `hits` opinion words among
// `words`: (1 - 2^-hits) x min(1, 12 x hits / words). Language: 1 for en and it, 0.6 when unknown,
// 0.2 for others, which the English lexicon hardly covers. Without hits it is the confidence that
// nothing was said, half of the last two factors.
double confidence_of(const Lexicons& lexicons, const Reading& reading, std::size_t hits,
                     std::size_t words, std::string_view lang);

// At most kMaxSentimentHits of `hits`, each weight times `factor`, with the words of `text`.
std::span<const SentimentHit> hits_of(std::string_view text, Field field,
                                      std::span<const ValenceHit> hits, double factor,
                                      Arena& arena);

// The score of the clauses that hold a match; when they are silent, of their sentences (x 0.75),
// then of a next sentence that points back ("it", "lo") (x 0.75), then half of the whole text's,
// which never makes a polarity. Reviews and surveys are about the brand as a whole. `work` is
// scratch. `two_sided` becomes true when the text holds clear opinions of both kinds.
Sentiment towards_brand(const PostReading& reading, Valences& work, bool& two_sided, Arena& arena);

}  // namespace passaparola::sentiment
