#include "core/cursor.h"

#include <gtest/gtest.h>

namespace passaparola {
namespace {

TEST(Cursor, ReadsWhatItWrote) {
  for (const FeedCursor cursor :
       {FeedCursor{0, 0}, FeedCursor{1, 2}, FeedCursor{0xFFFFFFFF, UINT64_MAX}}) {
    EXPECT_EQ(decode_cursor(encode_cursor(cursor)), cursor);
  }
}

TEST(Cursor, RefusesWhatItDidNotWrite) {
  const std::string good = encode_cursor({7, 42});
  for (const std::string& bad :
       {std::string(), std::string("start"), good.substr(1), good + "0", "q" + good.substr(1),
        good.substr(0, 24) + "g", "p-" + good.substr(2), good.substr(0, 9) + "-" + good.substr(10),
        std::string(25, ' ')}) {
    EXPECT_FALSE(decode_cursor(bad)) << bad;
  }
}

}  // namespace
}  // namespace passaparola
