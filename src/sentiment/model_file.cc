#include "sentiment/model_file.h"

#include <algorithm>

namespace passaparola::sentiment {
namespace {

constexpr double kMaxWeight = 20;

Result<Weights> weights_of(const TsvFile& file, const TsvRow& row, std::size_t first_cell) {
  Weights weights;
  const auto read = [&](float& weight) -> Result<void> {
    const auto number = number_in(file, row, row.cells[first_cell++], -kMaxWeight, kMaxWeight);
    if (!number) return number.error();
    weight = static_cast<float>(*number);
    return {};
  };
  Result<void> done = read(weights.positive);
  if (done) done = read(weights.negative);
  for (float& act : weights.acts) {
    if (done) done = read(act);
  }
  if (!done) return done.error();
  return weights;
}

WordId add_word(std::string_view word, Model& model) {
  const WordId id = model.words.add(word);
  if (id >= model.word_weights.size()) model.word_weights.resize(id + 1);
  return id;
}

}  // namespace

Result<void> add_fact_row(const TsvFile& file, const TsvRow& row, Model& model) {
  if (row.cells[0] != "text" && row.cells[0] != "brand") {
    return file.error(row, "expected text or brand");
  }
  const Aim aim = row.cells[0] == "text" ? Aim::whole_text : Aim::brand;
  std::size_t fact = 0;
  while (fact < kFactCount && fact_name(fact) != row.cells[1]) ++fact;
  if (fact == kFactCount) return file.error(row, "an unknown fact");
  const auto weights = weights_of(file, row, 2);
  if (!weights) return weights.error();
  model.facts[static_cast<std::size_t>(aim)][fact] = *weights;
  return {};
}

Result<void> add_learned_row(const TsvFile& file, const TsvRow& row, Model& model) {
  const auto weights = weights_of(file, row, 1);
  if (!weights) return weights.error();
  const std::string_view words = row.cells[0];
  const std::size_t space = words.find(' ');
  if (space == std::string_view::npos) {
    model.word_weights[add_word(words, model)] = *weights;
    return {};
  }
  const WordId first = add_word(words.substr(0, space), model);
  const WordId second = add_word(words.substr(space + 1), model);
  model.pairs[Model::pair_of(first, second)] = *weights;
  return {};
}

}  // namespace passaparola::sentiment
