#include "core/base64.h"

#include <gtest/gtest.h>

namespace passaparola {
namespace {

TEST(Base64, IsThatOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(base64_url("f"), "Zg");
  EXPECT_EQ(base64_url("\xFB\xFF\xFE"), "-__-");
}

TEST(Base64, OnlyWhatItMakesIsReadBack) {
  for (const char* text : {"", "f", "fo", "foo", "\xFB\xFF\xFE"}) {
    EXPECT_EQ(unbase64(base64(text)), text);
  }
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zg==Zg==", "-__-", "Z===", "="}) {
    EXPECT_EQ(unbase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace passaparola
