// Copies: how often fingerprints find edited copies of real texts and how often they take two texts
// for copies that are none, by the number of differing bits; then what a look-up costs a mention.
//   copies_bench FILE.ndjson…   titles and bodies, as in the bulk Reddit files
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/check.h"
#include "core/fingerprint.h"
#include "sentiment/quality.h"
#include "sentiment/tokens.h"
#include "store/copies.h"

namespace passaparola {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kMaxWords = 60;  // of a text: posts are short
constexpr std::size_t kTextsOfLength = 1'000;
constexpr std::size_t kTextsInPairs = 20'000;
constexpr std::array kBits{0, 3, 5, 7, 9, 11};

std::uint64_t fingerprint_of(std::string_view text) {
  static const sentiment::WordTable words;
  static Arena keys;
  static std::vector<sentiment::Token> tokens;
  keys.reset();
  sentiment::tokenize(text, words, keys, tokens);
  return sentiment::fingerprint_of(tokens);
}

Words words_of(std::string_view text) {
  Words words;
  std::size_t at = 0;
  while (at < text.size() && words.size() < kMaxWords) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n", at);
    if (begin == std::string_view::npos) break;
    at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    words.emplace_back(text.substr(begin, at - begin));
  }
  return words;
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) (text += word) += ' ';
  return text;
}

std::vector<Words> read_texts(int count, char** files) {
  std::vector<Words> texts;
  simdjson::dom::parser parser;
  for (int i = 0; i < count; ++i) {
    simdjson::dom::document_stream records;
    const simdjson::padded_string json = simdjson::padded_string::load(files[i]).value();
    CHECK(parser.parse_many(json).get(records) == simdjson::SUCCESS, "the file is NDJSON");
    for (const auto record : records) {
      std::string text;
      for (const char* const field : {"title", "selftext"}) {
        std::string_view part;
        if (record[field].get(part) == simdjson::SUCCESS) (text += part) += ' ';
      }
      texts.push_back(words_of(text));
    }
  }
  return texts;
}

struct Edit {
  const char* name;
  std::function<void(Words&)> make;
};

class Editor {
 public:
  explicit Editor(const std::vector<Words>& texts) : texts_(texts) {}

  std::vector<Edit> edits() {
    return {{"a link, a handle, capitals", [this](Words& words) { cosmetic(words); }},
            {"one word replaced", [this](Words& words) { replace(words, 1); }},
            {"one word added", [this](Words& words) { words.insert(place(words), word()); }},
            {"one word left out", [this](Words& words) { words.erase(place(words)); }},
            {"two words replaced", [this](Words& words) { replace(words, 2); }},
            {"two words before",
             [this](Words& words) {
               words.insert(words.begin(), {word(), word()});
             }},
            {"three words behind",
             [this](Words& words) {
               words.insert(words.end(), {word(), word(), word()});
             }},
            {"the last tenth cut off", [](Words& words) { words.resize(words.size() * 9 / 10); }}};
  }

 private:
  std::string word() {
    while (true) {
      const Words& words = texts_[random_() % texts_.size()];
      if (!words.empty()) return words[random_() % words.size()];
    }
  }
  Words::iterator place(Words& words) {
    return words.begin() + static_cast<std::ptrdiff_t>(random_() % words.size());
  }
  void replace(Words& words, int times) {
    for (int i = 0; i < times; ++i) *place(words) = word();
  }
  void cosmetic(Words& words) {
    for (char& c : words.front())
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    words.insert(words.begin(), "@someone");
    words.push_back("https://example.com/?id=7");
  }

  const std::vector<Words>& texts_;
  std::mt19937_64 random_{1};
};

