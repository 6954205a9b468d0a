#include "sentiment/target.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "sentiment/italian.h"

namespace passaparola::sentiment {
namespace {

constexpr double kClearValence = 1;  // an opinion of this size makes a text two-sided
constexpr double kWiderScope = 0.75;
constexpr double kWholeText = 0.5;

// A run of tokens between sentence ends and adversatives.
struct Clause {
  std::uint32_t begin = 0;  // bytes
  std::uint32_t end = 0;
  std::uint32_t sentence = 0;
  bool target = false;  // holds a match
  bool anaphora = false;
  bool words = false;  // holds a word that is neither tag, handle nor link
  std::size_t tokens = 0;
  double sum = 0;  // of the valences in it
  std::size_t first_hit = 0;
  std::size_t hits = 0;
};

bool is_review(const PostView& post) {
  return post.kind == PostKind::review || post.kind == PostKind::survey;
}

class FieldScorer {
 public:
  FieldScorer(const PostReading& reading, Field field)
      : r_(reading),
        field_(field),
        text_(field == Field::title ? reading.post.title : reading.post.text),
        reading_(field == Field::title ? reading.title : reading.text) {}

  bool has_match() const {
    return std::any_of(r_.target.matches.begin(), r_.target.matches.end(),
                       [&](const Match& match) { return match.field == field_; });
  }

  Sentiment score(Valences& work, bool& two_sided, Arena& arena) {
    value_text(r_.lexicons, text_, r_.lang, reading_, work);
    drop_brand_words(work);
    if (r_.lang != "it") weigh_phrases(work);
    cut();
    for (std::size_t i = 0; i < work.hits.size(); ++i) {
      Clause* clause = at(work.hits[i].begin);
      if (clause == nullptr) continue;
      if (clause->hits == 0) clause->first_hit = i;
      clause->sum += work.hits[i].alone;
      ++clause->hits;
    }
    two_sided = two_sided || is_two_sided(work);
    return choose(work, arena);
  }

 private:
  // A brand called "Happy Socks" is not praised by its name.
  void drop_brand_words(Valences& work) const {
    std::erase_if(work.hits, [&](const ValenceHit& hit) {
      return std::any_of(
          r_.target.matches.begin(), r_.target.matches.end(), [&](const Match& match) {
            return match.field == field_ && hit.begin < match.end && match.begin < hit.end;
          });
    });
  }

  // The English scorer is the published one and knows no phrases of ours; towards the brand they
  // count: "without a hiccup" is no complaint. A bare "no" says what is missing, not how it is.
  void weigh_phrases(Valences& work) const {
    std::uint32_t done = 0;  // bytes; phrases do not overlap, the first stays
    for (const PatternHit& hit : reading_.hits) {
      const Cue& cue = r_.lexicons.cues[hit.pattern];
      const std::uint32_t begin = reading_.tokens[hit.first].begin;
      const std::uint32_t end = reading_.tokens[hit.last - 1].end;
      if (cue.meaning != Meaning::phrase || begin < done) continue;
      done = end;
      std::erase_if(work.hits,
                    [&](const ValenceHit& word) { return word.begin < end && begin < word.end; });
      if (cue.value == 0) continue;
      const auto after = std::find_if(work.hits.begin(), work.hits.end(),
                                      [&](const ValenceHit& word) { return word.begin >= end; });
      work.hits.insert(after, {begin, end, cue.value, cue.value, false});
    }
    std::erase_if(work.hits, [&](const ValenceHit& hit) {
      const std::string_view word = text_.substr(hit.begin, hit.end - hit.begin);
      return word == "no" || word == "No" || word == "NO";
    });
  }

