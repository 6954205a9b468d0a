// The rows of <lang>/model.tsv and <lang>/learned.tsv.
#pragma once

#include "core/result.h"
#include "sentiment/model.h"
#include "sentiment/tsv.h"

namespace passaparola::sentiment {

// What something adds, as Weights holds it: positive, negative, the acts.
inline constexpr std::size_t kWeightCells = 2 + kLearnedActs.size();

// "text" or "brand", a fact's name, its weights.
Result<void> add_fact_row(const TsvFile& file, const TsvRow& row, Model& model);

// A word or a pair of words with one space between, as learned_form() gives them, and their
// weights.
Result<void> add_learned_row(const TsvFile& file, const TsvRow& row, Model& model);

}  // namespace passaparola::sentiment
