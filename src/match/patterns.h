// Patterns: regular expressions, by RE2: linear in the text, capped in memory, no back-references.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

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

}  // namespace passaparola::match