  void cut() {
    std::vector<bool> starts(reading_.tokens.size(), false);
    std::vector<bool> back(reading_.tokens.size(), false);
    for (const PatternHit& hit : reading_.hits) {
      const Meaning meaning = r_.lexicons.cues[hit.pattern].meaning;
      if (meaning == Meaning::adversative || meaning == Meaning::concession) {
        starts[hit.first] = true;
      }
      if (meaning == Meaning::anaphora) back[hit.first] = true;
    }
    for (std::size_t i = 0; i < reading_.tokens.size(); ++i) {
      const Token& token = reading_.tokens[i];
      const bool fresh = clauses_.empty() || clauses_.back().sentence != token.sentence ||
                         (starts[i] && clauses_.back().words);
      if (fresh) clauses_.push_back({.begin = token.begin, .sentence = token.sentence});
      Clause& clause = clauses_.back();
      clause.end = token.end;
      ++clause.tokens;
      clause.anaphora = clause.anaphora || back[i];
      clause.words = clause.words || is_plain_word(token);
    }
    for (std::size_t i = 0; i + 1 < clauses_.size(); ++i) clauses_[i].end = clauses_[i + 1].begin;
    for (const Match& match : r_.target.matches) {
      if (match.field != field_) continue;
      if (Clause* clause = at(match.begin)) clause->target = true;
    }
  }

  Clause* at(std::uint32_t offset) {
    auto after = std::upper_bound(
        clauses_.begin(), clauses_.end(), offset,
        [](std::uint32_t value, const Clause& clause) { return value < clause.begin; });
    return after == clauses_.begin() ? nullptr : &*(after - 1);
  }

  static bool is_two_sided(const Valences& work) {
    const auto any = [&](double sign) {
      return std::any_of(work.hits.begin(), work.hits.end(),
                         [&](const ValenceHit& hit) { return hit.alone * sign >= kClearValence; });
    };
    return any(1) && any(-1);
  }

  double score_of_clause(const Clause& clause) const {
    return score_of(clause.sum,
                    punctuation_emphasis(text_.substr(clause.begin, clause.end - clause.begin)));
  }

  // The clauses whose opinion is about the brand, and what their score is worth.
  std::pair<std::vector<const Clause*>, double> scope() const {
    std::vector<const Clause*> chosen;
    const bool only_tags = std::all_of(clauses_.begin(), clauses_.end(), [](const Clause& clause) {
      return !clause.target || !clause.words;
    });
    const auto take = [&](auto wanted) {
      for (const Clause& clause : clauses_) {
        if (clause.hits > 0 && wanted(clause)) chosen.push_back(&clause);
      }
      return !chosen.empty();
    };
    if (is_review(r_.post) || field_ == Field::title || only_tags) {
      take([](const Clause&) { return true; });
      return {chosen, 1};
    }
    if (take([](const Clause& clause) { return clause.target; })) return {chosen, 1};
    std::vector<bool> with_target(clauses_.empty() ? 0 : clauses_.back().sentence + 1U, false);
    for (const Clause& clause : clauses_) {
      if (clause.target) with_target[clause.sentence] = true;
    }
    if (take([&](const Clause& clause) { return with_target[clause.sentence]; })) {
      return {chosen, kWiderScope};
    }
    take([&](const Clause& clause) {
      return clause.sentence > 0 && with_target[clause.sentence - 1] && clause.anaphora;
    });
    return {chosen, kWiderScope};
  }

