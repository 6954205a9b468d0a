#include "match/scanner.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <array>
#include <string>

#include "core/check.h"
#include "core/fold.h"
#include "core/limits.h"
#include "core/pace.h"
#include "match/pattern_compiler.h"

namespace passaparola::match {
namespace {

struct FreeScratch {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};
using ScratchMemory = std::unique_ptr<hs_scratch_t, FreeScratch>;

bool is_ascii_word(char c) {
  return static_cast<unsigned char>(c) < 0x80 && is_word_character(static_cast<char32_t>(c));
}

// What the callback needs of a literal, small enough to stay in the cache.
struct Edges {
  std::uint32_t size = 0;
  bool left = false;  // begins with an ASCII word character, and so needs an edge before it
  bool right = false;
};

// The patterns that read one kind of text.
struct PatternSet {
  HyperscanDatabase database;
  std::vector<std::uint32_t> always;  // those that Hyperscan does not look for
  std::unique_ptr<const PatternUnion> together;
  bool empty = true;
};

constexpr std::size_t kMinDictionary = 400;  // literals: fewer are left to Hyperscan

}  // namespace

// Immutable, shared by the scanners of all sets that have these patterns.
struct Scanner::Patterns {
  std::array<PatternSet, 2> sets;  // [ignore_case]
  std::vector<RefusedPattern> refused;