void print_recall(const std::vector<Words>& texts) {
  constexpr std::array<std::size_t, 5> kLengths{8, 12, 20, 40, kMaxWords + 1};
  fmt::print("copies found, per cent, with at most 0, 3, 5, 7, 9, 11 differing bits\n");
  Editor editor(texts);
  for (std::size_t length = 0; length + 1 < kLengths.size(); ++length) {
    std::vector<const Words*> chosen;
    for (const Words& words : texts) {
      if (words.size() < kLengths[length] || words.size() >= kLengths[length + 1]) continue;
      if ((fingerprint_of(joined(words)) & kNearFingerprint) != 0) chosen.push_back(&words);
    }
    std::shuffle(chosen.begin(), chosen.end(), std::mt19937_64(2));
    chosen.resize(std::min(chosen.size(), kTextsOfLength));
    fmt::print("{} to {} words, {} texts\n", kLengths[length], kLengths[length + 1] - 1,
               chosen.size());
    for (const Edit& edit : editor.edits()) {
      std::array<std::size_t, kBits.size()> found{};
      for (const Words* words : chosen) {
        Words copy = *words;
        edit.make(copy);
        const std::uint64_t other = fingerprint_of(joined(copy));
        const int bits = std::popcount(fingerprint_of(joined(*words)) ^ other);
        for (std::size_t i = 0; i < kBits.size(); ++i) found[i] += bits <= kBits[i];
      }
      fmt::print("  {:<28}", edit.name);
      for (const std::size_t count : found) {
        fmt::print(" {:5.1f}",
                   100.0 * static_cast<double>(count) / static_cast<double>(chosen.size()));
      }
      fmt::print("\n");
    }
  }
}

