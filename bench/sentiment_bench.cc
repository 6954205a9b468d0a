// Microseconds and allocations a text for score() and enrich(), over the texts of a labelled file,
// beside a loop that only cuts them into tokens.
//   sentiment_bench LEXICONS TEXTS.tsv [REFERENCE.txt]
// With a reference every score is compared to it, to four decimals, before anything is timed.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "core/arena.h"
#include "sentiment/reading.h"
#include "sentiment/sentiment.h"

namespace {
std::size_t allocations = 0;  // of the one thread that there is
}

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace passaparola;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 20;

std::vector<std::string> second_column(const char* path) {
  std::vector<std::string> texts;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const std::size_t begin = line.find('\t') + 1;
    texts.push_back(line.substr(begin, line.find('\t', begin) - begin));
  }
  return texts;
}

bool equals_reference(const sentiment::Scorer& scorer, const std::vector<std::string>& texts,
                      const char* path) {
  std::ifstream in(path);
  std::size_t different = 0;
  Arena arena;
  for (const std::string& text : texts) {
    std::string expected;
    if (!std::getline(in, expected)) break;
    arena.reset();
    const double score = scorer.score_by_vader(text, "en", arena).score;
    different += std::abs(score - std::stod(expected)) < 0.00005 ? 0U : 1U;
  }
  std::printf("%zu of %zu texts differ from the reference\n", different, texts.size());
  return different * 200 <= texts.size();
}

// Processor time, which a busy machine spoils less; the best of some rounds over all texts.
template <typename Work>
void time(const char* name, const std::vector<std::string>& texts, Work work) {
  double best = 1e18;
  double sum = 0;
  std::size_t of_round = 0;
  Arena arena;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t before = allocations;
    const std::clock_t begin = std::clock();
    for (const std::string& text : texts) {
      arena.reset();
      sum += work(text, arena);
    }
    const double taken = 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    best = std::min(best, taken / static_cast<double>(texts.size()));
    of_round = allocations - before;
  }
  std::printf("%-22s %7.3f us a text, %6.2f allocations (sum %.3f)\n", name, best,
              static_cast<double>(of_round) / static_cast<double>(texts.size()), sum);
}

double enrich(const sentiment::Scorer& scorer, std::string_view text, std::string_view lang,
              Arena& arena) {
  PostView post;
  post.text = text;
  post.lang = lang;
  // The brand is the middle word, so that every text has a target clause.
  Match match;
  const std::size_t middle = text.find(' ', text.size() / 2);
  match.begin = static_cast<std::uint32_t>(middle == std::string_view::npos ? 0 : middle + 1);
  match.end = static_cast<std::uint32_t>(std::min(text.find(' ', match.begin), text.size()));
  const sentiment::Target target{"Brand", {}, {}, {&match, 1}, false};
  return scorer.enrich(post, target, arena).sentiment.score;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: sentiment_bench LEXICONS TEXTS.tsv [REFERENCE.txt]\n");
    return 2;
  }
  const auto begin = Clock::now();
  const auto loaded = sentiment::Scorer::load(argv[1]);
  if (!loaded) {
    std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
    return 1;
  }
  const std::chrono::duration<double, std::milli> load_time = Clock::now() - begin;
  const sentiment::Scorer& scorer = **loaded;
  const std::vector<std::string> texts = second_column(argv[2]);
  if (texts.empty()) return 1;
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  std::printf("load %.0f ms; %zu texts of %.0f bytes\n", load_time.count(), texts.size(),
              static_cast<double>(bytes) / static_cast<double>(texts.size()));
  if (argc > 3 && !equals_reference(scorer, texts, argv[3])) return 1;
  sentiment::Lexicons lexicons;
  if (auto done = load_lexicons(argv[1], lexicons); !done) return 1;
  sentiment::Reading reading;
  time("tokens alone", texts, [&](std::string_view text, Arena&) {
    cut_text(lexicons, text, reading);
    return static_cast<double>(reading.tokens.size());
  });
  time("VADER, English", texts, [&](std::string_view text, Arena& arena) {
    return scorer.score_by_vader(text, "en", arena).score;
  });
  time("score, English", texts,
       [&](std::string_view text, Arena& arena) { return scorer.score(text, "en", arena).score; });
  time("score, Italian", texts,
       [&](std::string_view text, Arena& arena) { return scorer.score(text, "it", arena).score; });
  time("enrich, English", texts,
       [&](std::string_view text, Arena& arena) { return enrich(scorer, text, "en", arena); });
  time("enrich, Italian", texts,
       [&](std::string_view text, Arena& arena) { return enrich(scorer, text, "it", arena); });
  time("enrich, no language", texts,
       [&](std::string_view text, Arena& arena) { return enrich(scorer, text, "", arena); });
  return 0;
}
