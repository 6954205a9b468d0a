// Matching at scale: what a post costs with 1 to 100,000 rules of words and phrases, and with 1,000
// regular expressions, beside Hyperscan, RE2::Set and ripgrep doing nothing but looking for the
// same terms. Usage: match_bench [FILE.ndjson…], whose texts are repeated to 100,000 posts; without
// files the texts are coined. About 5 % of the posts hold a term at every size. Before anything is
// timed, the places found are compared with Hyperscan's on every post, and what the matcher says
// with the reference engine on a sample. Processor time, median of 5 (lowest–highest).
#include <fmt/format.h>
#include <hs/hs.h>
#include <re2/re2.h>
#include <re2/set.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/arena.h"
#include "core/check.h"
#include "match/compiled.h"
#include "match/reference.h"
#include "match/search_text.h"
#include "match_workload.h"

namespace {

using namespace passaparola;
using namespace passaparola::match;
using bench::Words;

constexpr std::size_t kPosts = 100'000;
constexpr std::size_t kMaxPostBytes = 300;
constexpr double kShare = 0.05;
constexpr std::size_t kSample = 2'000;
constexpr std::size_t kBatch = 1'000;
constexpr std::size_t kScanBytes = 128 << 10;  // as the matcher lays out
constexpr std::size_t kRulesPerBrand = 100;
constexpr std::size_t kSlowRules = 10'000;  // above, RE2::Set and ripgrep are left out
constexpr std::size_t kRuns = 5;
constexpr double kMaxSeconds = 10;  // what takes longer is measured fewer times, and says so

double seconds_of(int who) {
  rusage used{};
  getrusage(who, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// Nanoseconds a post: processor time, for others may share the machine.
template <typename Work>
std::string measured(std::size_t posts, Work work, int who = RUSAGE_SELF) {
  std::vector<double> runs;
  double spent = 0;
  while (runs.size() < kRuns && spent < kMaxSeconds) {
    const double start = seconds_of(who);
    work();
    spent += seconds_of(who) - start;
    runs.push_back(1e9 * (seconds_of(who) - start) / static_cast<double>(posts));
  }
  std::sort(runs.begin(), runs.end());
  return fmt::format("{:.0f} ({:.0f}–{:.0f}{})", runs[runs.size() / 2], runs.front(), runs.back(),
                     runs.size() < kRuns ? fmt::format(", {} runs", runs.size()) : "");
}

struct Workload {
  std::vector<std::string> texts;
  std::vector<PostView> posts;
  std::vector<std::string> laid;  // search texts end to end, kScanBytes at a time
};

Workload make_workload(std::vector<std::string> base) {
  Workload load;
  for (std::size_t i = 0; i < kPosts; ++i) load.texts.push_back(base[i % base.size()]);
  load.posts.resize(kPosts);
  for (std::size_t i = 0; i < kPosts; ++i) {
    load.posts[i].text = load.texts[i];
    if (load.laid.empty() || load.laid.back().size() >= kScanBytes) load.laid.emplace_back();
    append_search_text(load.texts[i], load.laid.back());
    load.laid.back().push_back('\n');
  }
  return load;
}

std::string as_rules(const std::vector<std::string>& atoms) {
  std::string text;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const std::string brand = fmt::format("b{}", i / kRulesPerBrand);
    if (i % kRulesPerBrand == 0) text += "brand " + brand + " { terms nothingsuch" + brand + " }\n";
    text += fmt::format("rule {}.r{} {{ {} }}\n", brand, i, atoms[i]);
  }
  return text;
}

std::shared_ptr<const Ruleset> compile_rules(const std::string& text) {
  const std::vector<RuleFile> files{{"bench.rules", text}};
  auto rules = Ruleset::compile(files);
  CHECK(rules.has_value(), rules ? "" : rules.error().message.c_str());
  return *rules;
}

// The terms looked for by Hyperscan alone, with the ASCII word edges that it needs.
class BareHyperscan {
 public:
  explicit BareHyperscan(const std::vector<std::string>& terms) : terms_(terms) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    std::vector<unsigned> ids;
    for (const std::string& term : terms) {
      ids.push_back(static_cast<unsigned>(ids.size()));
      texts.push_back(term.data());
      sizes.push_back(term.size());
    }
    const std::vector<unsigned> flags(terms.size());
    hs_compile_error_t* error = nullptr;
    CHECK(hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
                               static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr,
                               &database_, &error) == HS_SUCCESS,
          "the terms compile");
    CHECK(hs_alloc_scratch(database_, &scratch_) == HS_SUCCESS, "there is memory");
  }
  ~BareHyperscan() {
    hs_free_scratch(scratch_);
    hs_free_database(database_);
  }
  BareHyperscan(const BareHyperscan&) = delete;
  BareHyperscan& operator=(const BareHyperscan&) = delete;

