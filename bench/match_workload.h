// What match_bench measures with: texts, real ones from files or coined ones, and terms of which a
// wanted share of the texts holds one.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola::bench {

class Words {
 public:
  std::size_t below(std::size_t n) { return engine_() % n; }
  std::string coin(std::size_t syllables);

 private:
  std::mt19937_64 engine_{20261122};
};

// The titles and bodies of NDJSON records (title, selftext, text), as posts of at most `max_bytes`,
// without line breaks.
std::vector<std::string> read_texts(const std::vector<std::string>& files, std::size_t max_bytes);

// `count` texts of coined words, of about 146 bytes.
std::vector<std::string> coin_texts(Words& words, std::size_t count);

// `count` folded words and phrases of two. Those from the long tail of `texts` are as many as it
// takes for `share` of the texts to hold one. No text holds the rest: coined names, a coined name
// with a word of the texts, and pairs of the texts' own words that never stand side by side.
std::vector<std::string> draw_terms(Words& words, const std::vector<std::string>& texts,
                                    std::size_t count, double share);

}  // namespace passaparola::bench
