// The dictionary against the obvious way, std::string::find and is_word_edge, over random literals
// and texts; and the fast way of cutting words against the plain one. PASSAPAROLA_SEED repeats a
// run, PASSAPAROLA_PAIRS makes it longer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "match/dictionary.h"
#include "match/search_text.h"

namespace passaparola::match {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <std::size_t N>
  std::string pick(const char* const (&items)[N]) {
    return items[below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

// Few different pieces, so that literals overlap and repeat.
std::string word(Random& random) {
  if (random.one_in(200)) return std::string(10 + random.below(300), 'a');
  if (random.one_in(100)) return std::string(15 + random.below(3), random.one_in(2) ? 'a' : 'b');
  return random.pick({"moka", "nera", "mok",  "caffè", "caffe", "aa",    "a",  "ab",     "b",
                      "the",  "to",   "東京", "è",     "東",    "moka1", "2",  "_",      "a_b",
                      "ж",    "मोका", "ㅎ",   "ไทย",   "𝄞",     "ñu",    "🙂", "a\u0301"});
}

std::string joint(Random& random) {
  return random.pick({" ", " ", " ",  " ",  "-", "'", ".", "",       "_",  "/",  "’",      "\u00A0",
                      "“", "”", "☕", "🙂", "#", "@", "$", "\u0301", "\n", "  ", "\u2009", "…"});
}

std::string random_text(Random& random, std::size_t words) {
  std::string out;
  for (std::size_t i = 0; i < words; ++i) out += word(random) + joint(random);
  return out;
}

std::string literal(Random& random) {
  std::string out = random.one_in(3) ? random.pick({"#", "@", "$", "(", "☕"}) : "";
  out += word(random);
  for (std::size_t more = random.one_in(2) ? 0 : random.below(4); more > 0; --more) {
    out += joint(random) + word(random);
  }
  if (random.one_in(8)) out += joint(random);
  return out;
}

using Hits = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // end, literal

Hits obvious(const std::vector<std::string>& literals, std::string_view text) {
  Hits hits;
  for (std::uint32_t i = 0; i < literals.size(); ++i) {
    for (std::size_t at = text.find(literals[i]); at != std::string_view::npos;
         at = text.find(literals[i], at + 1)) {
      const std::size_t end = at + literals[i].size();
      if (is_word_edge(text, at) && is_word_edge(text, end)) {
        hits.emplace_back(static_cast<std::uint32_t>(end), i);
      }
    }
  }
  std::sort(hits.begin(), hits.end());
  return hits;
}

Hits found(const Dictionary& dictionary, std::string_view text, WordReader::Way way) {
  std::vector<LiteralHit> hits;
  dictionary.find(text, hits, way);
  Hits out;
  for (const LiteralHit& hit : hits) out.emplace_back(hit.end, hit.literal);
  std::sort(out.begin(), out.end());
  return out;
}

TEST(DictionaryProperty, FindsWhatTheObviousWayFinds) {
  const std::uint64_t seed = number_from("PASSAPAROLA_SEED", std::random_device{}());
  const std::uint64_t pairs = number_from("PASSAPAROLA_PAIRS", 4'000);
  SCOPED_TRACE("PASSAPAROLA_SEED=" + std::to_string(seed));
  RecordProperty("seed", std::to_string(seed));
  std::printf("PASSAPAROLA_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Random random(seed);
  std::size_t hits = 0;
  std::size_t beside_others = 0;
  for (std::uint64_t pair = 0; pair < pairs;) {
    std::set<std::string> chosen;
    const std::size_t size = random.one_in(4) ? 1 + random.below(3) : 1 + random.below(60);
    for (std::size_t i = 0; i < size; ++i) {
      std::string text = literal(random);
      if (Dictionary::takes(text)) chosen.insert(std::move(text));
    }
    const std::vector<std::string> literals(chosen.begin(), chosen.end());
    std::vector<Dictionary::Entry> entries;
    for (std::uint32_t i = 0; i < literals.size(); ++i) entries.push_back({literals[i], i});
    const Dictionary dictionary(entries);
    for (int i = 0; i < 8; ++i, ++pair) {
      // Some texts are longer than a window of the reader.
      const std::string text = random_text(random, random.below(random.one_in(16) ? 1200 : 40));
      const Hits wanted = obvious(literals, text);
      ASSERT_EQ(found(dictionary, text, WordReader::Way::fast), wanted) << text;
      ASSERT_EQ(found(dictionary, text, WordReader::Way::plain), wanted) << text;
      hits += wanted.size();
      beside_others += static_cast<std::size_t>(
          std::count_if(wanted.begin(), wanted.end(), [&](const auto& hit) {
            return hit.first < text.size() && static_cast<unsigned char>(text[hit.first]) >= 0x80;
          }));
    }
  }
  EXPECT_GT(hits, pairs) << "the texts hold the literals";
  EXPECT_GT(beside_others, pairs / 20) << "also beside what is no ASCII";
}

TEST(DictionaryProperty, BothWaysCutTheSameWords) {
  const std::uint64_t seed = number_from("PASSAPAROLA_SEED", std::random_device{}());
  SCOPED_TRACE("PASSAPAROLA_SEED=" + std::to_string(seed));
  Random random(seed);
  std::vector<PlainWord> fast(WordReader::kMaxWords);
  std::vector<PlainWord> plain(WordReader::kMaxWords);
  for (int i = 0; i < 500; ++i) {
    std::string text = random_text(random, random.below(300));
    for (std::size_t at = 0; at < text.size(); at += 1 + random.below(40)) {
      // Any ASCII character in the place of another, so that characters stay whole.
      if (static_cast<unsigned char>(text[at]) < 0x80) {
        text[at] = static_cast<char>(random.below(0x80));
      }
    }
    WordReader a(text, WordReader::Way::fast);
    WordReader b(text, WordReader::Way::plain);
    while (!a.done()) {
      ASSERT_FALSE(b.done());
      const std::size_t count = a.read(fast);
      ASSERT_EQ(count, b.read(plain));
      ASSERT_TRUE(std::equal(fast.begin(), fast.begin() + static_cast<std::ptrdiff_t>(count),
                             plain.begin()));
      for (std::size_t w = 0; w < count; ++w) {
        EXPECT_TRUE(is_word_edge(text, fast[w].begin) && is_word_edge(text, fast[w].end));
      }
    }
    ASSERT_TRUE(b.done());
  }
}

}  // namespace
}  // namespace passaparola::match
