#include "make_corpus/phrasebook.h"

#include <algorithm>

#include "core/check.h"
#include "make_corpus/sentences.h"

namespace passaparola::make_corpus {
namespace {

constexpr std::string_view kGrammarSlots[] = {"la", "della", "alla", "una", "o", "lo"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z'); }

// Swaps two letters or drops one, inside a word of at least five plain letters.
void misspell(std::string& text, std::size_t begin, Random& random, std::uint32_t percent) {
  std::size_t at = begin;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end - at >= 5 && random.chance(percent)) {
      const std::size_t middle = at + 1 + random.below(end - at - 3);
      if (random.chance(50)) {
        std::swap(text[middle], text[middle + 1]);
      } else {
        text.erase(middle, 1);
        --end;
      }
    }
    at = end + 1;
  }
}

template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && !line.starts_with("# ")) visit(line);
  }
}

}  // namespace

std::string_view code_of(Language language) { return language == Language::italian ? "it" : "en"; }

const Phrasebook& Phrasebook::built_in() {
  static const Phrasebook book(std::string(sentences::kBrands) + sentences::kItalian +
                               sentences::kEnglish);
  return book;
}

Phrasebook::Phrasebook(std::string_view text) {
  std::vector<std::string>* open = nullptr;
  for_each_line(text, [&](std::string_view line) {
    if (line.starts_with("## ")) {
      open = &lists_[std::string(line.substr(3))];
      return;
    }
    CHECK(open != nullptr, "a sentence stands before the first list");
    open->emplace_back(line);
  });
  derive_grammar();
}

// Articles and endings of a brand's name come as one line, "la |della |…"; each becomes a slot.
// {il} and {lamia} are the forms before another word, where nothing is elided.
void Phrasebook::derive_grammar() {
  for (const std::string_view brand : kBrands) {
    const std::string prefix(brand);
    std::string code;
    for (const char c : prefix) {
      if (is_letter(c)) code.push_back(static_cast<char>(c - 'a' + 'A'));
    }
    lists_[prefix + ".BRANDCODE.it"] = lists_[prefix + ".BRANDCODE.en"] = {code.substr(0, 6)};
    const auto grammar = lists_.find(prefix + ".grammar.it");
    if (grammar == lists_.end()) continue;
    std::string_view rest = grammar->second.front();
    for (const std::string_view slot : kGrammarSlots) {
      const std::size_t bar = std::min(rest.find('|'), rest.size());
      lists_[prefix + "." + std::string(slot) + ".it"] = {std::string(rest.substr(0, bar))};
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    const bool feminine = lists_[prefix + ".o.it"].front() == "a";
    lists_[prefix + ".il.it"] = {feminine ? "la" : "il"};
    lists_[prefix + ".lamia.it"] = {feminine ? "la mia" : "il mio"};
  }
}

std::span<const std::string> Phrasebook::list(std::string_view name, Language language) const {
  const auto found = lists_.find(std::string(name) + "." + std::string(code_of(language)));
  return found == lists_.end() ? std::span<const std::string>() : found->second;
}

const std::vector<std::string>* Phrasebook::find(std::string_view slot, Scope scope) const {
  const std::string name = std::string(slot) + "." + std::string(code_of(scope.language));
  if (scope.brand < kBrandCount) {
    const auto own = lists_.find(std::string(kBrands[scope.brand]) + "." + name);
    if (own != lists_.end()) return &own->second;
  }
  const auto common = lists_.find(name);
  return common == lists_.end() ? nullptr : &common->second;
}

void Phrasebook::expand(std::string_view sentence, Scope scope, Random& random,
                        std::uint32_t typo_percent, std::string& out) const {
  if (sentence.find("://") != std::string_view::npos) typo_percent = 0;  // links are pasted
  while (!sentence.empty()) {
    const std::size_t open = std::min(sentence.find('{'), sentence.size());
    const std::size_t begin = out.size();
    out += sentence.substr(0, open);
    if (typo_percent > 0) misspell(out, begin, random, typo_percent);
    if (open == sentence.size()) return;
    const std::size_t close = sentence.find('}', open);
    CHECK(close != std::string_view::npos, "a slot of a sentence is not closed");
    const auto* list = find(sentence.substr(open + 1, close - open - 1), scope);
    CHECK(list != nullptr, "a slot of a sentence has no list");
    expand(random.pick(*list), scope, random, 0, out);
    sentence.remove_prefix(close + 1);
  }
}

std::string Phrasebook::compose(std::string_view name, std::size_t brand, Language language,
                                Random& random, std::uint32_t typo_percent) const {
  const Scope scope{brand, language};
  const auto* list = find(name, scope);
  CHECK(list != nullptr, "no such list of sentences");
  std::string out;
  expand(random.pick(*list), scope, random, typo_percent, out);
  return out;
}

std::vector<std::string> Phrasebook::unfilled_slots() const {
  std::vector<std::string> missing;
  for (const auto& [name, entries] : lists_) {
    const Language language = name.ends_with(".it") ? Language::italian : Language::english;
    for (const std::string& entry : entries) {
      for (std::size_t at = entry.find('{'); at != std::string::npos;
           at = entry.find('{', at + 1)) {
        const std::string slot = entry.substr(at + 1, entry.find('}', at) - at - 1);
        for (std::size_t brand = 0; brand < kBrandCount; ++brand) {
          if (find(slot, {brand, language}) != nullptr) continue;
          missing.push_back(name + ": {" + slot + "}");
          break;
        }
      }
    }
  }
  return missing;
}

}  // namespace passaparola::make_corpus
