// The scorer over the project's own lexicons, loaded once a test program.
#pragma once

#include <memory>
#include <string_view>

#include "sentiment/sentiment.h"

namespace passaparola::sentiment {

const Scorer& scorer();

// A post whose one brand is every place of `brand` in its text and title, enriched.
struct Case {
  PostView post;
  std::string_view brand = "Moka Nera";
  bool owned = false;
};
Enrichment enrich(const Case& given, Arena& arena);

// The same for a plain text in one language.
Enrichment enrich(std::string_view text, std::string_view lang, Arena& arena);

}  // namespace passaparola::sentiment
