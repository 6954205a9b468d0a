// What of a mention is worth remembering.
#include "core/facts.h"

#include <gtest/gtest.h>

namespace passaparola {
namespace {

bool asks(std::string_view text, std::string_view title = {}) {
  Mention mention;
  mention.post.text = text;
  mention.post.title = title;
  return facts_of(mention).asks;
}

TEST(Facts, KnowWhetherATextAsks) {
  EXPECT_TRUE(asks("Does it leak?"));
  EXPECT_TRUE(asks("really?! yes"));
  EXPECT_TRUE(asks("", "Perch\xC3\xA9?"));
  EXPECT_TRUE(asks("\xE6\xBC\x8F\xE3\x82\x8C\xE3\x82\x8B\xEF\xBC\x9F"));
  EXPECT_TRUE(asks("https://a.example/?id=1 right?"));
  EXPECT_FALSE(asks("https://a.example/?id=1"));
  EXPECT_FALSE(asks("It leaks."));
  EXPECT_FALSE(asks(""));
}

TEST(Facts, CountCopiesUpToTheirLimit) {
  Mention mention;
  mention.copies.by_author = 254;
  EXPECT_EQ(facts_of(mention).copies_by_author, 254);
  mention.copies.by_author = 70'000;
  EXPECT_EQ(facts_of(mention).copies_by_author, 255);
}

}  // namespace
}  // namespace passaparola
