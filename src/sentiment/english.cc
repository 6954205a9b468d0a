#include "sentiment/english.h"

#include <array>
#include <cstddef>
#include <span>

#include "sentiment/english_words.h"

namespace passaparola::sentiment {
namespace {

using Words = std::span<const WrittenWord>;

// In a mix of words in capitals and others the capitals mean something.
bool capitals_differ(Words words) {
  std::size_t upper = 0;
  for (const WrittenWord& word : words) upper += word.upper ? 1 : 0;
  return upper > 0 && upper < words.size();
}

// One word of the lexicon among its neighbours.
class WordInContext {
 public:
  WordInContext(const EnglishTables& tables, Words words, std::size_t at, bool capitals)
      : t_(tables), words_(words), at_(at), capitals_(capitals) {}

  double valence() {
    const EnglishWord& own = t_.entry(words_[at_].id);
    valence_ = own.valence;
    no_before(own);
    if (words_[at_].upper && capitals_) {
      valence_ += valence_ > 0 ? kCapitalsEmphasis : -kCapitalsEmphasis;
    }
    for (std::size_t distance = 1; distance <= 3 && distance <= at_; ++distance) {
      const WrittenWord& before = words_[at_ - distance];
      if (t_.entry(before.id).in_lexicon) continue;
      valence_ += boost_of(before, distance);
      negation_at(distance);
      if (distance == 3) idioms();
    }
    least_before();
    return valence_;
  }

  bool negated() const { return negated_; }

 private:
  // Past either end there is no word: id 0 equals none of ours.
  WordId id(std::ptrdiff_t step) const {
    const auto i = static_cast<std::ptrdiff_t>(at_) + step;
    return i < 0 || i >= static_cast<std::ptrdiff_t>(words_.size())
               ? 0
               : words_[static_cast<std::size_t>(i)].id;
  }

  void negate() {
    valence_ *= kNegation;
    negated_ = !negated_;
  }

  // "no" before a word of the lexicon negates it and has no valence of its own.
  void no_before(const EnglishWord& own) {
    if (words_[at_].id == t_.no && t_.entry(id(1)).in_lexicon) valence_ = 0;
    const bool joined = id(-1) == t_.or_ || id(-1) == t_.nor;
    if (id(-1) == t_.no || id(-2) == t_.no || (id(-3) == t_.no && joined)) {
      valence_ = own.valence * kNegation;
      negated_ = true;
    }
  }

  double boost_of(const WrittenWord& word, std::size_t distance) const {
    double boost = t_.entry(word.id).boost;
    if (boost == 0) return 0;
    if (valence_ < 0) boost = -boost;
    if (word.upper && capitals_) boost += valence_ > 0 ? kCapitalsEmphasis : -kCapitalsEmphasis;
    if (distance == 2) boost *= 0.95;
    if (distance == 3) boost *= 0.9;
    return boost;
  }

  void negation_at(std::size_t distance) {
    const auto so_or_this = [&](WordId word) { return word == t_.so || word == t_.this_; };
    const bool negation = words_[at_ - distance].negation;
    if (distance == 1) {
      if (negation) negate();
    } else if (distance == 2) {
      if (id(-2) == t_.never && so_or_this(id(-1))) {
        valence_ *= 1.25;
      } else if (!(id(-2) == t_.without && id(-1) == t_.doubt) && negation) {
        negate();
      }
    } else if ((id(-3) == t_.never && so_or_this(id(-2))) || so_or_this(id(-1))) {
      valence_ *= 1.25;
    } else if (!(id(-3) == t_.without && (id(-2) == t_.doubt || id(-1) == t_.doubt)) && negation) {
      negate();
    }
  }

  // The value of the phrase among `phrases` that begins `step` words from here and is `length`
  // words long; nullptr when there is none.
  const double* phrase(const std::vector<EnglishPhrase>& phrases, std::ptrdiff_t step,
                       std::size_t length) const {
    if (!t_.entry(id(step)).in_phrase) return nullptr;
    for (const EnglishPhrase& candidate : phrases) {
      if (candidate.words.size() != length) continue;
      bool equal = true;
      for (std::size_t i = 0; i < length && equal; ++i) {
        equal = candidate.words[i] == id(step + static_cast<std::ptrdiff_t>(i));
      }
      if (equal) return &candidate.value;
    }
    return nullptr;
  }

