#include "sentiment/opinions.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kNegationReach = 4;  // words that a negation reaches over

bool in_capitals(std::string_view text, const Token& token) {
  if (token.kind != TokenKind::word || token.end - token.begin < 2) return false;
  const std::string_view word = text.substr(token.begin, token.end - token.begin);
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

enum Mark : unsigned char { kNegates = 1, kNoNegation = 2, kTurns = 4, kOfTarget = 8 };

struct Phrase {
  std::uint32_t last = 0;  // token behind it; 0: no phrase begins here
  float value = 0;
};

// Kept by the thread, so that a mention costs no allocation.
struct Scratch {
  std::vector<unsigned char> marks;
  std::vector<Phrase> phrases;
};

Scratch& scratch() {
  thread_local Scratch kept;
  return kept;
}

class OpinionFinder {
 public:
  OpinionFinder(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
                const Reading& reading)
      : l_(lexicons),
        text_(text),
        language_(language),
        tokens_(reading.tokens),
        marks_(scratch().marks),
        phrases_(scratch().phrases) {
    marks_.assign(tokens_.size(), 0);
    phrases_.assign(tokens_.size(), {});
    for (const PatternHit& hit : reading.hits) mark(hit);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      for (std::size_t j = i; j < tokens_[i].target_end; ++j) marks_[j] |= kOfTarget;
    }
  }

  void find(std::vector<ValenceHit>& out) {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Phrase& phrase = phrases_[i];
      const std::size_t last = phrase.last > i ? phrase.last : i + 1;
      double valence = phrase.last > i ? phrase.value : valence_alone(i);
      if (valence != 0) {
        const bool negated = is_negated(i);
        valence = in_context(i, last, valence, negated);
        out.push_back({tokens_[i].begin, tokens_[last - 1].end, valence, valence, negated});
      }
      i = last - 1;
    }
  }

 private:
  void mark(const PatternHit& hit) {
    const Cue& cue = l_.cues[hit.pattern];
    switch (cue.meaning) {
      case Meaning::negation:
        marks_[hit.first] |= kNegates;
        break;
      case Meaning::no_negation:
        marks_[hit.first] |= kNoNegation;
        break;
      case Meaning::adversative:
        marks_[hit.first] |= kTurns;
        break;
      case Meaning::phrase:
        if (hit.last > phrases_[hit.first].last) {
          phrases_[hit.first] = {hit.last, static_cast<float>(cue.value)};
        }
        break;
      default:
        break;
    }
  }

  double valence_alone(std::size_t at) const {
    const Token& token = tokens_[at];
    if ((marks_[at] & kOfTarget) != 0) return 0;
    if (language_ != PatternLanguage::italian && token.key == "no") return 0;
    return token.valence;
  }

  // Negations do not cancel one another ("non … mai"), and reach over a few words of their clause.
  bool is_negated(std::size_t at) const {
    for (std::size_t step = 1; step <= kNegationReach && step <= at; ++step) {
      const std::size_t i = at - step;
      if (!is_plain_word(tokens_[i]) || (marks_[i] & kTurns) != 0) return false;
      if ((marks_[i] & kNegates) != 0) return (marks_[i] & kNoNegation) == 0;
    }
    return false;
  }

  double boost_of(const Token& token) const { return l_.polarity(token.word, language_).boost; }

  double in_context(std::size_t first, std::size_t last, double valence, bool negated) const {
    if (in_capitals(text_, tokens_[first]) && capitals_differ()) {
      valence += valence > 0 ? kCapitalsEmphasis : -kCapitalsEmphasis;
    }
    double boost = 0;
    constexpr std::array<double, 2> kDamping{1, 0.95};
    for (std::size_t step = 1; step <= kDamping.size() && step <= first; ++step) {
      const Token& before = tokens_[first - step];
      if (!is_plain_word(before)) break;
      boost += boost_of(before) * kDamping[step - 1];
    }
    // "mi piace molto": an adverb may follow, unless it belongs to what comes next.
    const bool adverb = last < tokens_.size() && is_plain_word(tokens_[last]) &&
                        (last + 1 == tokens_.size() || !is_plain_word(tokens_[last + 1]));
    if (adverb) boost += boost_of(tokens_[last]);
    valence += valence > 0 ? boost : -boost;
    return negated ? valence * kNegation : valence;
  }

  // Whether some words are in capitals and others are not; looked at once, when it is asked.
  bool capitals_differ() const {
    if (capitals_ == Capitals::unknown) {
      bool upper = false;
      bool lower = false;
      for (const Token& token : tokens_) {
        if (token.kind != TokenKind::word) continue;
        (in_capitals(text_, token) ? upper : lower) = true;
      }
      capitals_ = upper && lower ? Capitals::differ : Capitals::alike;
    }
    return capitals_ == Capitals::differ;
  }

  enum class Capitals : std::uint8_t { unknown, alike, differ };

  const Lexicons& l_;
  std::string_view text_;
  PatternLanguage language_;
  const std::vector<Token>& tokens_;
  std::vector<unsigned char>& marks_;
  std::vector<Phrase>& phrases_;
  mutable Capitals capitals_ = Capitals::unknown;
};

}  // namespace

void find_opinions(const Lexicons& lexicons, std::string_view text, PatternLanguage language,
                   const Reading& reading, std::vector<ValenceHit>& out) {
  out.clear();
  OpinionFinder(lexicons, text, language, reading).find(out);
}

}  // namespace passaparola::sentiment
