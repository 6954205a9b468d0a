#include "sentiment/acts_of_whole.h"

#include <algorithm>
#include <array>

#include "core/json.h"

namespace passaparola::sentiment {
namespace {

// Chance from which on an act is seen that no cue says, by kLearnedActs. Advice is sought with a
// question mark, and so is much else: headlines, doubts.
constexpr std::array<double, kLearnedActs.size()> kLikely{0.5, 0.5, 0.5, 0.6, 0.5};
constexpr double kLikelyByCue = 0.35;   // of one that some cue says
constexpr float kLeastEvidence = 0.1F;  // log odds of the word that is shown
constexpr std::ptrdiff_t kLaconicWords = 6;
constexpr double kLaconic = 0.55;
constexpr std::ptrdiff_t kReviewWords = 40;
constexpr double kReview = 0.7;
constexpr std::ptrdiff_t kDetailedReviewWords = 12;  // from here on the depth is at least .5
constexpr double kLongText = 0.6;
constexpr double kGoodSign = 1;  // valence of an emoji that says yes

// The word that spoke most for the act, else the brand's name.
ActHit hit_without_cue(const PostReading& r, const Learned& learned, std::size_t act) {
  const LearnedUse* heaviest = nullptr;
  for (const LearnedUse& use : learned.uses) {
    if (use.weights.acts[act] < kLeastEvidence) continue;
    if (heaviest == nullptr || use.weights.acts[act] > heaviest->weights.acts[act]) heaviest = &use;
  }
  ActHit hit;
  hit.act = kLearnedActs[act];
  if (heaviest != nullptr) {
    const Token& token = r.of(heaviest->field).tokens[heaviest->token];
    hit.field = heaviest->field;
    hit.begin = token.begin;
    hit.end = token.end;
  } else {
    const auto match = std::find_if(
        r.target.matches.begin(), r.target.matches.end(),
        [](const Match& m) { return m.field == Field::text || m.field == Field::title; });
    if (match != r.target.matches.end()) {
      hit.field = match->field;
      hit.begin = match->begin;
      hit.end = match->end;
    }
  }
  hit.cue = field_text(r.post, hit.field).substr(hit.begin, hit.end - hit.begin);
  return hit;
}

// Whether somebody who speaks so of the brand may do this.
bool may_do(Act act, Label label) {
  return act == Act::complain ? label != Label::positive
                              : act != Act::praise || label != Label::negative;
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

// "Testimonial or detailed positive review" (FEATURES D.1): a review that speaks well at length is
// one, whatever its words.
void add_detailed_review(const PostReading& r, const Sentiment& sentiment,
                         std::vector<ActHit>& acts) {
  if (r.post.kind != PostKind::review || sentiment.label != Label::positive) return;
  if (words_of(r) < kDetailedReviewWords || sentiment.hits.empty()) return;
  const bool said = std::any_of(acts.begin(), acts.end(),
                                [](const ActHit& act) { return act.act == Act::testimonial; });
  if (said) return;
  const SentimentHit& best =
      *std::max_element(sentiment.hits.begin(), sentiment.hits.end(),
                        [](const auto& a, const auto& b) { return a.weight < b.weight; });
  acts.push_back({Act::testimonial, false, rounded(std::min(sentiment.confidence, kReview)),
                  best.term, best.field, best.begin, best.end});
}

}  // namespace

void judge_learned_acts(const PostReading& reading, const Sentiment& sentiment,
                        const Learned& learned, std::vector<ActHit>& acts) {
  for (std::size_t i = 0; i < kLearnedActs.size(); ++i) {
    const Act act = kLearnedActs[i];
    const double chance = may_do(act, sentiment.label)
                              ? chance_of(learned.odds.acts[i]) * confidence_in(reading.lang)
                              : 0;
    std::erase_if(acts, [&](const ActHit& hit) { return hit.act == act && chance < kLikelyByCue; });
    bool said = false;
    for (ActHit& hit : acts) {
      if (hit.act != act) continue;
      said = true;
      hit.confidence = rounded(std::min(hit.confidence, chance));
    }
    if (said || chance < kLikely[i]) continue;
    acts.push_back(hit_without_cue(reading, learned, i));
    acts.back().confidence = rounded(chance);
  }
}

void add_whole_text_acts(const PostReading& reading, const Sentiment& sentiment,
                         std::vector<ActHit>& acts) {
  add_laconic_consent(reading, sentiment, acts);
  add_long_testimonial(reading, sentiment, acts);
  add_detailed_review(reading, sentiment, acts);
}

}  // namespace passaparola::sentiment
