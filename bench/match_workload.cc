#include "match_workload.h"

#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "core/check.h"
#include "match/search_text.h"
#include "match/word_reader.h"

namespace passaparola::bench {
namespace {

using match::PlainWord;
using match::WordReader;

std::string cut(std::string text, std::size_t max_bytes) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  if (text.size() <= max_bytes) return text;
  const std::size_t space = text.rfind(' ', max_bytes);
  if (space != std::string::npos && space > 0) {
    text.resize(space);
  } else {
    while ((static_cast<unsigned char>(text[max_bytes]) & 0xC0U) == 0x80U) --max_bytes;
    text.resize(max_bytes);
  }
  return text;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<PlainWord> window(WordReader::kMaxWords);
  std::vector<std::string> words;
  WordReader reader(text);
  while (!reader.done()) {
    const std::size_t count = reader.read(window);
    for (std::size_t i = 0; i < count; ++i) {
      words.emplace_back(text.substr(window[i].begin, window[i].end - window[i].begin));
    }
  }
  return words;
}

// Every word and every pair with one space between, with the texts that hold it.
using Holders = std::unordered_map<std::string, std::vector<std::uint32_t>>;

Holders holders_of(const std::vector<std::string>& texts, std::vector<std::string>& all_words) {
  Holders holders;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    std::string folded;
    match::append_search_text(texts[i], folded);
    const auto add = [&](const std::string& term) {
      std::vector<std::uint32_t>& in = holders[term];
      if (in.empty() || in.back() != i) in.push_back(i);
    };
    const std::vector<std::string> words = words_of(folded);
    for (std::size_t w = 0; w < words.size(); ++w) {
      all_words.push_back(words[w]);
      if (words[w].size() < 40) add(words[w]);
      if (w + 1 == words.size()) continue;
      const std::string pair = words[w] + " " + words[w + 1];
      if (pair.size() < 60 && folded.find(pair) != std::string::npos) add(pair);
    }
  }
  return holders;
}

}  // namespace

std::string Words::coin(std::size_t syllables) {
  static constexpr const char* kSyllables[] = {
      "ba", "co", "di", "fe",   "gu",  "la",  "mo",  "ni",  "pe",  "qui", "ro", "sa",
      "te", "vu", "za", "stra", "ble", "cri", "nto", "lla", "rre", "gno", "sci"};
  std::string word;
  for (std::size_t i = 0; i < syllables; ++i) word += kSyllables[below(std::size(kSyllables))];
  return word;
}

std::vector<std::string> read_texts(const std::vector<std::string>& files, std::size_t max_bytes) {
  std::vector<std::string> texts;
  simdjson::dom::parser parser;
  for (const std::string& file : files) {
    std::ifstream in(file);
    CHECK(in.good(), "the file of texts can be read");
    for (std::string line; std::getline(in, line);) {
      simdjson::dom::element record;
      if (parser.parse(line).get(record) != simdjson::SUCCESS) continue;
      std::string text;
      for (const char* const field : {"title", "selftext", "text"}) {
        std::string_view part;
        if (record[field].get(part) != simdjson::SUCCESS || part.empty()) continue;
        if (!text.empty()) text += ' ';
        text += part;
      }
      if (!text.empty()) texts.push_back(cut(std::move(text), max_bytes));
    }
  }
  return texts;
}

std::vector<std::string> coin_texts(Words& words, std::size_t count) {
  std::vector<std::string> vocabulary;
  for (int i = 0; i < 20'000; ++i) vocabulary.push_back(words.coin(1 + words.below(3)));
  std::vector<std::string> texts;
  while (texts.size() < count) {
    std::string text;
    const std::size_t size = 110 + words.below(72);
    while (text.size() < size) {
      text += vocabulary[words.below(words.below(vocabulary.size()) + 1)];
      text += words.below(12) == 0 ? ". " : " ";
      if (words.below(60) == 0) text += "https://t.example/" + words.coin(3) + " ";
      if (words.below(40) == 0) text += "perché ";
      if (words.below(25) == 0) text[text.size() - 2] = 'A';
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<std::string> draw_terms(Words& words, const std::vector<std::string>& texts,
                                    std::size_t count, double share) {
  std::vector<std::string> all_words;
  const Holders holders = holders_of(texts, all_words);
  const auto wanted = static_cast<std::size_t>(share * static_cast<double>(texts.size()));
  // Each in about as many texts as makes `wanted` of them together.
  const std::size_t each = std::max<std::size_t>(wanted / count, 1);
  std::vector<std::string> candidates;
  for (const auto& [term, in] : holders) {
    if (in.size() >= each && in.size() <= each + each / 2) candidates.push_back(term);
  }
  std::sort(candidates.begin(), candidates.end());
  std::set<std::string> terms;
  std::unordered_set<std::uint32_t> covered;
  while (terms.size() < count && covered.size() < wanted && !candidates.empty()) {
    const std::size_t at = words.below(candidates.size());
    const std::vector<std::uint32_t>& in = holders.at(candidates[at]);
    covered.insert(in.begin(), in.end());
    terms.insert(std::move(candidates[at]));
    candidates[at] = std::move(candidates.back());
    candidates.pop_back();
  }
  while (terms.size() < count) {
    const auto any_word = [&] { return all_words[words.below(all_words.size())]; };
    const std::size_t kind = words.below(10);
    std::string term = words.coin(4);
    if (kind >= 7) {
      term = any_word() + " " + any_word();
    } else if (kind >= 5) {
      term = kind == 5 ? any_word() + " " + term : term + " " + any_word();
    }
    if (term.size() < 60 && !holders.contains(term)) terms.insert(std::move(term));
  }
  return {terms.begin(), terms.end()};
}

}  // namespace passaparola::bench
