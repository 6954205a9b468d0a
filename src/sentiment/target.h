// How a post speaks of the brand, or what a text says as a whole: the judgement of the model over
// facts and words, with its reasons. Neutral is the default: it is what the learned weights say of
// a text without opinions.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "core/arena.h"
#include "core/mention.h"
#include "core/post.h"
#include "sentiment/lexicons.h"
#include "sentiment/reading.h"
#include "sentiment/sentiment.h"
#include "sentiment/valence.h"

namespace passaparola::sentiment {

// Below this confidence no answer is given.
inline constexpr double kAbstainConfidence = 0.4;

struct PostReading {
  const Lexicons& lexicons;
  const PostView& post;
  const Target& target;
  const Reading& text;
  const Reading& title;
  std::string_view lang;
  PatternLanguage language;  // whose words and patterns were read

  const Reading& of(Field field) const { return field == Field::title ? title : text; }
  // Whether the brand stands in the field.
  bool names_brand_in(Field field) const {
    return std::any_of(target.matches.begin(), target.matches.end(),
                       [&](const Match& match) { return match.field == field; });
  }
};

struct Facts;
struct Learned;
enum class Aim : std::uint8_t;

// The likeliest label of the model's chances, a polarity only when it is clearly likelier than
// neutral, also without what stands in Scope::other. Score: the chance of positive less that of
// negative. Confidence: the label's chance, x 0.6 when the language is unknown and 0.2 when it is
// neither English nor Italian; below kAbstainConfidence the label is abstain. A rating or an NPS
// answer weighs in with up to kRatingLogOdds. `mixed`: clear opinions of both kinds in the brand's
// own sentences and a fair chance of either label, or a rating that the text contradicts. Hits:
// opinion words, learned words and cues of acts, each with what it added to the log odds of
// positive against negative; at most kMaxSentimentHits, the weightiest, in order of place.
Sentiment judge_sentiment(const PostReading& reading, Aim aim, std::span<const ActHit> acts,
                          const Facts& facts, const Learned& learned, Arena& arena);

// What a judgement of a text in `lang` is worth: 1 for English and Italian, 0.6 when the language
// is unknown, 0.2 for others.
double confidence_in(std::string_view lang);

// Whether the text holds clear opinions of both kinds, about whatever it is.
bool is_two_sided(const Facts& facts);

}  // namespace passaparola::sentiment
