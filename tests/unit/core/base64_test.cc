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

}  // namespace
}  // namespace passaparola