  const std::vector<LiteralHit>& find(std::string_view text) {
    text_ = text;
    hits_.clear();
    const auto on_match = [](unsigned id, unsigned long long, unsigned long long to, unsigned,
                             void* context) {
      auto& self = *static_cast<BareHyperscan*>(context);
      const auto is_word = [](char c) {
        return static_cast<unsigned char>(c) < 0x80 && (std::isalnum(c) != 0 || c == '_');
      };
      const std::size_t begin = to - self.terms_[id].size();
      if (begin > 0 && is_word(self.text_[begin - 1]) && is_word(self.text_[begin])) return 0;
      if (to < self.text_.size() && is_word(self.text_[to]) && is_word(self.text_[to - 1]))
        return 0;
      self.hits_.push_back({id, static_cast<std::uint32_t>(to)});
      return 0;
    };
    CHECK(hs_scan(database_, text.data(), static_cast<unsigned>(text.size()), 0, scratch_, on_match,
                  this) == HS_SUCCESS,
          "Hyperscan scans");
    return hits_;
  }

 private:
  const std::vector<std::string>& terms_;
  hs_database_t* database_ = nullptr;
  hs_scratch_t* scratch_ = nullptr;
  std::string_view text_;
  std::vector<LiteralHit> hits_;
};

using Found = std::vector<std::pair<std::size_t, std::string_view>>;  // end, term

// Between word edges, which are all that count, the scanner and Hyperscan find the same places.
void check_places(const Ruleset& rules, BareHyperscan& bare, const std::vector<std::string>& terms,
                  const Workload& load) {
  const Program& program = rules.compiled().program;
  const auto scratch = rules.compiled().scanner->make_scratch();
  std::vector<LiteralHit> hits;
  for (const std::string& text : load.laid) {
    const auto add = [&](const LiteralHit& hit, const std::string& term, Found& found) {
      if (is_word_edge(text, hit.end) && is_word_edge(text, hit.end - term.size())) {
        found.emplace_back(hit.end, term);
      }
    };
    Found ours;
    hits.clear();
    rules.compiled().scanner->find_literals(text, *scratch, hits);
    for (const LiteralHit& hit : hits) add(hit, program.literals[hit.literal].text, ours);
    Found theirs;
    for (const LiteralHit& hit : bare.find(text)) add(hit, terms[hit.literal], theirs);
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    CHECK(ours == theirs, "the scanner finds what Hyperscan finds");
  }
}

void check_sample(const Ruleset& rules, const Workload& load, const std::vector<PostMatch>& found,
                  std::size_t sample) {
  const RuleBook& book = rules.compiled().book;
  Subject subject;
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < sample; ++i) {
    subject.reset(load.posts[i], nullptr);
    for (const ReferenceMention& mention : Reference(book, subject).mentions({})) {
      CHECK(next < found.size() && found[next].post == i && found[next].brand == mention.brand,
            "the matcher finds what the reference engine finds");
      const auto& matches = found[next++].matches;
      CHECK(matches.size() == mention.matches.size(), "the same spans");
      CHECK(matches[0].begin == mention.matches[0].first.begin, "at the same places");
    }
    CHECK(next == found.size() || found[next].post > i, "and nothing else");
  }
}

