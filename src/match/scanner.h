// Scanner: finds literals in folded text, those of whole words by a Dictionary when they are many,
// the rest by Hyperscan, and sees where patterns may stand, by RE2 or Hyperscan. It knows nothing
// of rules.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "match/dictionary.h"
#include "match/hyperscan_database.h"
#include "match/match.h"
#include "match/patterns.h"
#include "match/program.h"

namespace passaparola::match {

// Immutable; thread-safe; each thread has its own Scratch.
class Scanner {
 public:
  class Scratch;

  // `patterns[i]` belongs to program.regexes[i]. `same`, if given, was compiled for the very same
  // patterns: what it made for them is shared.
  static Result<std::unique_ptr<const Scanner>> compile(
      const Program& program, std::span<const std::shared_ptr<const Pattern>> patterns,
      const PatternCompiler& compiler, const Scanner* same = nullptr);
  ~Scanner();
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

  std::unique_ptr<Scratch> make_scratch() const;

  // Appends where literals (indexes into program.literals) end, by offset, once each. Found is
  // every place between word edges (for a prefix: behind one), and some where a character beyond
  // ASCII makes it part of a word.
  void find_literals(std::string_view text, Scratch& scratch, std::vector<LiteralHit>& hits) const;

  // Appends the patterns (indexes into program.regexes) that may stand in a whole field, which for
  // those that ignore case is its search text, for others the original. Ascending, once each.
  void find_patterns(std::string_view text, bool ignore_case, Scratch& scratch,
                     std::vector<std::uint32_t>& found) const;

  bool has_patterns(bool ignore_case) const;

  // Patterns that Hyperscan did not take, though it was asked to.
  std::span<const RefusedPattern> refused() const;

 private:
  Scanner();
  struct Databases;
  struct Patterns;
  static Result<std::shared_ptr<const Patterns>> compile_all(
      std::span<const std::shared_ptr<const Pattern>> patterns, const PatternCompiler& compiler);
  std::unique_ptr<Databases> databases_;
};

class Scanner::Scratch {
 public:
  ~Scratch();

 private:
  friend class Scanner;
  Scratch();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::match