  // Not when it was the clock that decided: the next compilation may have more time.
  bool is_final() const {
    return std::none_of(refused.begin(), refused.end(), [](const RefusedPattern& one) {
      return one.why == Refusal::no_time_left;
    });
  }
};

struct Scanner::Databases {
  Dictionary dictionary;
  HyperscanDatabase literals;  // what the dictionary does not take; ids are places in the program
  std::vector<Edges> edges;
  std::array<bool, 256> word{};
  std::shared_ptr<const Patterns> patterns;
};

struct Scanner::Scratch::State {
  ScratchMemory memory;
};

namespace {

struct LiteralScan {
  const Edges* edges;
  const bool* word;
  std::string_view text;
  std::vector<LiteralHit>* hits;
};

int on_literal(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  const auto& scan = *static_cast<const LiteralScan*>(context);
  const Edges edge = scan.edges[id];
  const auto byte = [&](std::size_t at) {
    return scan.word[static_cast<unsigned char>(scan.text[at])];
  };
  const std::size_t begin = to - edge.size;
  if (edge.left && begin > 0 && byte(begin - 1)) return 0;
  if (edge.right && to < scan.text.size() && byte(to)) return 0;
  scan.hits->push_back({id, static_cast<std::uint32_t>(to)});
  return 0;
}

int on_pattern(unsigned id, unsigned long long, unsigned long long, unsigned, void* context) {
  static_cast<std::vector<std::uint32_t>*>(context)->push_back(id);
  return 0;
}

// Sorts the patterns that are not looked for together by who looks for them first; those for
// Hyperscan, which have at most so many instructions, are returned.
std::vector<SoughtPattern> share_out(std::span<const std::shared_ptr<const Pattern>> patterns,
                                     std::size_t most_instructions,
                                     std::array<PatternSet, 2>& sets) {
  std::vector<SoughtPattern> sought;
  for (std::uint32_t i = 0; i < patterns.size(); ++i) {
    const Pattern& pattern = *patterns[i];
    PatternSet& set = sets[pattern.ignore_case() ? 1 : 0];
    set.empty = false;
    if (set.together->has(i)) continue;
    if (pattern.has_prefilter() && pattern.instructions() <= most_instructions) {
      sought.push_back({i, static_cast<std::uint32_t>(pattern.instructions()),
                        pattern.ignore_case(), pattern.regex()});
    } else {
      set.always.push_back(i);
    }
  }
  return sought;
}

}  // namespace

Scanner::Scanner() : databases_(std::make_unique<Databases>()) {}
Scanner::~Scanner() = default;
Scanner::Scratch::Scratch() : state_(std::make_unique<State>()) {}
Scanner::Scratch::~Scratch() = default;

Result<std::unique_ptr<const Scanner>> Scanner::compile(
    const Program& program, std::span<const std::shared_ptr<const Pattern>> patterns,
    const PatternCompiler& compiler, const Scanner* same) {
  std::unique_ptr<Scanner> scanner(new Scanner);
  Databases& databases = *scanner->databases_;
  for (int c = 0; c < 128; ++c) {
    databases.word[static_cast<std::size_t>(c)] = is_word_character(static_cast<char32_t>(c));
  }
  std::vector<Dictionary::Entry> words;
  std::vector<unsigned> others;
  for (const Literal& literal : program.literals) {
    give_way();
    const auto id = static_cast<std::uint32_t>(databases.edges.size());
    databases.edges.push_back({static_cast<std::uint32_t>(literal.text.size()),
                               literal.needs_left_edge && is_ascii_word(literal.text.front()),
                               literal.needs_right_edge && is_ascii_word(literal.text.back())});
    if (literal.stands_alone && Dictionary::takes(literal.text)) {
      words.push_back({literal.text, id});
    } else {
      others.push_back(id);
    }
  }
  // A scan for a few costs Hyperscan less than cutting the text into words.
  if (words.size() < kMinDictionary) {
    for (const Dictionary::Entry& word : words) others.push_back(word.literal);
    words.clear();
  }
  databases.dictionary = Dictionary(words);
  if (!others.empty()) {
    std::vector<std::string_view> texts;
    for (const unsigned id : others) texts.push_back(program.literals[id].text);
    Result<HyperscanDatabase> literals = compile_literals(texts, others);
    if (!literals) return literals.error();
    databases.literals = std::move(*literals);
  }
  if (same != nullptr && same->databases_->patterns->is_final()) {
    databases.patterns = same->databases_->patterns;
  } else {
    auto made = compile_all(patterns, compiler);
    if (!made) return made.error();
    databases.patterns = std::move(*made);
  }
  return std::unique_ptr<const Scanner>(std::move(scanner));
}

Result<std::shared_ptr<const Scanner::Patterns>> Scanner::compile_all(
    std::span<const std::shared_ptr<const Pattern>> patterns, const PatternCompiler& compiler) {
  auto all = std::make_shared<Patterns>();
  for (const bool ignore_case : {false, true}) {
    all->sets[ignore_case ? 1 : 0].together =
        std::make_unique<const PatternUnion>(patterns, ignore_case);
    give_way();
  }
  // Without limits of time and memory Hyperscan is shown small patterns only.
  const std::size_t most =
      compiler.program.empty() ? kSmallPatternInstructions : kMaxPatternInstructions;
  Result<PatternDatabases> made = compile_patterns(compiler, share_out(patterns, most, all->sets));
  if (!made) return made.error();
  for (const RefusedPattern& refused : made->refused) {
    all->sets[patterns[refused.id]->ignore_case() ? 1 : 0].always.push_back(refused.id);
  }
  for (std::size_t i = 0; i < all->sets.size(); ++i) {
    PatternSet& set = all->sets[i];
    std::sort(set.always.begin(), set.always.end());
    set.database = std::move(made->databases[i]);
  }
  all->refused = std::move(made->refused);
  return std::shared_ptr<const Patterns>(std::move(all));
}

std::unique_ptr<Scanner::Scratch> Scanner::make_scratch() const {
  std::unique_ptr<Scratch> scratch(new Scratch);
  hs_scratch_t* memory = nullptr;
  for (const hs_database_t* database :
       {databases_->literals.get(), databases_->patterns->sets[0].database.get(),
        databases_->patterns->sets[1].database.get()}) {
    if (database == nullptr) continue;
    CHECK(hs_alloc_scratch(database, &memory) == HS_SUCCESS, "no memory for Hyperscan's scratch");
  }
  scratch->state_->memory.reset(memory);
  return scratch;
}

void Scanner::find_literals(std::string_view text, Scratch& scratch,
                            std::vector<LiteralHit>& hits) const {
  if (text.empty()) return;
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  databases_->dictionary.find(text, hits);
  if (databases_->literals) {
    LiteralScan scan{databases_->edges.data(), databases_->word.data(), text, &hits};
    const hs_error_t status =
        hs_scan(databases_->literals.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                scratch.state_->memory.get(), on_literal, &scan);
    CHECK(status == HS_SUCCESS, "Hyperscan could not scan");
  }
  const auto order = [](const LiteralHit& a, const LiteralHit& b) {
    return a.end != b.end ? a.end < b.end : a.literal < b.literal;
  };
  std::sort(hits.begin() + first, hits.end(), order);
}

void Scanner::find_patterns(std::string_view text, bool ignore_case, Scratch& scratch,
                            std::vector<std::uint32_t>& found) const {
  const PatternSet& set = databases_->patterns->sets[ignore_case ? 1 : 0];
  const auto first = static_cast<std::ptrdiff_t>(found.size());
  // RE2's automaton of many patterns is several times as fast as Hyperscan on texts as short as
  // posts, and takes those that Hyperscan does not; but no hostile ones, whose states would
  // explode.
  set.together->find(text, found);
  found.insert(found.end(), set.always.begin(), set.always.end());
  if (set.database) {
    const hs_error_t status =
        hs_scan(set.database.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                scratch.state_->memory.get(), on_pattern, &found);
    CHECK(status == HS_SUCCESS, "Hyperscan could not scan");
  }
  std::sort(found.begin() + first, found.end());
}

std::span<const RefusedPattern> Scanner::refused() const { return databases_->patterns->refused; }

bool Scanner::has_patterns(bool ignore_case) const {
  return !databases_->patterns->sets[ignore_case ? 1 : 0].empty;
}

}  // namespace passaparola::match
