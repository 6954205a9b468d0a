// Matching: 10,000 coined rules (words, phrases, tags, handles) over 200,000 texts of about 146
// bytes, 5 % of which hold a rule's words. The answer is checked against the reference engine on a
// sample before anything is timed. Prints ns a post, the median of 5 runs.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "core/arena.h"
#include "core/check.h"
#include "match/compiled.h"
#include "match/reference.h"
#include "match/search_text.h"

namespace {

using namespace passaparola;
using namespace passaparola::match;

constexpr std::size_t kRules = 10'000;
constexpr std::size_t kPosts = 200'000;
constexpr std::size_t kSample = 300;
constexpr std::size_t kBatch = 1'000;
constexpr int kRuns = 5;

class Words {
 public:
  std::size_t below(std::size_t n) { return engine_() % n; }
  std::string coin(std::size_t syllables) {
    static constexpr const char* kSyllables[] = {
        "ba", "co", "di", "fe",   "gu",  "la",  "mo",  "ni",  "pe",  "qui", "ro", "sa",
        "te", "vu", "za", "stra", "ble", "cri", "nto", "lla", "rre", "gno", "sci"};
    std::string word;
    for (std::size_t i = 0; i < syllables; ++i) word += kSyllables[below(std::size(kSyllables))];
    return word;
  }

 private:
  std::mt19937_64 engine_{20261122};
};

// 45 % words, 30 % phrases, 15 % tags, 10 % handles: as written in a rule and as in a post.
std::string coin_atom(Words& words) {
  const std::size_t kind = words.below(100);
  if (kind < 45) return words.coin(4);
  if (kind < 75) return words.coin(3) + " " + words.coin(2 + words.below(2));
  return (kind < 90 ? "#" : "@") + words.coin(4);
}

std::string coin_text(Words& words, const std::vector<std::string>& vocabulary) {
  std::string text;
  const std::size_t size = 110 + words.below(72);
  while (text.size() < size) {
    text += vocabulary[words.below(words.below(vocabulary.size()) + 1)];
    text += words.below(12) == 0 ? ". " : " ";
    if (words.below(60) == 0) text += "https://t.example/" + words.coin(3) + " ";
    if (words.below(40) == 0) text += "perché ";
    if (words.below(25) == 0) text[text.size() - 2] = 'A';
  }
  return text;
}

template <typename Work>
void measure(const char* name, Work work) {
  std::vector<double> runs;
  for (int i = 0; i < kRuns; ++i) {
    const std::clock_t start = std::clock();  // processor time: others may share the machine
    work();
    runs.push_back(1e9 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / kPosts);
  }
  std::sort(runs.begin(), runs.end());
  fmt::print("{:<28} {:>7.1f} ns/post\n", name, runs[kRuns / 2]);
}

std::shared_ptr<const Ruleset> compile_rules(const std::vector<std::string>& atoms) {
  std::string text;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const bool phrase = atoms[i].find(' ') != std::string::npos;
    const std::string atom = phrase ? "\"" + atoms[i] + "\"" : atoms[i];
    const char first = atoms[i].front();
    const char* const item = first == '#' ? "hashtags" : first == '@' ? "handles" : "terms";
    text += fmt::format("brand b{} {{ {} {} }}\n", i, item, atom);
  }
  const std::vector<RuleFile> files{{"bench.rules", text}};
  auto rules = Ruleset::compile(files);
  CHECK(rules.has_value(), "the rules of the bench compile");
  return *rules;
}

void check_sample(const Ruleset& rules, const std::vector<PostView>& posts,
                  const std::vector<PostMatch>& found) {
  const RuleBook& book = rules.compiled().book;
  Subject subject;
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < kSample; ++i) {
    subject.reset(posts[i], nullptr);
    for (const ReferenceMention& mention : Reference(book, subject).mentions()) {
      CHECK(next < found.size() && found[next].post == i && found[next].brand == mention.brand,
            "the matcher finds what the reference engine finds");
      const auto& matches = found[next++].matches;
      CHECK(matches.size() == mention.matches.size(), "the same spans");
      CHECK(matches[0].begin == mention.matches[0].first.begin, "at the same places");
    }
    CHECK(next == found.size() || found[next].post > i, "and nothing else");
  }
}

// The steps of matching by themselves: folding, then scanning what was folded.
void measure_parts(const Ruleset& rules, const std::vector<std::string>& texts) {
  std::string folded_text;
  measure("fold", [&] {
    for (std::size_t i = 0; i < kPosts; ++i) {
      if (i % kBatch == 0) folded_text.clear();
      append_search_text(texts[i], folded_text);
      folded_text.push_back('\n');
    }
  });
  const Scanner& scanner = *rules.compiled().scanner;
  const auto scratch = scanner.make_scratch();
  std::vector<std::string> laid;
  for (std::size_t i = 0; i < kPosts; ++i) {
    if (i % kBatch == 0) laid.emplace_back();
    append_search_text(texts[i], laid.back());
    laid.back().push_back('\n');
  }
  std::vector<LiteralHit> hits;
  measure("scan", [&] {
    for (const std::string& batch : laid) {
      hits.clear();
      scanner.find_literals(batch, *scratch, hits);
    }
  });
}

void run() {
  Words words;
  std::vector<std::string> vocabulary;
  for (int i = 0; i < 20'000; ++i) vocabulary.push_back(words.coin(1 + words.below(3)));
  std::vector<std::string> atoms;
  for (std::size_t i = 0; i < kRules; ++i) atoms.push_back(coin_atom(words));
  std::sort(atoms.begin(), atoms.end());
  const auto rules = compile_rules(atoms);
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < kPosts; ++i) {
    texts.push_back(coin_text(words, vocabulary));
    if (words.below(20) == 0) texts.back() += atoms[words.below(kRules)];
    bytes += texts.back().size();
  }
  std::vector<PostView> posts(kPosts);
  for (std::size_t i = 0; i < kPosts; ++i) posts[i].text = texts[i];

  Matcher matcher(rules, {});
  Arena arena;
  std::vector<PostMatch> found;
  const auto find_all = [&] {
    found.clear();
    arena.reset();
    const std::span<const PostView> all(posts);
    for (std::size_t i = 0; i < kPosts; i += kBatch) {
      const std::size_t size = found.size();
      matcher.find(all.subspan(i, kBatch), arena, found);
      for (std::size_t m = size; m < found.size(); ++m) {
        found[m].post += static_cast<std::uint32_t>(i);
      }
    }
  };
  find_all();
  check_sample(*rules, posts, found);
  std::size_t matched = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    matched += i == 0 || found[i].post != found[i - 1].post;
  }
  fmt::print("{} brands, {} posts of {} bytes, {:.2f} % match\n", rules->brands().size(), kPosts,
             bytes / kPosts, 100.0 * static_cast<double>(matched) / kPosts);

  measure_parts(*rules, texts);
  measure("Matcher::find", find_all);
}

}  // namespace

int main() { run(); }
