#include "sentiment/italian.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "sentiment/opinions.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kLongestSuffix = 8;
constexpr std::size_t kShortestStem = 3;
constexpr double kBeforeAdversative = 0.5;
constexpr double kBehindAdversative = 1.5;
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

}  // namespace

double italian_valence(const Lexicons& lexicons, std::string_view word) {
  if (word.size() < kShortestStem + 1) return 0;
  if (const double valence = superlative_valence(lexicons, word); valence != 0) return valence;
  if (const double valence = inflected_valence(lexicons, word); valence != 0) return valence;
  return prefixed_valence(lexicons, word);
}

void score_italian(const Lexicons& lexicons, std::string_view text, const Reading& reading,
                   Valences& out) {
  find_opinions(lexicons, text, PatternLanguage::italian, reading, out.hits);
  out.emphasis = punctuation_emphasis(text);
  const auto but =
      std::find_if(reading.hits.begin(), reading.hits.end(), [&](const PatternHit& hit) {
        return lexicons.cues[hit.pattern].meaning == Meaning::adversative;
      });
  const bool turns = but != reading.hits.end();
  const std::uint32_t turn = turns ? reading.tokens[but->first].begin : 0;
  out.sum = 0;
  for (ValenceHit& hit : out.hits) {
    if (turns) hit.weight *= hit.begin < turn ? kBeforeAdversative : kBehindAdversative;
    out.sum += hit.weight;
  }
}

}  // namespace passaparola::sentiment
