// The rows of <lang>/model.tsv and <lang>/learned.tsv.
#pragma once

#include "core/result.h"
#include "sentiment/model.h"
#include "sentiment/tsv.h"

namespace passaparola::sentiment {

// "text" or "brand", a fact's name, and what it adds to the log odds of positive and of negative.
Result<void> add_fact_row(const TsvFile& file, const TsvRow& row, Model& model);

// A word or a pair of words with one space between, as learned_form() gives them, and the same.
Result<void> add_learned_row(const TsvFile& file, const TsvRow& row, Model& model);

}  // namespace passaparola::sentiment
