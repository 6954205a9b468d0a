// What every enrichment promises, whatever the text: for tests and the fuzz target.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/limits.h"
#include "sentiment/sentiment.h"

namespace passaparola::sentiment {

inline std::string_view field_of(const PostView& post, Field field) {
  if (field == Field::title) return post.title;
  return field == Field::bio ? post.author.bio : post.text;
}

inline bool is_span(std::string_view text, std::size_t begin, std::size_t end) {
  const auto edge = [&](std::size_t at) {
    return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
  };
  return begin <= end && end <= text.size() && edge(begin) && edge(end);
}

inline bool is_share(double value) { return value >= 0 && value <= 1; }

inline std::string broken_sentiment(const PostView& post, const Sentiment& sentiment) {
  if (!(std::abs(sentiment.score) <= 1)) return "score out of range";
  if (!is_share(sentiment.confidence)) return "confidence out of range";
  if (sentiment.hits.size() > kMaxSentimentHits) return "too many hits";
  for (const SentimentHit& hit : sentiment.hits) {
    const std::string_view text = field_of(post, hit.field);
    if (!is_span(text, hit.begin, hit.end)) return "a hit outside its text";
    if (text.substr(hit.begin, hit.end - hit.begin) != hit.term) return "a hit of other words";
  }
  return {};
}

// Empty when all hold.
inline std::string first_broken_promise(const PostView& post, const Enrichment& given) {
  if (std::string broken = broken_sentiment(post, given.sentiment); !broken.empty()) return broken;
  if (given.acts.size() > kMaxActs) return "too many acts";
  for (const ActHit& act : given.acts) {
    const std::string_view text = field_of(post, act.field);
    if (!is_span(text, act.begin, act.end)) return "an act outside its text";
    if (text.substr(act.begin, act.end - act.begin) != act.cue) return "an act of other words";
    if (!is_share(act.confidence)) return "an act's confidence out of range";
  }
  if (!is_share(given.authenticity.score)) return "authenticity out of range";
  if (given.authenticity.penalties.size() > kMaxPenalties) return "too many penalties";
  for (const Penalty& penalty : given.authenticity.penalties) {
    if (!is_share(penalty.penalty)) return "a penalty out of range";
    if (penalty.field == Field::links || penalty.end == 0) continue;
    const std::string_view text = field_of(post, penalty.field);
    if (!is_span(text, penalty.begin, penalty.end)) return "a penalty outside its text";
  }
  if (!is_share(given.quality.depth)) return "depth out of range";
  if (given.lang.empty()) return "no language";
  return {};
}

}  // namespace passaparola::sentiment
