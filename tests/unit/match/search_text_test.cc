#include "match/search_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "match/post_text.h"

namespace passaparola::match {
namespace {

std::string laid(std::string_view original) {
  std::string out = "before ";
  append_search_text(original, out);
  EXPECT_EQ(search_text(original).text, out.substr(7));
  return out.substr(7);
}

TEST(SearchText, TidiesWhateverThePlace) {
  struct Case {
    const char* original;
    const char* tidied;
  };
  constexpr Case kCases[] = {
      {"  ", " "},          {"\t", " "},       {"\n", " "},          {"\r\n\r\n", " "},
      {"\u00A0", " "},      {"\u0085", " "},   {"\u1680", " "},      {"\u2028", " "},
      {"\u2029", " "},      {" \u3000 ", " "}, {"\u2019", "'"},      {"\u02BC", "'"},
      {"\u2014", "\u2014"}, {" \u200B ", " "}, {"\u00AB", "\u00AB"}, {"M", "m"},
  };
  for (const Case& one : kCases) {
    for (std::size_t before = 0; before < 40; ++before) {
      const std::string x(before, 'x');
      const std::string y(39 - before, 'y');
      EXPECT_EQ(laid(x + one.original + y), x + one.tidied + y) << before;
    }
  }
}

// A character at a time.
std::string tidied_slowly(std::string_view original) {
  const std::string text = folded(original);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    const bool space = c <= 0x20 || c == 0x85 || c == 0x1680 || c == 0x2028 || c == 0x2029;
    if (space) {
      if (!out.ends_with(' ')) out += ' ';
    } else if (c == 0x2019 || c == 0x2BC) {
      out += '\'';
    } else {
      out.append(text, begin, at - begin);
    }
  }
  return out;
}

TEST(SearchText, IsTheSameInBlocksAndByCharacters) {
  constexpr const char* kParts[] = {" ",      "  ",     "\n",     "\r\n",   " \t ",   "\u2028",
                                    "\u0085", "\u1680", "\u2019", "\u02BC", "\u2014", "\u1681",
                                    "\u00A0", "è",      "漢",     "☕",     "\u00AB", "\u02BB"};
  std::mt19937_64 random(20261125);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    while (text.size() < round % 150U) {
      // Long clean stretches between the rest.
      text.append(random() % 40, static_cast<char>('a' + random() % 26));
      for (std::size_t i = random() % 4; i > 0; --i) text += kParts[random() % std::size(kParts)];
    }
    ASSERT_EQ(laid(text), tidied_slowly(text)) << round;
    const Folded mapped = search_text(text);
    ASSERT_EQ(mapped.origin.size(), mapped.text.size() + 1);
    for (std::size_t i = 0; i < mapped.text.size(); ++i) {
      ASSERT_LE(mapped.origin[i], mapped.origin[i + 1]);
      const char c = mapped.text[i];
      if (c >= 'a' && c <= 'z') {
        ASSERT_EQ(text[mapped.origin[i]], c) << round;
      }
    }
  }
}

TEST(SearchText, MapsTidiedTextBack) {
  const std::string original = "Tutta  la verità:\n\nl\u2019HO detto io";
  const Folded text = search_text(original);
  EXPECT_EQ(text.text, "tutta la verità: l'ho detto io");
  const std::size_t at = text.text.find("l'ho");
  const std::uint32_t begin = text.original_begin(at);
  EXPECT_EQ(original.substr(begin, text.original_end(at + 4) - begin), "l\u2019HO");
}

// A stretch has the tokens that the whole text has there, in whatever order one asks.
TEST(PostText, TokensAroundAPlaceAreThoseOfTheWholeText) {
  constexpr const char* kParts[] = {" ",    " ",         "moka", "@a.b",  "a@b.co", "https://x.y/z",
                                    "#tag", "$ab",       "l'ho", ".",     "漢字",   "www.m.it",
                                    "-",    "a@b.co.@x", "è",    "\u3000"};
  std::mt19937_64 random(20261122);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::size_t i = 0; i < 12; ++i) text += kParts[random() % std::size(kParts)];
    PostView post;
    post.text = text;
    PostText of_post;
    of_post.reset(post);
    const FieldText whole = of_post.tokenized(Field::text);
    const std::size_t size = whole.search.text.size();
    for (int ask = 0; ask < 30 && size > 0; ++ask) {
      const std::size_t begin = random() % size;
      const std::size_t end = begin + 1 + random() % (size - begin);
      std::vector<Token> wanted;
      for (const Token& token : whole.tokens) {
        if (token.end > begin && token.begin < end) wanted.push_back(token);
      }
      std::vector<Token> got;
      for (const Token& token : of_post.tokens_around(Field::text, begin, end)) {
        if (token.end > begin && token.begin < end) got.push_back(token);
      }
      ASSERT_EQ(got.size(), wanted.size()) << text;
      for (std::size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].begin, wanted[i].begin) << text;
        EXPECT_EQ(got[i].end, wanted[i].end) << text;
        EXPECT_EQ(got[i].kind, wanted[i].kind) << text;
      }
    }
  }
}

}  // namespace
}  // namespace passaparola::match
