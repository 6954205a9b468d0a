#include "sentiment/italian.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "core/fold.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kNegationReach = 4;  // words that a negation reaches over
constexpr std::size_t kLongestSuffix = 8;
constexpr std::size_t kShortestStem = 3;
constexpr double kSuperlative = 0.733;  // "-issimo" and "super-" add this in their direction

double inflected_valence(const Lexicons& lexicons, std::string_view word) {
  for (std::size_t cut = std::min(kLongestSuffix, word.size()); cut > 0; --cut) {
    if (word.size() < kShortestStem + cut) continue;
    if (lexicons.suffixes.find(word.substr(word.size() - cut)) == 0) continue;
    const WordId stem = lexicons.stems.find(word.substr(0, word.size() - cut));
    if (stem != 0) return lexicons.stem_valences[stem];
  }
  return 0;
}

double raised(double valence) {
  if (valence == 0) return 0;
  return valence + (valence > 0 ? kSuperlative : -kSuperlative);
}

// "bellissimo": the valence of "bello", raised.
double superlative_valence(const Lexicons& lexicons, std::string_view word) {
  const std::size_t at = word.rfind("issim");
  if (at == std::string_view::npos || at < kShortestStem || word.size() != at + 6) return 0;
  std::string positive(word.substr(0, at));
  for (const char ending : {'o', 'a', 'e'}) {
    positive.push_back(ending);
    const double valence = lexicons.of(lexicons.words.find(positive)).italian.valence;
    if (valence != 0) return raised(valence);
    positive.pop_back();
  }
  const WordId stem = lexicons.stems.find(positive);
  return stem == 0 ? 0 : raised(lexicons.stem_valences[stem]);
}

double prefixed_valence(const Lexicons& lexicons, std::string_view word) {
  constexpr std::array<std::string_view, 5> kPrefixes{"super", "stra", "iper", "arci", "ultra"};
  for (const std::string_view prefix : kPrefixes) {
    if (!word.starts_with(prefix) || word.size() < prefix.size() + 4) continue;
    const std::string_view rest = word.substr(prefix.size());
    const double valence = lexicons.of(lexicons.words.find(rest)).italian.valence;
    return raised(valence != 0 ? valence : inflected_valence(lexicons, rest));
  }
  return 0;
}

bool in_capitals(std::string_view text, const Token& token) {
  if (token.kind != TokenKind::word || token.end - token.begin < 2) return false;
  const std::string_view word = text.substr(token.begin, token.end - token.begin);
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

class ItalianText {
 public:
  ItalianText(const Lexicons& lexicons, std::string_view text, const Reading& reading)
      : l_(lexicons), text_(text), tokens_(reading.tokens) {
    meanings_.assign(tokens_.size(), 0);
    phrase_end_.assign(tokens_.size(), 0);
    phrase_value_.assign(tokens_.size(), 0);
    for (const PatternHit& hit : reading.hits) mark(hit);
    std::size_t upper = 0;
    std::size_t words = 0;
    for (const Token& token : tokens_) {
      words += token.kind == TokenKind::word ? 1 : 0;
      upper += in_capitals(text_, token) ? 1 : 0;
    }
    capitals_differ_ = upper > 0 && upper < words;
  }

  void score(Valences& out) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const std::size_t last = phrase_end_[i] > i ? phrase_end_[i] : i + 1;
      double valence = phrase_end_[i] > i ? phrase_value_[i] : tokens_[i].valence;
      if (valence != 0) {
        const bool negated = is_negated(i);
        valence = in_context(i, last, valence, negated);
        out.hits.push_back({tokens_[i].begin, tokens_[last - 1].end, valence, valence, negated});
        places.push_back(i);
      }
      i = last - 1;
    }
    weigh_adversative(places, out);
    for (const ValenceHit& hit : out.hits) out.sum += hit.weight;
  }

 private:
  enum Mark : unsigned char { kNegates = 1, kNoNegation = 2, kAdversative = 4 };

  void mark(const PatternHit& hit) {
    const Cue& cue = l_.cues[hit.pattern];
    if (cue.meaning == Meaning::negation) meanings_[hit.first] |= kNegates;
    if (cue.meaning == Meaning::no_negation) meanings_[hit.first] |= kNoNegation;
    if (cue.meaning == Meaning::adversative) meanings_[hit.first] |= kAdversative;
    if (cue.meaning == Meaning::phrase && hit.last > phrase_end_[hit.first]) {
      phrase_end_[hit.first] = hit.last;
      phrase_value_[hit.first] = cue.value;
    }
  }

  // Negations do not cancel one another ("non … mai"), and reach over a few words of their clause.
  bool is_negated(std::size_t at) const {
    for (std::size_t step = 1; step <= kNegationReach && step <= at; ++step) {
      const std::size_t i = at - step;
      if (!is_plain_word(tokens_[i]) || (meanings_[i] & kAdversative) != 0) return false;
      if ((meanings_[i] & kNegates) != 0 && (meanings_[i] & kNoNegation) == 0) return true;
    }
    return false;
  }

  double in_context(std::size_t first, std::size_t last, double valence, bool negated) const {
    if (in_capitals(text_, tokens_[first]) && capitals_differ_) {
      valence += valence > 0 ? kCapitalsEmphasis : -kCapitalsEmphasis;
    }
    double boost = 0;
    constexpr std::array<double, 2> kDamping{1, 0.95};
    for (std::size_t step = 1; step <= kDamping.size() && step <= first; ++step) {
      const Token& before = tokens_[first - step];
      if (!is_plain_word(before)) break;
      boost += l_.of(before.word).italian.boost * kDamping[step - 1];
    }
    // "mi piace molto": an adverb may follow, unless it belongs to what comes next.
    const bool adverb = last < tokens_.size() && is_plain_word(tokens_[last]) &&
                        (last + 1 == tokens_.size() || !is_plain_word(tokens_[last + 1]));
    if (adverb) boost += l_.of(tokens_[last].word).italian.boost;
    valence += valence > 0 ? boost : -boost;
    return negated ? valence * kNegation : valence;
  }

  void weigh_adversative(const std::vector<std::size_t>& places, Valences& out) const {
    std::size_t but = 0;
    while (but < tokens_.size() && (meanings_[but] & kAdversative) == 0) ++but;
    if (but == tokens_.size()) return;
    for (std::size_t i = 0; i < places.size(); ++i) {
      out.hits[i].weight *= places[i] < but ? 0.5 : 1.5;
    }
  }

  const Lexicons& l_;
  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::vector<unsigned char> meanings_;
  std::vector<std::size_t> phrase_end_;
  std::vector<double> phrase_value_;
  bool capitals_differ_ = false;
};

}  // namespace

double italian_valence(const Lexicons& lexicons, std::string_view word) {
  if (word.size() < kShortestStem + 1) return 0;
  if (const double valence = superlative_valence(lexicons, word); valence != 0) return valence;
  if (const double valence = inflected_valence(lexicons, word); valence != 0) return valence;
  return prefixed_valence(lexicons, word);
}

void score_italian(const Lexicons& lexicons, std::string_view text, const Reading& reading,
                   Valences& out) {
  out.hits.clear();
  out.sum = 0;
  out.emphasis = punctuation_emphasis(text);
  ItalianText(lexicons, text, reading).score(out);
}

}  // namespace passaparola::sentiment
