// Patterns: regular expressions, by RE2: linear in the text, capped in memory, no back-references.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace re2 {
class RE2;
}

namespace passaparola::match {

// A compiled regular expression. Immutable; thread-safe.
class Pattern {
 public:
  // `memory_bytes` bounds its automata; 0: kSmallPatternBytes or kLargePatternBytes, by its size.
  // Less memory makes it slower, and it finds the same.
  Pattern(std::string_view regex, bool ignore_case, std::size_t memory_bytes = 0);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  // What is wrong with it; nullopt when nothing is.
  std::optional<std::string> error() const;

  // Calls `found(begin, end)` for the leftmost match, then for the next one behind it, …, without
  // the empty ones; at most kMaxPatternMatches times, and no more once the searches together may
  // have taken kMaxPatternSteps, which in texts of a usual length they do not.
  void find(std::string_view text,
            const std::function<void(std::size_t begin, std::size_t end)>& found) const;

  // May Hyperscan look first? Not for what it reads otherwise than RE2.
  bool has_prefilter() const;
  const std::string& regex() const;
  bool ignore_case() const { return ignore_case_; }
  std::size_t memory_bytes() const { return memory_bytes_; }
  std::size_t instructions() const;  // of its program, a measure of what it costs

  // Does an automaton of this and others stay small? Not when something repeats, or when many parts
  // fit several characters: such parts multiply with those of other patterns.
  bool is_steady() const;

 private:
  void build(std::string_view regex, std::size_t memory_bytes);

  std::unique_ptr<re2::RE2> re2_;
  bool ignore_case_ = true;
  std::size_t memory_bytes_ = 0;
};

// Patterns that a set of rules has compiled already, for the next set.
class KnownPatterns {
 public:
  KnownPatterns() = default;
  explicit KnownPatterns(std::span<const std::shared_ptr<const Pattern>> patterns);

  // A pattern as Pattern(regex, ignore_case) would make it; null if there is none.
  std::shared_ptr<const Pattern> find(std::string_view regex, bool ignore_case) const;

 private:
  std::array<std::unordered_map<std::string_view, std::shared_ptr<const Pattern>>, 2> patterns_;
};

// What the reader of rules draws on for regular expressions.
struct PatternSupply {
  std::size_t bytes_left = 0;  // of memory that further ones may use
  KnownPatterns known = {};
};

// Many steady patterns as one automaton, which says in one pass over a text which of them stand in
// it. Its states are made as texts need them and forgotten when they reach a bound of memory.
// Thread-safe.
class PatternUnion {
 public:
  // Of `patterns` the steady ones that ignore case, or those that do not; the rest are no part.
  PatternUnion(std::span<const std::shared_ptr<const Pattern>> patterns, bool ignore_case);
  ~PatternUnion();

  // Appends the places in `patterns` of those that match, an empty match included, in any order.
  // Nobody knows them when there is no room for a state, or when a text is so long that a state for
  // every byte of it would take longer than looking for each: then all of its own are appended.
  void find(std::string_view text, std::vector<std::uint32_t>& found) const;

  bool has(std::uint32_t place) const;  // is patterns[place] part of it?

 private:
  struct Automaton;
  std::unique_ptr<const Automaton> automaton_;  // null: no patterns, or too large ones
};

}  // namespace passaparola::match