  Sentiment choose(const Valences& work, Arena& arena) {
    const auto [chosen, factor] = scope();
    Sentiment result;
    if (chosen.empty()) {
      double sum = 0;
      for (const ValenceHit& hit : work.hits) sum += hit.weight;
      result.score = rounded(kWholeText * score_of(sum, work.emphasis));
      result.confidence = rounded(confidence_of(r_.lexicons, reading_, 0, 0, r_.lang));
      result.hits = hits_of(text_, field_, work.hits, kWholeText, arena);
      return result;
    }
    double sum = 0;
    double emphasis = 0;
    double lowest = 0;
    double highest = 0;
    std::size_t hits = 0;
    std::size_t words = 0;
    std::vector<ValenceHit> kept;
    for (const Clause* clause : chosen) {
      const double score = score_of_clause(*clause);
      lowest = std::min(lowest, score);
      highest = std::max(highest, score);
      sum += clause->sum;
      emphasis = std::max(
          emphasis, punctuation_emphasis(text_.substr(clause->begin, clause->end - clause->begin)));
      hits += clause->hits;
      words += clause->tokens;
      // Hits and clauses are in the same order, so a clause's hits stand together.
      for (std::size_t i = 0; i < clause->hits; ++i) {
        kept.push_back(work.hits[clause->first_hit + i]);
        kept.back().weight = kept.back().alone;
      }
    }
    result.score = rounded(factor * score_of(sum, emphasis));
    result.confidence = rounded(confidence_of(r_.lexicons, reading_, hits, words, r_.lang));
    result.hits = hits_of(text_, field_, kept, factor, arena);
    if (result.confidence < kAbstainConfidence) {
      result.label = Label::abstain;
    } else if (lowest <= -kMixedScore && highest >= kMixedScore) {
      result.label = Label::mixed;
    } else if (std::abs(result.score) >= kBrandPolarScore) {
      result.label = result.score > 0 ? Label::positive : Label::negative;
    }
    return result;
  }

  const PostReading& r_;
  Field field_;
  std::string_view text_;
  const Reading& reading_;
  std::vector<Clause> clauses_;
};

}  // namespace

void value_text(const Lexicons& lexicons, std::string_view text, std::string_view lang,
                const Reading& reading, Valences& out) {
  if (lang == "it") {
    score_italian(lexicons, text, reading, out);
  } else {
    score_english(lexicons.english, text, out);
  }
}

double confidence_of(const Lexicons& lexicons, const Reading& reading, std::size_t hits,
                     std::size_t words, std::string_view lang) {
  double irony = 0;
  for (const PatternHit& hit : reading.hits) {
    const Cue& cue = lexicons.cues[hit.pattern];
    if (cue.meaning == Meaning::irony) irony = std::max(irony, cue.value);
  }
  double language = 0.2;
  if (lang == "en" || lang == "it") language = 1;
  if (lang == "und") language = 0.6;
  const double certain = (1 - irony) * language;
  if (hits == 0) return 0.5 * certain;
  const double density =
      words == 0 ? 1 : std::min(1.0, 12.0 * static_cast<double>(hits) / static_cast<double>(words));
  return (1 - std::exp2(-static_cast<double>(std::min<std::size_t>(hits, 32)))) * density * certain;
}

std::span<const SentimentHit> hits_of(std::string_view text, Field field,
                                      std::span<const ValenceHit> hits, double factor,
                                      Arena& arena) {
  const std::size_t count = std::min(hits.size(), kMaxSentimentHits);
  std::vector<SentimentHit> kept;
  kept.reserve(count);
  for (const ValenceHit& hit : hits.first(count)) {
    kept.push_back({text.substr(hit.begin, hit.end - hit.begin), field, hit.begin, hit.end,
                    rounded(factor * hit.weight), hit.negated});
  }
  return arena.copy(kept);
}

Sentiment towards_brand(const PostReading& reading, Valences& work, bool& two_sided, Arena& arena) {
  FieldScorer title(reading, Field::title);
  FieldScorer text(reading, Field::text);
  if (text.has_match() || !title.has_match()) {
    Sentiment of_text = text.score(work, two_sided, arena);
    if (!title.has_match() || of_text.label != Label::neutral) return of_text;
    const Sentiment of_title = title.score(work, two_sided, arena);
    return of_title.label == Label::neutral ? of_text : of_title;
  }
  const Sentiment of_title = title.score(work, two_sided, arena);
  if (of_title.label != Label::neutral || reading.post.text.empty()) return of_title;
  return text.score(work, two_sided, arena);
}

}  // namespace passaparola::sentiment