// Of the different words of both texts together, how many both have.
double shared_words(const Words& a, const Words& b) {
  const auto sorted = [](const Words& words) {
    Words folded;
    for (const std::string& word : words) {
      std::string& to = folded.emplace_back();
      for (const char c : word) {
        if (std::isalpha(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0) {
          to += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
      }
    }
    std::sort(folded.begin(), folded.end());
    folded.erase(std::unique(folded.begin(), folded.end()), folded.end());
    return folded;
  };
  const Words first = sorted(a), second = sorted(b);
  Words both;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(both));
  return static_cast<double>(both.size()) /
         static_cast<double>(first.size() + second.size() - both.size());
}

void print_false_copies(const std::vector<Words>& texts) {
  std::vector<const Words*> chosen;
  for (const Words& words : texts) {
    if ((fingerprint_of(joined(words)) & kNearFingerprint) != 0) chosen.push_back(&words);
  }
  std::shuffle(chosen.begin(), chosen.end(), std::mt19937_64(3));
  chosen.resize(std::min(chosen.size(), kTextsInPairs));
  std::vector<std::uint64_t> fingerprints;
  for (const Words* words : chosen) fingerprints.push_back(fingerprint_of(joined(*words)));
  std::array<std::array<std::size_t, 3>, kBits.size()> pairs{};
  for (std::size_t a = 0; a < chosen.size(); ++a) {
    for (std::size_t b = a + 1; b < chosen.size(); ++b) {
      const int bits = std::popcount(fingerprints[a] ^ fingerprints[b]);
      if (bits > kBits.back()) continue;
      const double shared = shared_words(*chosen[a], *chosen[b]);
      const std::size_t kind = shared < 0.5 ? 0 : shared < 0.65 ? 1 : 2;
      for (std::size_t i = 0; i < kBits.size(); ++i) pairs[i][kind] += bits <= kBits[i];
    }
  }
  const double all =
      static_cast<double>(chosen.size()) * static_cast<double>(chosen.size() - 1) / 2;
  fmt::print("pairs of {} different texts taken for copies, {:.3g} pairs\n", chosen.size(), all);
  for (std::size_t i = 0; i < kBits.size(); ++i) {
    fmt::print(
        "  at most {:>2} bits: {} that share less than half of their words ({:.2g} of all), "
        "{} less than 65 %, {} more\n",
        kBits[i], pairs[i][0], static_cast<double>(pairs[i][0]) / all, pairs[i][1], pairs[i][2]);
  }
}

using Clock = std::chrono::steady_clock;

double nanoseconds_since(Clock::time_point begin, std::size_t count) {
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count() /
         static_cast<double>(count);
}

void print_fingerprint_cost(const std::vector<Words>& texts) {
  const sentiment::WordTable words;
  Arena keys;
  std::vector<sentiment::Token> tokens;
  double sum = 0;
  std::uint64_t all = 0;
  for (const Words& text : texts) {
    keys.reset();
    sentiment::tokenize(joined(text), words, keys, tokens);
    const auto begin = Clock::now();
    all ^= sentiment::fingerprint_of(tokens);
    sum += nanoseconds_since(begin, texts.size());
  }
  fmt::print("a fingerprint: {:.0f} ns (all together {:x})\n", sum, all);
}

// The texts again and again, each time with two words replaced, as mentions of `brands` brands: a
// window that is full, and one mention after the other looked up and added.
void print_look_up_cost(const std::vector<Words>& texts, std::uint32_t brands) {
  std::vector<store::CopyTraits> mentions;
  std::mt19937_64 random(4);
  while (mentions.size() < 3 * kCopyWindowMentions) {
    Words words = texts[random() % texts.size()];
    for (int i = 0; i < 2 && !words.empty(); ++i) {
      words[random() % words.size()] =
          std::to_string(random()) + static_cast<char>('a' + random() % 26);
    }
    store::CopyTraits& mention = mentions.emplace_back();
    mention.brand = 1 + static_cast<store::BrandNumber>(random() % brands);
    mention.fingerprint = fingerprint_of(joined(words));
    mention.author = 1 + random() % 50'000;
  }
  store::CopyWindow window;
  window.begin_anew();
  std::uint64_t seq = 0;
  for (; seq < 2 * kCopyWindowMentions; ++seq) window.add(seq + 1, mentions[seq]);
  const auto begin = Clock::now();
  std::size_t copies = 0;
  for (; seq < mentions.size(); ++seq) {
    copies += window.find(mentions[seq]).known;
    window.add(seq + 1, mentions[seq]);
  }
  const double both = nanoseconds_since(begin, kCopyWindowMentions);
  const auto again = Clock::now();
  std::size_t found = 0;
  for (std::size_t i = 0; i < kCopyWindowMentions; ++i) {
    found += window.find(mentions[i]).known;
  }
  fmt::print("{} brands: {:.0f} ns to look up and add, {:.0f} ns to look up; {:.2f} copies each\n",
             brands, both, nanoseconds_since(again, kCopyWindowMentions),
             static_cast<double>(copies + found) / (2.0 * kCopyWindowMentions));
}

// A window full of one text in versions that share a block and are no copies of each other: every
// look-up ends at its limit.
void print_worst_cost() {
  store::CopyWindow window;
  window.begin_anew();
  std::mt19937_64 random(5);
  const auto version = [&] {
    store::CopyTraits mention;
    mention.brand = 1;
    mention.fingerprint = kNearFingerprint | ((random() & ~std::uint64_t{0xFFFF}) | 0x1234);
    return mention;
  };
  std::uint64_t seq = 0;
  while (seq < kCopyWindowMentions) window.add(++seq, version());
  constexpr std::size_t kTimes = 10'000;
  const auto begin = Clock::now();
  std::size_t found = 0;
  for (std::size_t i = 0; i < kTimes; ++i) found += window.find(version()).known;
  fmt::print("one block in all of them: {:.0f} ns to look up; {} copies\n",
             nanoseconds_since(begin, kTimes), found);
}

}  // namespace
}  // namespace passaparola

int main(int count, char** arguments) {
  using namespace passaparola;
  if (count < 2) {
    fmt::print("copies_bench FILE.ndjson…\n");
    return 2;
  }
  const std::vector<Words> texts = read_texts(count - 1, arguments + 1);
  CHECK(!texts.empty(), "there are texts");
  print_recall(texts);
  print_false_copies(texts);
  print_fingerprint_cost(texts);
  for (const std::uint32_t brands : {1U, 10U, 100U}) print_look_up_cost(texts, brands);
  print_worst_cost();
}
