// Patterns: regular expressions, by RE2: linear in the text, capped in memory, no back-references.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace passaparola::match {

// A compiled regular expression. Immutable; thread-safe.
class Pattern {
 public:
  Pattern(std::string_view regex, bool ignore_case);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  // What is wrong with it; nullopt when nothing is.
  std::optional<std::string> error() const;

  // Calls `found(begin, end)` for the leftmost match, then for the next one behind it, …, without
  // the empty ones; at most kMaxPatternMatches times.
  void find(std::string_view text,
            const std::function<void(std::size_t begin, std::size_t end)>& found) const;

  // May Hyperscan look first? Not for what it takes long to compile or reads otherwise than RE2.
  bool has_prefilter() const;
  const std::string& regex() const;
  bool ignore_case() const { return ignore_case_; }

 private:
  std::unique_ptr<re2::RE2> re2_;
  bool ignore_case_ = true;
};

// Many patterns as one automaton, which says in one pass over a text which of them stand in it. Its
// states are made as texts need them and forgotten when they reach a bound of memory; a state for
// every byte, the worst that patterns can do, costs about a microsecond a byte. Thread-safe.
class PatternUnion {
 public:
  // Those of `patterns` that ignore case, or those that do not; the rest are no part of it.
  PatternUnion(std::span<const std::shared_ptr<const Pattern>> patterns, bool ignore_case);
  ~PatternUnion();

  // Appends the places in `patterns` of those that match, an empty match included, in any order.
  // False, and `found` as it was, when there is no automaton, or no room for one state of it.
  bool find(std::string_view text, std::vector<std::uint32_t>& found) const;

 private:
  struct Automaton;
  std::unique_ptr<const Automaton> automaton_;  // null: no patterns, or too large ones
};

}  // namespace passaparola::match