class WholeMatcher {
 public:
  WholeMatcher(std::shared_ptr<const Ruleset> rules, const Workload& load)
      : load_(load), matcher_(std::move(rules), {}) {}

  const std::vector<PostMatch>& find() {
    found_.clear();
    arena_.reset();
    const std::span<const PostView> all(load_.posts);
    for (std::size_t i = 0; i < kPosts; i += kBatch) {
      const std::size_t size = found_.size();
      matcher_.find(all.subspan(i, kBatch), arena_, found_);
      for (std::size_t m = size; m < found_.size(); ++m) {
        found_[m].post += static_cast<std::uint32_t>(i);
      }
    }
    return found_;
  }

  double share() {
    find();
    std::size_t matched = 0;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      matched += i == 0 || found_[i].post != found_[i - 1].post ? 1 : 0;
    }
    return static_cast<double>(matched) / kPosts;
  }

 private:
  const Workload& load_;
  Matcher matcher_;
  Arena arena_;
  std::vector<PostMatch> found_;
};

// Post by post, for a set says what stands in a text, not where. Empty when it ran out of memory.
std::string measure_set(const std::vector<std::string>& patterns, const Workload& load) {
  RE2::Options options;
  options.set_max_mem(std::int64_t{1} << 30);
  options.set_log_errors(false);
  RE2::Set set(options, RE2::UNANCHORED);
  for (const std::string& pattern : patterns) {
    if (set.Add(pattern, nullptr) < 0) return "refused";
  }
  if (!set.Compile()) return "out of memory";
  std::size_t posts = kPosts;
  while (patterns.size() * posts > std::size_t{1} << 29) posts /= 2;  // large sets take long
  bool failed = false;
  std::vector<int> found;
  const std::string result = measured(posts, [&] {
    std::size_t at = 0;
    for (const std::string& batch : load.laid) {
      for (std::size_t begin = 0; begin < batch.size() && at < posts; ++at) {
        const std::size_t end = batch.find('\n', begin);
        RE2::Set::ErrorInfo error{};
        found.clear();
        set.Match(std::string_view(batch).substr(begin, end - begin), &found, &error);
        failed |= error.kind == RE2::Set::kOutOfMemory;
        begin = end + 1;
      }
    }
  });
  return failed ? "out of memory" : result;
}

// The whole process with one thread, over the posts as lines.
std::string measure_ripgrep(const std::vector<std::string>& terms, const Workload& load) {
  if (std::system("command -v rg >/dev/null") != 0) return "not installed";
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("match_bench.{}", getpid());
  std::filesystem::create_directory(folder);
  std::ofstream list(folder / "terms");
  for (const std::string& term : terms) list << term << '\n';
  list.close();
  std::ofstream lines(folder / "posts");
  for (const std::string& text : load.texts) lines << text << '\n';
  lines.close();
  const std::string command =
      fmt::format("rg -F -w -i -c -j1 -f {0}/terms {0}/posts >/dev/null 2>&1", folder.string());
  bool failed = false;
  const std::string result = measured(
      kPosts, [&] { failed |= std::system(command.c_str()) != 0; }, RUSAGE_CHILDREN);
  std::filesystem::remove_all(folder);
  return failed ? "refused" : result;
}

