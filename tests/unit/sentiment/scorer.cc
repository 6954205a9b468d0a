#include "unit/sentiment/scorer.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/fold.h"

namespace passaparola::sentiment {

const Scorer& scorer() {
  static const std::shared_ptr<const Scorer> loaded = [] {
    auto result = Scorer::load(PASSAPAROLA_SOURCE_DIR "/rules/lexicons");
    if (!result) {
      std::fprintf(stderr, "%s\n", result.error().message.c_str());
      std::exit(1);
    }
    return *result;
  }();
  return *loaded;
}

Enrichment enrich(const Case& given, Arena& arena) {
  std::vector<Match> matches;
  const auto find = [&](std::string_view text, Field field) {
    for (std::size_t at = 0; (at = text.find(given.brand, at)) != std::string_view::npos; ++at) {
      matches.push_back({.field = field,
                         .begin = static_cast<std::uint32_t>(at),
                         .end = static_cast<std::uint32_t>(at + given.brand.size())});
    }
  };
  find(given.post.text, Field::text);
  find(given.post.title, Field::title);
  const std::vector<std::string> words{folded(given.brand), "mokanera"};
  const std::vector<std::string> domains{"mokanera.example"};
  const Target target{given.brand, words, domains, matches, given.owned};
  return scorer().enrich(given.post, target, arena);
}

Enrichment enrich(std::string_view text, std::string_view lang, Arena& arena) {
  PostView post;
  post.text = text;
  post.lang = lang;
  return enrich({.post = post}, arena);
}

}  // namespace passaparola::sentiment
