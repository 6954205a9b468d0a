#include "match/dictionary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "match/common_words.h"
#include "match/word_reader.h"

namespace passaparola::match {
namespace {

std::vector<std::string> words_of(std::string_view text, WordReader::Way way) {
  std::vector<PlainWord> window(WordReader::kMaxWords);
  std::vector<std::string> out;
  WordReader reader(text, way);
  while (!reader.done()) {
    const std::size_t count = reader.read(window);
    for (std::size_t i = 0; i < count; ++i) {
      out.emplace_back(text.substr(window[i].begin, window[i].end - window[i].begin));
    }
  }
  return out;
}

using Words = std::vector<std::string>;
using Way = WordReader::Way;

// Where each literal ends, as "literal@end", in order.
Words found(const std::vector<std::string>& literals, std::string_view text) {
  std::vector<Dictionary::Entry> entries;
  for (const std::string& literal : literals) {
    entries.push_back({literal, static_cast<std::uint32_t>(entries.size())});
  }
  std::vector<LiteralHit> hits;
  Dictionary(entries).find(text, hits);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places;
  for (const LiteralHit& hit : hits) places.emplace_back(hit.end, hit.literal);
  std::sort(places.begin(), places.end());
  Words out;
  for (const auto& [end, literal] : places) {
    out.push_back(literals[literal] + "@" + std::to_string(end));
  }
  return out;
}

TEST(WordReader, CutsWhereCharactersOfAnyScriptAreNoLongerAWord) {
  for (const Way way : {Way::fast, Way::plain}) {
    EXPECT_EQ(words_of("", way), Words{});
    EXPECT_EQ(words_of(" -- ", way), Words{});
    EXPECT_EQ(words_of("moka", way), Words{"moka"});
    EXPECT_EQ(words_of("l'ho_x 2.0,Z", way), (Words{"l", "ho_x", "2", "0", "Z"}));
    EXPECT_EQ(words_of("“caffè”\u00A0nero☕moka", way), (Words{"caffè", "nero", "moka"}));
    EXPECT_EQ(words_of("東京moka東 タワーx", way), (Words{"moka", "x"}));
  }
}

TEST(WordReader, CarriesWordsAndCharactersOverBlocksAndWindows) {
  for (const std::size_t before : {61U, 62U, 63U, 64U, 2046U, 2047U, 2048U}) {
    for (const std::string_view middle : {"moka", "è", "“", "☕", "𝄞", "東", "è☕è"}) {
      for (const std::string_view fill : {".", "a"}) {
        std::string text;
        for (std::size_t i = 0; i < before; ++i) text += fill;
        text += middle;
        text += fill;
        const bool is_word = middle == "moka" || middle == "è" || middle == "è☕è";
        Words wanted;
        if (middle == "è☕è") {
          wanted = fill == "." ? Words{"è", "è"} : Words{std::string(before, 'a') + "è", "èa"};
        } else if (fill == ".") {
          if (is_word) wanted.emplace_back(middle);
        } else if (is_word) {
          wanted = {text};
        } else {
          wanted = {std::string(before, 'a'), "a"};
        }
        EXPECT_EQ(words_of(text, Way::fast), wanted) << before << middle << fill;
        EXPECT_EQ(words_of(text, Way::plain), wanted) << before << middle << fill;
      }
    }
  }
}

TEST(WordReader, FindsAsManyWordsAsAWindowCanHold) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a ";
  EXPECT_EQ(words_of(text, Way::fast), Words(5000, "a"));
}

TEST(Dictionary, TakesWhatHoldsAPlainWord) {
  for (const std::string_view text : {"moka", "#moka", "c++", "東京moka", "a.b", "è"}) {
    EXPECT_TRUE(Dictionary::takes(text)) << text;
  }
  for (const std::string_view text : {"☕", "東京", ":)", ""}) {
    EXPECT_FALSE(Dictionary::takes(text)) << text;
  }
}

TEST(Dictionary, FindsWordsPhrasesTagsAndHosts) {
  const Words literals{"moka",     "moka nera",    "nera moka", "#moka",
                       "@moka.it", "moka.example", "c++"};
  EXPECT_EQ(found(literals, "moka nera moka"),
            (Words{"moka@4", "moka nera@9", "moka@14", "nera moka@14"}));
  EXPECT_EQ(found(literals, "mokan amoka moka_ _moka"), Words{});
  EXPECT_EQ(found(literals, "(#moka) c++"), (Words{"moka@6", "#moka@6", "c++@11"}));
  EXPECT_EQ(found(literals, "@moka.it www.moka.example"),
            (Words{"moka@5", "@moka.it@8", "moka@17", "moka.example@25"}));
  EXPECT_EQ(found(literals, "moka  nera"), Words{"moka@4"});
}

TEST(Dictionary, KnowsTheEdgesOfEveryScript) {
  const Words literals{"moka", "caffè nero"};
  EXPECT_EQ(found(literals, "“moka”"), Words{"moka@7"});
  EXPECT_EQ(found(literals, "東moka京"), Words{"moka@7"});
  EXPECT_EQ(found(literals, "☕moka☕"), Words{"moka@7"});
  EXPECT_EQ(found(literals, "émoka mokaé moka\u0301"), Words{});
  EXPECT_EQ(found(literals, "caffè nero"), Words{"caffè nero@11"});
  EXPECT_EQ(found(literals, "caffè neroè"), Words{});
}

TEST(Dictionary, FindsAPhraseOfCommonWordsByTwoOfThem) {
  for (const char* const word : {"be", "or", "not", "to"}) EXPECT_TRUE(is_common_word(word));
  const Words literals{"to be or not to be", "not to", "be or", "or be"};
  EXPECT_EQ(found(literals, "to be or not to be"),
            (Words{"be or@8", "not to@15", "to be or not to be@18"}));
}

TEST(Dictionary, TellsApartManyLiteralsOfOneKey) {
  Words literals;
  for (int i = 0; i < 3000; ++i) literals.push_back("moka nera/" + std::to_string(i) + "!");
  for (int i = 0; i < 300; ++i) literals.push_back("moka nera" + std::string(i + 1, '.'));
  EXPECT_EQ(found(literals, "moka nera/77!"), Words{"moka nera/77!@13"});
  EXPECT_EQ(found(literals, "moka nera/2999! moka nera/3000!"), Words{"moka nera/2999!@15"});
  EXPECT_EQ(found(literals, "moka nera..."),
            (Words{"moka nera.@10", "moka nera..@11", "moka nera...@12"}));
}

// Both words of the pair make one look for it, also where the text is cut into windows.
TEST(Dictionary, FindsAPairOnceWhereverWindowsEnd) {
  const Words literals{"moka nera", "di nera", "moka di"};
  for (std::size_t before = 0; before < 12; ++before) {
    std::string text(before, '.');
    Words wanted;
    for (int i = 0; i < 1000; ++i) {
      text += "moka nera";
      wanted.push_back("moka nera@" + std::to_string(text.size()));
      text += ' ';
    }
    EXPECT_EQ(found(literals, text), wanted) << before;
  }
}

TEST(Dictionary, ComparesAllOfALongWord) {
  const std::string same(100, 'a');
  const Words literals{same + "b" + same, same + "c" + same, same};
  EXPECT_EQ(found(literals, same + "c" + same), Words{literals[1] + "@201"});
  EXPECT_EQ(found(literals, same + "d" + same), Words{});
}

TEST(Dictionary, WithoutLiteralsFindsNothing) {
  EXPECT_TRUE(Dictionary().empty());
  EXPECT_EQ(found({}, "moka"), Words{});
}

}  // namespace
}  // namespace passaparola::match
