// match: Post -> matches. Rule files become an immutable Ruleset; a Matcher finds, for a batch of
// posts, which brands each post mentions and which words of it say so.
// Owns the rule language (docs/RULES.md), the compiler, the scan, the evaluator and a slow obvious
// reference engine. What it does not know: sentiment, storage, where posts come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/mention.h"
#include "core/post.h"
#include "core/result.h"

namespace passaparola::match {

// Something to say about a rule file. Line and column are 1-based; column counts code points.
struct Diagnostic {
  enum class Severity : std::uint8_t { error, warning, info };
  Severity severity = Severity::error;
  std::string code;  // "E-SYNTAX", "E-UNANCHORED", "W-MIXED", …
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;  // what is wrong and what was expected
  std::string source;   // the line of the file
};

// "rules/moka.rules:3:12: E-SYNTAX: …", the line, and a caret under the column.
std::string to_text(const Diagnostic& diagnostic);

struct RuleFile {
  std::string name;  // as shown in diagnostics
  std::string text;
};

// What a brand block says about the brand, for whoever scores or serves it.
struct Brand {
  std::string id;                    // "moka_nera"
  std::string name;                  // "Moka Nera"
  std::vector<std::string> words;    // folded terms and handles, for recognising staff by their bio
  std::vector<std::string> owned;    // "source:handle" or "source:id", folded
  std::vector<std::string> domains;  // folded
  bool competitor = false;
};

// How the regular expressions of rules are compiled for the first look, which is Hyperscan's. One
// of 23 bytes can take it seconds, and many together gigabytes: for rules that are not one's own
// let another process do it.
struct PatternCompiler {
  // A program that, called with the one argument kCompileCommand, ends in serve_compile_request().
  // Empty: this process compiles, without limits.
  std::filesystem::path program;
  // Folder that keeps what was compiled, made when missing. Empty: nothing is kept.
  std::filesystem::path cache;
};
inline constexpr const char* kCompileCommand = "compile-patterns";

// Limits this process in time and memory, reads what to compile from the descriptor `in` and writes
// the answer to `out`. Returns the exit code; the process must do nothing else.
int serve_compile_request(int in, int out);

// An immutable compiled set of rules. Thread-safe; share it.
class Ruleset {
 public:
  // Every *.rules file below `path` (or the one file), in the order of their paths. On error the
  // message is every diagnostic as text; nothing of a bad set is used.
  // `said`, if given, gets all that check() and warnings() say.
  // An expression that Hyperscan cannot take in time and memory is still found, by RE2, in every
  // text, and there is a warning about it.
  static Result<std::shared_ptr<const Ruleset>> load(const std::filesystem::path& path,
                                                     const PatternCompiler& compiler = {});
  // What `earlier` has compiled of regular expressions is used again; the set is the same.
  static Result<std::shared_ptr<const Ruleset>> compile(std::span<const RuleFile> files,
                                                        const PatternCompiler& compiler = {},
                                                        std::vector<Diagnostic>* said = nullptr,
                                                        const Ruleset* earlier = nullptr);

  // The same without compiling patterns: errors, warnings and hints.
  static std::vector<Diagnostic> check(std::span<const RuleFile> files);
  static Result<std::vector<RuleFile>> read(const std::filesystem::path& path);

  ~Ruleset();
  std::string_view hash() const;  // of the content, 32 hexadecimal digits
  std::span<const Brand> brands() const;
  std::size_t rule_count() const;
  std::span<const Diagnostic> warnings() const;  // of compiling the patterns: W-COST

  struct Compiled;
  const Compiled& compiled() const { return *compiled_; }

 private:
  explicit Ruleset(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

// What a rule may ask of an author's history with a brand (phase 4).
struct AuthorStanding {
  std::string_view relation;  // "advocate", "loyal", "detractor", …
  std::string_view type;      // empty when undetermined
  double score = 0;
  double score_low = 0;  // the lower end of its interval
  std::uint64_t recommendations = 0;
  std::uint64_t defences = 0;
  double first_seen_days = 0;  // since the first mention
  double active_months = 0;    // months with an act that counts
};

// One post mentions one brand. Spans and strings live in the arena of the call or in the ruleset.
struct PostMatch {
  std::uint32_t post = 0;   // index into the posts of the call
  std::uint32_t brand = 0;  // index into ruleset.brands()
  std::span<const RuleHit> rules;
  std::span<const Match> matches;  // at most kMaxMatchesPerMention, by field and offset
  bool author_is_owned = false;    // the brand's own voice
  // Set when a rule had to know how the mention speaks of the brand: it was scored for that, and
  // what was judged must be what is stored. Its rules and matches are not set. In the arena.
  const Mention* scored = nullptr;
};

// The language of a post for `lang:` rules: the caller's judgement ("it", "en", "und").
using LanguageOf = std::function<std::string_view(const PostView&)>;

// The mention that a match makes, scored; its parts are placed in the arena.
using MentionOf = std::function<Mention(const PostView&, const PostMatch&, Arena&)>;

// The author's history with the brand; nullopt when nothing is known.
using AuthorOf =
    std::function<std::optional<AuthorStanding>(const PostView&, std::string_view brand)>;

// What a matcher asks others about a post, and only when some rule depends on it. An answer that
// nobody gives is unknown. Called on the matcher's thread.
struct Knowledge {
  LanguageOf language_of = {};
  MentionOf mention_of = {};
  AuthorOf author_of = {};
};

// Finds matches. Keeps scratch memory: one matcher per thread; the ruleset may be shared.
class Matcher {
 public:
  Matcher(std::shared_ptr<const Ruleset> ruleset, Knowledge knowledge);
  ~Matcher();
  Matcher(Matcher&&) noexcept;

  // Appends to `out` what the posts mention, in the order of posts, then of brands. Only posts that
  // are creates or updates are looked at. Deterministic.
  void find(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Why a post matches a brand or does not, clause by clause, indented text for a person. `mentions`
// are those that it makes: they answer what rules ask of the scored mention.
std::string explain(const Ruleset& ruleset, const PostView& post, std::span<const Mention> mentions,
                    const Knowledge& knowledge);

// A rule of a set: its id, its version, the index of its brand. Strings live in the ruleset.
struct RuleInfo {
  std::string_view id;
  std::uint32_t version = 1;
  std::uint32_t brand = 0;
};
std::vector<RuleInfo> rules_of(const Ruleset& ruleset);  // by brand, its own expression first

// What a rule compiled to, for a person: its expression with every name resolved, the atoms that
// wake it, when it is evaluated, how much it looks at. `rule` is the id of a rule or of a brand
// (all of its rules); empty: every rule, at most kMaxRuleExplanationLines lines. Errors: not_found.
Result<std::string> explain_rules(const Ruleset& ruleset, std::string_view rule);

// A `where` expression: the same language over a stored mention, with the predicates brand:,
// source:, lang:, kind:, author:, label:, act:, rule:, tag:, relation:, and the numbers sentiment,
// confidence, authenticity, followers, rating (`sentiment<0`, `rating>=4`, `followers:100..1000`).
// Copyable and thread-safe.
class Filter {
 public:
  static Result<Filter> compile(std::string_view where);  // empty: everything holds
  // Whether author.* is among what it asks. It is asked last, and only where the rest leaves it
  // open (but in atleast).
  bool asks_author() const;
  bool operator()(const Mention& mention) const;  // what author.* asks is unknown
  bool holds(const Mention& mention, const AuthorOf& author_of) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace passaparola::match
