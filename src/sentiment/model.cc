#include "sentiment/model.h"

#include <libstemmer.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/check.h"

namespace passaparola::sentiment {
namespace {

struct DeleteStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

}  // namespace

// Snowball's stemmer keeps the word that it works on: one a thread.
std::string_view italian_stem(std::string_view word) {
  thread_local const std::unique_ptr<sb_stemmer, DeleteStemmer> stemmer(
      sb_stemmer_new("italian", "UTF_8"));
  CHECK(stemmer != nullptr, "libstemmer has no Italian");
  const auto* bytes = reinterpret_cast<const sb_symbol*>(word.data());
  const sb_symbol* stem = sb_stemmer_stem(stemmer.get(), bytes, static_cast<int>(word.size()));
  if (stem == nullptr) return word;
  return {reinterpret_cast<const char*>(stem),
          static_cast<std::size_t>(sb_stemmer_length(stemmer.get()))};
}

std::string_view learned_form(const Lexicons& lexicons, const Token& token,
                              PatternLanguage language) {
  const bool known = token.kind == TokenKind::word && token.word != 0;
  std::string_view key = known ? lexicons.words.spelling(token.word) : token.key;
  if (token.kind == TokenKind::hashtag && !key.empty()) key.remove_prefix(1);
  return language == PatternLanguage::italian ? italian_stem(key) : key;
}

void find_learned(const Model& model, const PostReading& reading, Aim aim, const Facts& facts,
                  Learned& out) {
  out.uses.clear();
  out.odds = {};
  const auto& of_facts = model.facts_for(aim);
  for (std::size_t fact = 0; fact < kFactCount; ++fact) {
    if (facts.values[fact] != 0) out.odds.add(of_facts[fact], facts.values[fact]);
  }
  const std::vector<WordId>& of_known = reading.lexicons.learned(reading.language);
  WordId before = 0;
  const WordUse* last = nullptr;
  for (const WordUse& use : facts.words) {
    const Token& token = reading.of(use.field).tokens[use.token];
    const WordId id =
        token.kind == TokenKind::word && token.word != 0
            ? of_known[token.word]
            : model.words.find(learned_form(reading.lexicons, token, reading.language));
    const bool adjacent =
        last != nullptr && last->field == use.field && last->token + 1 == use.token;
    LearnedUse learned{use.field, use.token, use.scope, {}};
    learned.weights.add(model.word_weights[id], use.weight);
    if (id != 0 && before != 0 && adjacent) {
      const auto pair = model.pairs.find(Model::pair_of(before, id));
      if (pair != model.pairs.end()) learned.weights.add(pair->second, use.weight);
    }
    if (learned.weights != Weights{}) {
      out.uses.push_back(learned);
      out.odds.add(learned.weights, 1);
    }
    before = id;
    last = &use;
  }
}

Weights log_odds_of_others(const Model& model, Aim aim, const Facts& facts,
                           const Learned& learned) {
  Weights sum;
  const auto& weights = model.facts_for(aim);
  for (std::size_t i = 0; i < kOpinionFactCount; ++i) {
    const std::size_t fact = fact_of(Scope::other, static_cast<OpinionFact>(i));
    sum.add(weights[fact], facts.values[fact]);
  }
  for (const LearnedUse& use : learned.uses) {
    if (use.scope == Scope::other) sum.add(use.weights, 1);
  }
  return sum;
}

double chance_of(float log_odds) { return 1 / (1 + std::exp(-static_cast<double>(log_odds))); }

std::array<double, 3> chances_of(const Weights& log_odds) {
  const double most = std::max({0.0F, log_odds.positive, log_odds.negative});
  const double positive = std::exp(log_odds.positive - most);
  const double negative = std::exp(log_odds.negative - most);
  const double neutral = std::exp(-most);
  const double sum = positive + negative + neutral;
  return {negative / sum, neutral / sum, positive / sum};
}

}  // namespace passaparola::sentiment
