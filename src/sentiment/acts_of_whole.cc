#include "sentiment/acts_of_whole.h"

#include <algorithm>

namespace passaparola::sentiment {
namespace {

// English below the higher mark is right less than half of the time; in Italian being surer does
// not make it righter.
constexpr double kClearConfidence = 0.6;
constexpr double kClearConfidenceItalian = 0.5;
constexpr double kClearWeight = 0.5;  // of the heaviest hit, in log odds
constexpr double kSurestFromSentiment = 0.9;
constexpr std::ptrdiff_t kLaconicWords = 6;
constexpr double kLaconic = 0.55;
constexpr std::ptrdiff_t kReviewWords = 40;
constexpr double kReview = 0.7;
constexpr double kLongText = 0.6;
constexpr double kGoodSign = 1;  // valence of an emoji that says yes

// Who speaks clearly well or badly of the brand praises it or complains: the words that weighed
// most are the cue.
void add_from_sentiment(PatternLanguage language, const Sentiment& sentiment,
                        std::vector<ActHit>& acts) {
  if (sentiment.label != Label::positive && sentiment.label != Label::negative) return;
  const bool italian = language == PatternLanguage::italian;
  if (sentiment.confidence < (italian ? kClearConfidenceItalian : kClearConfidence)) return;
  const double sign = sentiment.label == Label::positive ? 1 : -1;
  const SentimentHit* heaviest = nullptr;
  for (const SentimentHit& hit : sentiment.hits) {
    if (hit.weight * sign < kClearWeight) continue;
    if (heaviest == nullptr || hit.weight * sign > heaviest->weight * sign) heaviest = &hit;
  }
  if (heaviest == nullptr) return;
  acts.push_back({sign > 0 ? Act::praise : Act::complain, false,
                  std::min(kSurestFromSentiment, sentiment.confidence), heaviest->term,
                  heaviest->field, heaviest->begin, heaviest->end});
}

std::ptrdiff_t words_of(const PostReading& r) {
  return std::count_if(r.text.tokens.begin(), r.text.tokens.end(), is_plain_word);
}

const PatternHit* first_of(const PostReading& r, Meaning meaning) {
  const auto found = std::find_if(
      r.text.hits.begin(), r.text.hits.end(),
      [&](const PatternHit& hit) { return r.lexicons.cues[hit.pattern].meaning == meaning; });
  return found == r.text.hits.end() ? nullptr : &*found;
}

bool answers_somebody_else(const PostView& post) {
  const bool reply = post.kind == PostKind::reply || !post.reply_to_id.empty();
  return reply && (post.reply_to_author_id.empty() || post.reply_to_author_id != post.author.id);
}

// "Moka Nera, definitely" under somebody's question. Thanks are no answer, and neither is a text
// that asks or denies.
void add_laconic_consent(const PostReading& r, const Sentiment& sentiment,
                         std::vector<ActHit>& acts) {
  const std::vector<Token>& tokens = r.text.tokens;
  const auto begin = std::find_if(tokens.begin(), tokens.end(),
                                  [](const Token& token) { return token.target_end != 0; });
  if (begin == tokens.end() || !answers_somebody_else(r.post)) return;
  if (words_of(r) > kLaconicWords || sentiment.label == Label::negative) return;
  const bool good_sign = std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return token.kind == TokenKind::sign && token.valence >= kGoodSign;
  });
  if (!good_sign && sentiment.label != Label::positive) return;
  const bool asks = std::any_of(tokens.begin(), tokens.end(), [](const Token& token) {
    return token.kind == TokenKind::question || token.kind == TokenKind::url;
  });
  const bool other = std::any_of(acts.begin(), acts.end(), [](const ActHit& act) {
    return act.act != Act::praise && act.act != Act::testimonial && act.act != Act::defend;
  });
  if (asks || other || first_of(r, Meaning::courtesy) != nullptr ||
      first_of(r, Meaning::negation) != nullptr || first_of(r, Meaning::irony) != nullptr) {
    return;
  }
  const std::uint32_t from = tokens.front().begin;
  const std::uint32_t to = tokens.back().end;
  acts.push_back({Act::recommend, false, kLaconic, r.post.text.substr(from, to - from), Field::text,
                  from, to, ParentNeed::question});
}

void add_long_testimonial(const PostReading& r, const Sentiment& sentiment,
                          std::vector<ActHit>& acts) {
  const bool well = sentiment.label == Label::positive ||
                    (sentiment.label == Label::mixed && sentiment.score > 0);
  const PatternHit* experience = first_of(r, Meaning::experience);
  if (!well || experience == nullptr) return;
  const bool review = r.post.kind == PostKind::review;
  if (!review && words_of(r) < kReviewWords) return;
  const std::uint32_t from = r.text.tokens[experience->first].begin;
  const std::uint32_t to = r.text.tokens[experience->last - 1].end;
  acts.push_back({Act::testimonial, false, review ? kReview : kLongText,
                  r.post.text.substr(from, to - from), Field::text, from, to});
}

}  // namespace

void add_whole_text_acts(const PostReading& reading, const Sentiment& sentiment,
                         std::vector<ActHit>& acts) {
  add_from_sentiment(reading.language, sentiment, acts);
  add_laconic_consent(reading, sentiment, acts);
  add_long_testimonial(reading, sentiment, acts);
}

}  // namespace passaparola::sentiment
