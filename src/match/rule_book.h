// RuleBook: everything that a set of rule files says, read and checked, as trees. The compiler, the
// reference engine and the explanation all work on it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/limits.h"
#include "match/diagnostics.h"
#include "match/match.h"
#include "match/patterns.h"
#include "match/place_index.h"
#include "match/syntax.h"

namespace passaparola::match {

// `pack exclusions @1`: what a file calls itself.
struct Pack {
  std::string name;           // the first part of the names of its lets
  std::uint32_t version = 0;  // 0: none is given
};

// `import "packs/exclusions" @1`
struct Import {
  Place at;
  std::string path;
  std::uint32_t version = 0;  // 0: any
};

struct RuleBook {
  std::vector<Pack> packs;  // by file
  std::vector<Import> imports;
  std::vector<Brand> brands;
  // Brands' own expressions and rules by brand and then by place, then the lets.
  std::vector<Definition> definitions;
  std::unordered_map<std::string, std::uint32_t> brand_of;    // by id
  std::size_t rule_count = 0;                                 // definitions before the lets
  std::unordered_map<std::string, std::uint8_t> preferences;  // "^n", by text as published

  // Appends a definition; false, and it does not, when there is one of the same id.
  bool add(Definition definition);
  std::optional<std::uint32_t> find(std::string_view id) const;  // its place in `definitions`
  void note_places();                                            // after definitions were moved

  PlaceIndex places;  // of definitions, by id

  std::uint8_t preference_of(const std::string& atom) const {
    if (preferences.empty()) return 0;
    const auto found = preferences.find(atom);
    return found == preferences.end() ? 0 : found->second;
  }
};

// Reads, resolves and checks `files`. The book is fit for use only if no error was found. Regular
// expressions that are known are not compiled again.
RuleBook read_rule_book(std::span<const RuleFile> files, Diagnostics& diagnostics,
                        KnownPatterns known = {});

// Reads one file into `book`; the blocks of a bad file that could be read are there.
void parse_rule_file(std::uint32_t file, const RuleFile& source, RuleBook& book,
                     PatternSupply& supply, Diagnostics& diagnostics);

// Names to definitions; then refuses cycles, what NEAR cannot take, and what has no anchor.
void resolve(RuleBook& book, std::span<const RuleFile> files, Diagnostics& diagnostics);

// The latest phase of the questions in an expression; its references must have been resolved.
Phase phase_of(const RuleBook& book, const Expression& expression);

// Warnings and hints about a book without errors.
void lint(const RuleBook& book, Diagnostics& diagnostics);

// "exclusions" for "rules/packs/exclusions.rules": the first part of the names of its lets.
std::string pack_of(std::string_view file_name);

}  // namespace passaparola::match