  void idioms() {
    struct Window {
      std::ptrdiff_t step;
      std::size_t length;
    };
    constexpr std::array<Window, 5> kBefore{{{-1, 2}, {-2, 3}, {-2, 2}, {-3, 3}, {-3, 2}}};
    for (const auto& [step, length] : kBefore) {
      if (const double* value = phrase(t_.idioms, step, length)) {
        valence_ = *value;
        break;
      }
    }
    constexpr std::array<Window, 2> kAfter{{{0, 2}, {0, 3}}};
    for (const auto& [step, length] : kAfter) {
      if (const double* value = phrase(t_.idioms, step, length)) valence_ = *value;
    }
    constexpr std::array<Window, 3> kBoosters{{{-3, 3}, {-3, 2}, {-2, 2}}};
    for (const auto& [step, length] : kBoosters) {
      if (const double* value = phrase(t_.booster_phrases, step, length)) valence_ += *value;
    }
  }

  void least_before() {
    if (id(-1) != t_.least) return;
    if (at_ > 1 && (id(-2) == t_.at || id(-2) == t_.very)) return;
    negate();
  }

  const EnglishTables& t_;
  Words words_;
  std::size_t at_;
  bool capitals_;
  double valence_ = 0;
  bool negated_ = false;
};

// What stands before the first "but" counts half, what stands behind it half as much again. The
// reference program finds each value by its first equal in the list, which it changes as it goes,
// so that equal values share their fate; kept, for its published scores come from it.
void weigh_but(std::size_t but, std::vector<double>& valences) {
  for (std::size_t i = 0; i < valences.size(); ++i) {
    const double value = valences[i];
    if (value == 0) continue;
    const auto first = static_cast<std::size_t>(std::find(valences.begin(), valences.end(), value) -
                                                valences.begin());
    if (first < but) valences[first] = value * 0.5;
    if (first > but) valences[first] = value * 1.5;
  }
}

bool is_modifier(const EnglishTables& tables, Words words, std::size_t i) {
  if (tables.entry(words[i].id).boost != 0) return true;
  return words[i].id == tables.kind && i + 1 < words.size() && words[i + 1].id == tables.of;
}

}  // namespace

EnglishTables::EnglishTables() : entries(1) {
  no = add("no");
  nor = add("nor");
  or_ = add("or");
  least = add("least");
  at = add("at");
  very = add("very");
  never = add("never");
  so = add("so");
  this_ = add("this");
  without = add("without");
  doubt = add("doubt");
  but = add("but");
  kind = add("kind");
  of = add("of");
}

WordId EnglishTables::add(std::string_view word) {
  const WordId id = words.add(word);
  if (id >= entries.size()) entries.resize(id + 1);
  return id;
}

double punctuation_emphasis(std::string_view text) {
  std::size_t exclamations = 0;
  std::size_t questions = 0;
  for (const char c : text) {
    exclamations += c == '!' ? 1 : 0;
    questions += c == '?' ? 1 : 0;
  }
  const double exclaimed = static_cast<double>(std::min<std::size_t>(exclamations, 4)) * 0.292;
  double asked = 0;
  if (questions > 1) asked = questions <= 3 ? static_cast<double>(questions) * 0.18 : 0.96;
  return exclaimed + asked;
}

void score_english(const EnglishTables& tables, std::string_view text, Valences& out) {
  thread_local std::vector<WrittenWord> words;
  thread_local std::vector<double> valences;
  written_words(tables, text, words);
  out.hits.clear();
  out.sum = 0;
  out.emphasis = punctuation_emphasis(text);
  valences.assign(words.size(), 0);
  const bool capitals = capitals_differ(words);
  std::size_t but = words.size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].id == 0) continue;
    if (words[i].id == tables.but && but == words.size()) but = i;
    if (!tables.entry(words[i].id).in_lexicon || is_modifier(tables, words, i)) continue;
    WordInContext word(tables, words, i, capitals);
    valences[i] = word.valence();
    if (valences[i] == 0) continue;
    out.hits.push_back({words[i].begin, words[i].end, valences[i], 0, word.negated()});
  }
  if (but < words.size()) weigh_but(but, valences);
  std::size_t hit = 0;
  for (const double valence : valences) {
    out.sum += valence;
    if (valence != 0) out.hits[hit++].weight = valence;
  }
}

}  // namespace passaparola::sentiment
