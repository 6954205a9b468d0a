// Program: a rule book compiled for speed. Atoms once each, expressions as flat nodes, and for
// every atom the rules that cannot hold unless it (or another of their anchors) is found.
// Immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "match/rule_book.h"
#include "match/syntax.h"

namespace passaparola::match {

struct ProgramAtom {
  Atom atom;  // its text without accents if those are ignored
  bool ignore_accents = false;
  std::string text;  // as published in matches
};

struct Node {
  Op op = Op::atom;
  FieldMask fields = 0;     // atom: where it is sought
  std::uint32_t value = 0;  // atom: index; predicate: index; near: first distance;
                            // reference: the slot in which its truth is remembered
  std::uint32_t first = 0;  // its parts: edges[first, first + count)
  std::uint32_t count = 0;
};

// A string to look for in folded text, and the atoms whose presence it announces.
struct Literal {
  std::string text;
  std::vector<std::uint32_t> atoms;
  bool needs_right_edge = true;  // no atom of it goes on behind it
  bool stands_alone = true;      // every atom of it wants a word edge (or a host's) at both ends
};

struct ProgramRule {
  std::uint32_t definition = 0;  // index into RuleBook::definitions
  std::uint32_t brand = 0;
  std::uint32_t root = 0;
  std::uint32_t version = 1;
  std::string_view id;
  std::vector<std::string> tags;
  std::vector<std::string_view> tag_views;
};

struct Program {
  std::vector<ProgramAtom> atoms;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> edges;
  std::vector<std::uint32_t> distances;
  std::vector<Predicate> predicates;
  std::vector<ProgramRule> rules;  // by brand, the brand's own first
  std::uint32_t slots = 0;
  std::vector<Literal> literals;
  std::vector<std::uint32_t> regexes;               // atoms
  std::vector<std::vector<std::uint32_t>> touched;  // by atom: rules to evaluate
  FieldMask fields = kDefaultFields;                // that some atom is sought in
  bool has_accentless = false;                      // an atom ignores accents
};

// `book` must be without errors and must outlive the program.
Program compile(const RuleBook& book);

// Does an atom of this kind take part in @fold(accent)?
bool folds_accents(AtomKind kind);

}  // namespace passaparola::match
