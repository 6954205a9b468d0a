#include "match/patterns.h"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "core/fold.h"
#include "core/limits.h"

namespace passaparola::match {
namespace {

constexpr std::size_t kMaxUnionMemory = 32 << 20;  // of the states made so far

re2::RE2::Options options_of(bool ignore_case, std::size_t memory_bytes) {
  re2::RE2::Options options(re2::RE2::Quiet);
  options.set_case_sensitive(!ignore_case);
  options.set_max_mem(static_cast<std::int64_t>(memory_bytes));
  return options;
}

}  // namespace

// The small memory is enough to see how large the program is, and ends the compilation of one that
// is much too large early.
Pattern::Pattern(std::string_view regex, bool ignore_case, std::size_t memory_bytes)
    : ignore_case_(ignore_case) {
  build(regex, memory_bytes != 0 ? memory_bytes : kSmallPatternBytes);
  if (memory_bytes != 0 || !re2_->ok()) return;
  const std::size_t size = instructions();
  if (size > kSmallPatternInstructions && size <= kMaxPatternInstructions) {
    build(regex, kLargePatternBytes);
  }
}

void Pattern::build(std::string_view regex, std::size_t memory_bytes) {
  memory_bytes_ = memory_bytes;
  re2_ = std::make_unique<re2::RE2>(re2::StringPiece(regex.data(), regex.size()),
                                    options_of(ignore_case_, memory_bytes));
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

std::optional<std::string> Pattern::error() const {
  if (!re2_->ok() && re2_->error_code() != re2::RE2::ErrorPatternTooLarge) {
    return "the regular expression does not compile: " + re2_->error();
  }
  // Without its reverse program some versions of RE2 say that nothing matches.
  if (!re2_->ok() || instructions() > kMaxPatternInstructions || re2_->ReverseProgramSize() < 0) {
    return "the regular expression is too large: repeat less, or fewer and smaller classes";
  }
  if (re2::RE2::PartialMatch("", *re2_)) {
    return "the regular expression matches the empty text, and so every post";
  }
  return std::nullopt;
}

const std::string& Pattern::regex() const { return re2_->pattern(); }

std::size_t Pattern::instructions() const {
  return static_cast<std::size_t>(std::max(re2_->ProgramSize(), 0));
}

void Pattern::find(std::string_view text,
                   const std::function<void(std::size_t, std::size_t)>& found) const {
  const re2::StringPiece piece(text.data(), text.size());
  re2::StringPiece hit;
  // Bounded, for a hostile expression makes a hostile text cost its whole rest for every match.
  std::size_t steps = 0;
  for (std::size_t at = 0, count = 0;
       at <= text.size() && count < kMaxPatternMatches && steps < kMaxPatternSteps;) {
    steps += (text.size() - at) * instructions();
    if (!re2_->Match(piece, at, text.size(), re2::RE2::UNANCHORED, &hit, 1)) return;
    const auto begin = static_cast<std::size_t>(hit.data() - piece.data());
    const std::size_t end = begin + hit.size();
    if (end > begin) {
      found(begin, end);
      ++count;
      at = end;
    } else {
      at = begin;
      if (at >= text.size()) return;
      next_code_point(text, at);
    }
  }
}

bool Pattern::has_prefilter() const {
  const std::string& regex = re2_->pattern();
  // Unicode classes differ by version, and PCRE's \v is a class.
  for (const char* const different : {"\\p", "\\P", "\\v", "\\V", "\\C", "\\Q"}) {
    if (regex.find(different) != std::string::npos) return false;
  }
  if (regex.find('\0') != std::string::npos) return false;  // where Hyperscan stops reading
  return is_ascii(regex);
}

bool Pattern::is_steady() const {
  constexpr std::size_t kMostBroadParts = 4;
  std::size_t broad = 0;
  const std::string& regex = re2_->pattern();
  for (std::size_t i = 0; i < regex.size(); ++i) {
    const char c = regex[i];
    if (c == '*' || c == '+' || c == '{') return false;
    bool class_of_many = false;
    if (c == '\\' && i + 1 < regex.size()) {
      class_of_many = std::string_view("wWdDsSpPCX").find(regex[++i]) != std::string_view::npos;
      const bool named = (regex[i] == 'p' || regex[i] == 'P') && regex.substr(i + 1, 1) == "{";
      if (named) i = std::min(regex.find('}', i), regex.size());  // the braces of \p{L}
    }
    broad += c == '.' || c == '[' || class_of_many ? 1 : 0;
  }
  return broad <= kMostBroadParts;
}

KnownPatterns::KnownPatterns(std::span<const std::shared_ptr<const Pattern>> patterns) {
  for (const auto& pattern : patterns) {
    patterns_[pattern->ignore_case() ? 1 : 0].emplace(pattern->regex(), pattern);
  }
}

std::shared_ptr<const Pattern> KnownPatterns::find(std::string_view regex, bool ignore_case) const {
  const auto& patterns = patterns_[ignore_case ? 1 : 0];
  const auto found = patterns.find(regex);
  return found == patterns.end() ? nullptr : found->second;
}

struct PatternUnion::Automaton {
  explicit Automaton(const re2::RE2::Options& options) : set(options, re2::RE2::UNANCHORED) {}
  re2::RE2::Set set;
  std::vector<std::uint32_t> places;  // of the patterns of the set
  std::size_t instructions = 0;       // of all of them
};

PatternUnion::PatternUnion(std::span<const std::shared_ptr<const Pattern>> patterns,
                           bool ignore_case) {
  const re2::RE2::Options options = options_of(ignore_case, kMaxUnionMemory);
  auto automaton = std::make_unique<Automaton>(options);
  for (std::uint32_t i = 0; i < patterns.size(); ++i) {
    if (patterns[i]->ignore_case() != ignore_case || !patterns[i]->is_steady()) continue;
    if (automaton->set.Add(patterns[i]->regex(), nullptr) < 0) return;
    automaton->places.push_back(i);
    automaton->instructions += patterns[i]->instructions();
  }
  if (!automaton->places.empty() && automaton->set.Compile()) automaton_ = std::move(automaton);
}
PatternUnion::~PatternUnion() = default;

bool PatternUnion::has(std::uint32_t place) const {
  if (!automaton_) return false;
  return std::binary_search(automaton_->places.begin(), automaton_->places.end(), place);
}

void PatternUnion::find(std::string_view text, std::vector<std::uint32_t>& found) const {
  if (!automaton_) return;
  const auto& places = automaton_->places;
  thread_local std::vector<int> matching;
  matching.clear();
  re2::RE2::Set::ErrorInfo error{};
  const bool too_long = text.size() > kMaxPatternUnionSteps / automaton_->instructions;
  if (!too_long) {
    automaton_->set.Match(re2::StringPiece(text.data(), text.size()), &matching, &error);
  }
  if (too_long || error.kind != re2::RE2::Set::kNoError) {
    found.insert(found.end(), places.begin(), places.end());
    return;
  }
  for (const int index : matching) found.push_back(places[static_cast<std::size_t>(index)]);
}

}  // namespace passaparola::match