void measure_terms(Words& words, const std::vector<std::string>& base, const Workload& load,
                   std::size_t count) {
  const std::vector<std::string> terms = bench::draw_terms(words, base, count, kShare);
  std::vector<std::string> atoms;
  std::vector<std::string> patterns;
  for (const std::string& term : terms) {
    atoms.push_back("\"" + term + "\"");
    patterns.push_back("\\b" + RE2::QuoteMeta(term) + "\\b");
  }
  const std::string text = as_rules(atoms);
  const double start = seconds_of(RUSAGE_SELF);
  const auto rules = compile_rules(text);
  const double compiled = seconds_of(RUSAGE_SELF);
  // The brands' own words, which no post holds, are looked for as well.
  std::vector<std::string> literals;
  for (const Literal& literal : rules->compiled().program.literals)
    literals.push_back(literal.text);
  const double before_bare = seconds_of(RUSAGE_SELF);
  BareHyperscan bare(literals);
  const double bare_compiled = seconds_of(RUSAGE_SELF);
  check_places(*rules, bare, literals, load);
  WholeMatcher matcher(rules, load);
  const std::size_t sample = std::clamp<std::size_t>(20'000'000 / count, 50, kSample);
  check_sample(*rules, load, matcher.find(), sample);
  const Scanner& scanner = *rules->compiled().scanner;
  const auto scratch = scanner.make_scratch();
  std::vector<LiteralHit> hits;
  const std::string scan = measured(kPosts, [&] {
    for (const std::string& batch : load.laid) {
      hits.clear();
      scanner.find_literals(batch, *scratch, hits);
    }
  });
  const std::string hyperscan = measured(kPosts, [&] {
    for (const std::string& batch : load.laid) bare.find(batch);
  });
  const std::string whole = measured(kPosts, [&] { matcher.find(); });
  const bool slow = count > kSlowRules;
  fmt::print("{:>7} | {:.2f} | {:>17} | {:>17} | {:>17} | {:>20} | {:>20} | {:.0f} | {:.0f}\n",
             count, 100 * matcher.share(), scan, whole, hyperscan,
             slow ? "left out" : measure_set(patterns, load),
             slow ? "left out" : measure_ripgrep(terms, load), 1e3 * (compiled - start),
             1e3 * (bare_compiled - before_bare));
  std::fflush(stdout);
}

// Regular expressions made of terms: a word with its plural, a phrase with any space.
void measure_regexes(Words& words, const std::vector<std::string>& base, const Workload& load,
                     std::size_t count) {
  std::vector<std::string> patterns;
  std::vector<std::string> atoms;
  for (const std::string& term : bench::draw_terms(words, base, count, kShare)) {
    const std::size_t space = term.find(' ');
    std::string pattern = "\\b" + term.substr(0, space);
    pattern += space == std::string::npos ? "(s|es)?" : "[ -]+" + term.substr(space + 1);
    patterns.push_back(pattern + "\\b");
    atoms.push_back("/" + patterns.back() + "/i");
  }
  const double start = seconds_of(RUSAGE_SELF);
  const auto rules = compile_rules(as_rules(atoms));
  const double compiled = seconds_of(RUSAGE_SELF);
  WholeMatcher matcher(rules, load);
  check_sample(*rules, load, matcher.find(), 500);
  const std::string whole = measured(kPosts, [&] { matcher.find(); });
  fmt::print(
      "\n{} regular expressions, {:.2f} % match: Matcher::find {}, RE2::Set {} ns a post; "
      "compiled in {:.0f} ms\n",
      count, 100 * matcher.share(), whole, measure_set(patterns, load), 1e3 * (compiled - start));
}

void run(const std::vector<std::string>& files) {
  Words words;
  const std::vector<std::string> base =
      files.empty() ? bench::coin_texts(words, 50'000) : bench::read_texts(files, kMaxPostBytes);
  CHECK(!base.empty(), "the files hold texts");
  const Workload load = make_workload(base);
  std::size_t bytes = 0;
  for (const std::string& text : load.texts) bytes += text.size();
  fmt::print("{} posts of {} bytes, made of {} texts; ns a post, median of {} (lowest–highest)\n",
             kPosts, bytes / kPosts, base.size(), kRuns);
  std::string folded;
  fmt::print("fold and lay out: {}\n", measured(kPosts, [&] {
               for (const std::string& text : load.texts) {
                 if (folded.size() >= kScanBytes) folded.clear();
                 append_search_text(text, folded);
                 folded.push_back('\n');
               }
             }));
  fmt::print(
      "  rules | % match | find_literals | Matcher::find | bare Hyperscan | RE2::Set | ripgrep "
      "| compile ms | Hyperscan compile ms\n");
  for (const std::size_t count : {1U, 100U, 1'000U, 10'000U, 100'000U}) {
    measure_terms(words, base, load, count);
  }
  measure_regexes(words, base, load, 1'000);
}

}  // namespace

int main(int argc, char** argv) { run({argv + 1, argv + argc}); }
