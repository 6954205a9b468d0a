// Phrasebook: the sentences of the corpus. Lists of lines with {slots}, written by hand in
// sentences/*.txt and built into the program.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "make_corpus/random.h"

namespace passaparola::make_corpus {

enum class Language : std::uint8_t { italian, english };
std::string_view code_of(Language language);  // "it", "en"

// The invented brands, by the id that rules/brands uses.
inline constexpr std::string_view kBrands[] = {"moka_nera", "caffe_brina", "pedalunga",
                                               "muralba",   "lumafon",     "orvifon"};
inline constexpr std::size_t kBrandCount = std::size(kBrands);
inline constexpr std::size_t kNoBrand = kBrandCount;

class Phrasebook {
 public:
  // The sentences that are built in. Broken text is a bug: CHECK.
  static const Phrasebook& built_in();

  // "## name" opens a list, "# " is a comment, every other line is an entry.
  explicit Phrasebook(std::string_view text);

  // The list `name` in the language; empty when there is none.
  std::span<const std::string> list(std::string_view name, Language language) const;

  // One sentence of the list with its slots filled: first from the brand's own lists, then from
  // the language's. `typo_percent` is how likely each longer word of the sentence is misspelt.
  std::string compose(std::string_view name, std::size_t brand, Language language, Random& random,
                      std::uint32_t typo_percent = 0) const;

  // Slots used somewhere that no list fills, as "list: {slot}". Empty when all is well.
  std::vector<std::string> unfilled_slots() const;

 private:
  struct Scope {
    std::size_t brand;
    Language language;
  };
  const std::vector<std::string>* find(std::string_view slot, Scope scope) const;
  void expand(std::string_view sentence, Scope scope, Random& random, std::uint32_t typo_percent,
              std::string& out) const;
  void derive_grammar();

  std::map<std::string, std::vector<std::string>, std::less<>> lists_;
};

}  // namespace passaparola::make_corpus
