// Rules made to hurt: each is refused or compiled in bounded time and memory, by the real program
// as the compiling process, and a ruleset that already runs does not notice.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "core/arena.h"
#include "core/limits.h"
#include "integration/program.h"
#include "match/match.h"
#include "match/patterns.h"
#include "match/search_text.h"

namespace passaparola::testing {
namespace {

using match::RuleFile;
using match::Ruleset;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PASSAPAROLA_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PASSAPAROLA_SANITIZED 1
#endif
#endif

// Of processor time. A sanitizer at least doubles it; `./run nightly` holds the program as it ships
// to the two seconds.
#ifdef PASSAPAROLA_SANITIZED
constexpr double kMostSecondsOfOne = 4;
#else
constexpr double kMostSecondsOfOne = 2;
#endif
[[maybe_unused]] constexpr long kMostKiB = kMaxPatternCompileBytes >> 10;

std::string times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

struct Hostile {
  std::string name;
  std::string rules;       // of a brand named b
  std::string regex = {};  // their only one, if they are about one
  bool any_case = false;
};

std::string brand_with(const std::string& expression) {
  return "brand b { terms qqqq }\nrule b.r { " + expression + " }\n";
}

std::vector<Hostile> regex_bombs() {
  const std::vector<std::string> regexes{
      // repeats of repeats
      "(a{1,1000}){1,1000}", "((a{1,30}){1,30}){1,30}", "(a{0,30}){0,30}b", "((a.?){50}b){6}",
      "(.{1,30}a){1,9}", "([^x]{1,20}|[^y]{1,20}){1,5}z", "(x+x+)+y", "((((((a*)*)*)*)*)*)*b",
      "(a*)*(a*)*(a*)*(a*)*b", "(.*a){200}", "(.+)+(.+)+(.+)+x", "(a?){60}a{60}",
      "a.{0,100}b.{0,100}c", "a.{0,250}b.{0,250}c", "a.{0,1000}b.{0,1000}c", "a.{200}b",
      "[a-z]{1,4000}x", ".{1,1000}x", ".{1,500}x#", "(x.{0,9}y){8}", "(a|b)*a(a|b){20}c",
      // what takes Hyperscan longest for its size
      "(?:^|\\b.)(?:(?:a|\\b)?.*){150}x", "(?:^|\\b.)(?:(?:a|\\b)?.*){400}y", "(\\b.?\\b.?){200}x",
      "(\\b.?\\b.?){30}x", "(a.*b|c.*d|e.*f){60}g", "((a|.b|..c)+.?){90}d", "(?:.{1,9}x){40}",
      "(?i)(?:[a-y]{1,9}x){60}",
      // alternations
      "(" + times("a|b|c|", 40) + "d){50}", "(foo|bar|[a-z]{3,9}){20}x",
      "((a|ab|abc|abcd)*|(b|bc|bcd)*){20}x", "(?:a|ab|abc|abcd|abcde)+(?:b|bc)+(?:x.*){10}y",
      times("(a|", 80) + "b" + times(")", 80), times("(?:x|y)", 36) + "z",
      // classes
      "\\pL{1,3}q", "\\pL{1,20}x", "\\pL{1,60}x", "(\\pL|\\pN|\\pP){1,30}q", "[\\pL\\pN]{1,100}",
      "[^\\pL]{1,100}x", "[\\x{100}-\\x{10ffff}]{1,200}y", "[\\x{0}-\\x{10ffff}]{1,900}y",
      "[" + times("a-zA-Z0-9_", 24) + "]{1,200}x", "\\w{1,100}\\s\\d{1,100}", "[^a]{1,250}b",
      "(?i)[a-z]{1,300}\\pL", "\\p{Greek}{1,60}\\p{Cyrillic}{1,60}", "\\P{Han}{1,500}",
      // any number of anything
      ".*.*.*x", times(".*", 60) + "x", times(".*a", 60), times(".?", 120) + "x",
      "(?s).*(?:.*\\n.*){20}x", "(.*foo.*bar.*){15}", "^.*$|.+", "(?m)(^.*$\\n?){20}x",
      "(\\w+\\s+){30}z", "((\\w+|\\d+)[ ,]*){20}q",
      // nothing, or not one
      "a*", "(", ")", "[", "(?=a)b", "(a)\\1", "(?<=a)b", "a**", "x{1001}", "\\pX", "(*UTF8)a",
      times("(", 120) + "a" + times(")", 120), times("(?:", 60) + "a" + times(")+", 60)};
  std::vector<Hostile> bombs;
  for (const std::string& regex : regexes) {
    std::string written;
    for (const char c : regex) written += c == '/' ? "\\/" : std::string(1, c);
    bombs.push_back({regex, brand_with("/" + written + "/"), regex, false});
    if (regex.find("(?i)") == std::string::npos && bombs.size() % 4 == 0) {
      bombs.push_back({regex + " (ignoring case)", brand_with("/" + written + "/i"), regex, true});
    }
  }
  return bombs;
}

std::string many(int count, const std::string& before, const std::string& behind) {
  std::string out;
  for (int i = 0; i < count; ++i) out += before + std::to_string(i) + behind;
  return out;
}

std::string chain_of_lets(int count, bool closed) {
  std::string lets = "let x0 = " + std::string(closed ? "$x" + std::to_string(count) : "[a, c]");
  for (int i = 1; i <= count; ++i) {
    const std::string before = "$x" + std::to_string(i - 1);
    lets += "\nlet x" + std::to_string(i) + " = (" + before + " OR " + before + ") AND " + before;
  }
  return lets + "\n" + brand_with("$x" + std::to_string(count));
}

std::vector<Hostile> other_rules() {
  return {
      {"parentheses, 60 deep", brand_with(times("(", 60) + "moka" + times(")", 60))},
      {"parentheses, 100,000 deep", brand_with(times("(", 100'000) + "moka" + times(")", 100'000))},
      {"brackets, 100,000 deep", brand_with(times("[", 100'000))},
      {"NOT, 100,000 deep", brand_with("moka " + times("-", 100'000) + "x")},
      {"in: 10,000 deep", brand_with(times("in:title(", 10'000) + "a" + times(")", 10'000))},
      {"a set of 6,000", brand_with("[" + many(6'000, "word", ",") + "end]")},
      {"a set of 4,000,000", brand_with("[" + many(4'000'000, "w", ",") + "end]")},
      {"NEAR of two sets of 3,000",
       brand_with("[" + many(3'000, "w", ",") + "a] NEAR/30 [" + many(3'000, "v", ",") + "b]")},
      {"a chain of 2,000 NEAR", brand_with("a" + times(" NEAR/9 a", 2'000))},
      {"60 levels of lets, three times each", chain_of_lets(60, false)},
      {"70 levels of lets", chain_of_lets(70, false)},
      {"10,000 levels of lets", chain_of_lets(10'000, false)},
      {"lets in a circle of 60", chain_of_lets(60, true)},
      {"lets in a circle of 5,000", chain_of_lets(5'000, true)},
      {"a let that is itself", "let a = $a\n" + brand_with("$a")},
      {"bytes that are no UTF-8", brand_with("mo\xFFka \xC0\x80 \xED\xA0\x80")},
      {"a regular expression that is no UTF-8", brand_with("/mo\xFFka/")},
      {"a word of 100,000 bytes", brand_with(times("a", 100'000))},
      {"a phrase of 10 MB", brand_with("\"" + times("a ", 5'000'000) + "\"")},
      {"a regular expression of 100,000 bytes", brand_with("/" + times("a", 100'000) + "/")},
      {"no end of a quotation", brand_with("\"" + times("a ", 1'000'000))},
      {"zeros", std::string(1'000'000, '\0')},
      {"100,000 errors", many(100'000, "rule nobody.r", " { x }\n")},
      {"100,000 brands", many(100'000, "brand b", " { terms qqqq }\n")},
      {"5,000 regular expressions", brand_with("[" + many(5'000, "/x", "y/,") + "end]")},
      {"500 large ones", brand_with("[" + many(500, "/[^a]{1,200}b", "/,") + "end]")},
      {"2,000 too large ones", brand_with("[" + many(2'000, "/\\pL{1,60}b", "/,") + "end]")},
      {"1,000 rules of too large ones",
       "brand b { terms qqqq }\n" + many(1'000, "rule b.r", " { /\\pL{1,60}x/ }\n")},
      {"combining marks only", brand_with("\"" + times("\xCC\x81", 100) + "\"")},
      {"one byte", "x"},
  };
}

// The time that this process and those that it has waited for took of the processors, and the most
// memory that either held, in KiB. (Linux counts what this process held when it started a process
// as held by that, too.)
struct Used {
  double seconds = 0;
  long own_kib = 0;
  long child_kib = 0;
};

Used used() {
  Used sum;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    ::getrusage(who, &usage);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
      sum.seconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    }
    (who == RUSAGE_SELF ? sum.own_kib : sum.child_kib) = usage.ru_maxrss;
  }
  return sum;
}

// Of this process and of those that it started, so far. What a sanitizer adds for itself (shadow
// bytes, freed memory that it keeps) is no memory of the rules': `./run nightly` measures the
// release build.
void expect_little_memory() {
#ifndef PASSAPAROLA_SANITIZED
  EXPECT_LT(used().own_kib, kMostKiB);
  EXPECT_LT(used().child_kib, kMostKiB);
#endif
}

std::size_t mentions_of(const std::shared_ptr<const Ruleset>& rules, std::string_view text) {
  PostView post;
  post.source = "bluesky";
  post.id = "1";
  post.text = text;
  Arena arena;
  std::vector<match::PostMatch> found;
  match::Matcher(rules, {}).find(std::span(&post, 1), arena, found);
  return found.size();
}

// The brands that a text mentions are those whose pattern RE2 finds in it: nothing is lost by
// Hyperscan's first look, nor by doing without it.
void expect_matches_of(const std::shared_ptr<const Ruleset>& rules,
                       const std::map<std::string, match::Pattern>& patterns) {
  std::mt19937 random(11);
  match::Matcher matcher(rules, {});
  std::size_t found_at_all = 0;
  for (int round = 0; round < 200; ++round) {
    std::string text;
    const std::string_view letters = round % 2 == 0 ? "abx" : "abcdefgxyzq 1#@\n.";
    while (text.size() < 1 + random() % 400) text += letters[random() % letters.size()];
    std::string searched;
    match::append_search_text(text, searched);
    PostView post;
    post.text = text;
    Arena arena;
    std::vector<match::PostMatch> found;
    matcher.find(std::span(&post, 1), arena, found);
    std::set<std::string> brands;
    for (const match::PostMatch& match : found) brands.insert(rules->brands()[match.brand].id);
    for (const auto& [brand, pattern] : patterns) {
      bool expected = false;
      pattern.find(pattern.ignore_case() ? searched : text,
                   [&](std::size_t, std::size_t) { expected = true; });
      EXPECT_EQ(brands.contains(brand), expected) << pattern.regex() << "\nin: " << text;
      found_at_all += expected ? 1 : 0;
    }
  }
  EXPECT_GT(found_at_all, 1'000U);
}

class HostileRules : public ::testing::Test {
 protected:
  match::PatternCompiler compiler() const { return {PASSAPAROLA_PROGRAM, folder_ / "cache"}; }

  Result<std::shared_ptr<const Ruleset>> compile(std::string text) const {
    const std::vector<RuleFile> files{{"hostile.rules", std::move(text)}};
    return Ruleset::compile(files, compiler());
  }

  // Compiles each alone; returns the places of those that are not refused.
  std::vector<std::size_t> compile_each(const std::vector<Hostile>& all) const {
    const auto running = compile("brand moka { terms moka, /mok[ab]+ ?nera/ }");
    EXPECT_TRUE(running.has_value());
    std::vector<std::size_t> compiled;
    std::pair<double, std::string> slowest;
    for (std::size_t i = 0; running && i < all.size(); ++i) {
      const Used before = used();
      const auto rules = compile(all[i].rules);
      const double seconds = used().seconds - before.seconds;
      slowest = std::max(slowest, std::pair(seconds, all[i].name));
      EXPECT_LT(seconds, kMostSecondsOfOne) << all[i].name;
      EXPECT_EQ(mentions_of(*running, "la moka nera"), 1U) << all[i].name;
      EXPECT_EQ(mentions_of(*running, "il tè verde"), 0U) << all[i].name;
      if (rules) compiled.push_back(i);
      if (!rules) {
        EXPECT_EQ(rules.error().code, ErrorCode::invalid_argument) << all[i].name;
      }
    }
    expect_little_memory();
    std::printf(
        "%zu of %zu compiled; slowest in %.2f s: %s; this process held %ld KiB at most, "
        "others %ld\n",
        compiled.size(), all.size(), slowest.first, slowest.second.c_str(), used().own_kib,
        used().child_kib);
    return compiled;
  }

  TemporaryFolder folder_;
};

TEST_F(HostileRules, WithRegexBombsAreRefusedOrCompiledInTimeAloneAndTogether) {
  const std::vector<Hostile> bombs = regex_bombs();
  EXPECT_GE(bombs.size() + other_rules().size(), 100U);
  std::string together;
  std::map<std::string, match::Pattern> patterns;  // by brand
  const std::vector<std::size_t> compiled = compile_each(bombs);
  EXPECT_GT(compiled.size(), 40U);
  for (const std::size_t i : compiled) {
    std::string renamed = bombs[i].rules;
    for (const std::string_view name : {"brand b", "rule b"}) {
      renamed.insert(renamed.find(name) + name.size(), std::to_string(i));
    }
    together += renamed;
    patterns.emplace("b" + std::to_string(i), match::Pattern(bombs[i].regex, bombs[i].any_case));
  }
  const Used before = used();
  const auto begin = Clock::now();
  const auto rules = compile(together);
  const double seconds = Seconds(Clock::now() - begin).count();
  EXPECT_LT(seconds, kMaxPatternSetCompileMs / 1e3 + 1);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  expect_little_memory();
  std::printf("together in %.1f s, %.1f of the processor, %zu looked for by RE2\n", seconds,
              used().seconds - before.seconds, (*rules)->warnings().size());
  expect_matches_of(*rules, patterns);
}

TEST_F(HostileRules, OfOtherKindsAreRefusedOrCompiledInTime) {
  const std::vector<Hostile> all = other_rules();
  EXPECT_GT(compile_each(all).size(), 3U);
}

TEST_F(HostileRules, AreFoundWithoutHyperscanAndCompiledOnce) {
  const std::string text =
      "brand b { terms qqqq }\nrule b.bomb { /(?:^|\\b.)(?:(?:a|\\b)?.*){150}x/ }\n"
      "rule b.good { /mok[ab]+ nera/ }\nbrand c { terms /caff. ?x/ }";
  const auto rules = compile(text);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  // From now on a program that answers nothing shows that none is asked.
  const std::vector<RuleFile> files{{"hostile.rules", text}};
  const auto again = Ruleset::compile(files, {"/bin/false", folder_ / "cache"});
  ASSERT_TRUE(again.has_value()) << again.error().message;
  for (const auto& judge : {*rules, *again}) {
    ASSERT_EQ(judge->warnings().size(), 1U);
    EXPECT_EQ(judge->warnings().front().code, "W-COST");
    EXPECT_EQ(judge->warnings().front().line, 2U);
    EXPECT_EQ(judge->warnings().front().column, 15U);
    EXPECT_EQ(mentions_of(judge, "only an x"), 1U);
    EXPECT_EQ(mentions_of(judge, "moka nera"), 1U);
    EXPECT_EQ(mentions_of(judge, "caffe x"), 2U);
    EXPECT_EQ(mentions_of(judge, "nothing"), 0U);
  }
  const auto other = Ruleset::compile(files, {"/bin/false", folder_ / "other"});
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, ErrorCode::io);
}

#ifndef PASSAPAROLA_SANITIZED  // a sanitized program needs terabytes of addresses to start
// The program, given less memory than the one expression needs and more than the other does.
TEST_F(HostileRules, ThatTakeTooMuchMemoryAreLeftOutAlone) {
  const auto script = folder_ / "little-memory";
  write_file(script, "#!/bin/sh\nulimit -v 118000\nexec '" PASSAPAROLA_PROGRAM "' \"$@\"\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  const std::vector<RuleFile> files{{"hostile.rules",
                                     "brand b { terms /mok[ab]+ nera/ }\nbrand c { terms qqqq }\n"
                                     "rule c.large { /(a.*b|c.*d|e.*f){60}g/ }"}};
  const auto rules = Ruleset::compile(files, {script, {}});
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  ASSERT_EQ((*rules)->warnings().size(), 1U);
  EXPECT_EQ((*rules)->warnings().front().line, 3U);
  EXPECT_NE((*rules)->warnings().front().message.find("memory"), std::string::npos);
  EXPECT_EQ(mentions_of(*rules, "moka nera"), 1U);
  EXPECT_EQ(mentions_of(*rules, times("ab", 60) + "g"), 1U);
}

#endif

TEST_F(HostileRules, AreNamedByRulesCheck) {
  ::setenv("PASSAPAROLA_CACHE", (folder_ / "cache").c_str(), 1);
  write_file(folder_ / "a.rules", "brand b { terms /(^a|b)+x/ }\n");
  const std::string rules = (folder_ / "a.rules").string();
  const Finished text = run_program(folder_.path(), {"rules", "check", rules});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("a.rules:1:17: warning W-COST: "), std::string::npos) << text.out;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "cache"));
  const Finished json = run_program(folder_.path(), {"rules", "check", "--json", rules});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_NE(json.out.find("\"W-COST\""), std::string::npos) << json.out;
  ::unsetenv("PASSAPAROLA_CACHE");
}

TEST_F(HostileRules, AThousandOrdinaryExpressionsAreNoHostileRules) {
  std::string rules = "brand b { terms qqqq }\n";
  for (int i = 0; i < 1'000; ++i) {
    const std::string n = std::to_string(i);
    rules += "rule b.r" + n + " { /brand" + n + "[a-z]{2,6} ?(nera|v" + n + ")[0-9]+/ }\n";
  }
  const auto begin = Clock::now();
  const auto compiled = compile(rules);
  ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
  std::printf("1,000 expressions compiled in %.2f s\n", Seconds(Clock::now() - begin).count());
  EXPECT_EQ((*compiled)->warnings().size(), 0U);
  EXPECT_EQ(mentions_of(*compiled, "a brand77abc nera5 b"), 1U);
  const auto again_begin = Clock::now();
  ASSERT_TRUE(compile(rules).has_value());
  std::printf("from the cache in %.2f s\n", Seconds(Clock::now() - again_begin).count());
}

}  // namespace
}  // namespace passaparola::testing
