// The real recordings through the real program: everything is read, nothing is lost in silence.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "integration/program.h"

namespace passaparola::testing {
namespace {

namespace fs = std::filesystem;

std::uint64_t number(const simdjson::dom::element& object, std::string_view key) {
  std::uint64_t value = 0;
  EXPECT_FALSE(object[key].get(value)) << key;
  return value;
}

TEST(Recordings, EveryFeedGoesThroughWithFormatAuto) {
  const fs::path feeds = fs::path(PASSAPAROLA_DATA_DIR) / "feeds";
  if (!fs::exists(feeds)) {
    std::printf("no recordings on this machine\n");
    return;
  }
  const TemporaryFolder folder;
  write_file(folder / "rules" / "tech.rules",
             "brand google \"Google\" {\n  terms google, gmail, chrome\n}\n"
             "brand apple \"Apple\" {\n  terms iphone, ipad, macbook\n"
             "  ambiguous apple near/8 [iphone, mac, ios, store, phone]\n}\n");
  std::vector<std::string> arguments{"replay",    "--quiet",
                                     "--rules",   (folder / "rules").string(),
                                     "--store",   (folder / "store").string(),
                                     "--summary", (folder / "summary.json").string()};
  for (const char* source :
       {"bluesky/jetstream_v1_golden10.jsonl", "mastodon", "reddit", "x", "reviews/rss", "bulk"}) {
    arguments.push_back((feeds / source).string());
  }
  const Finished replay = run_program(folder.path(), arguments);
  ASSERT_EQ(replay.exit_code, 0) << replay.err;
  simdjson::dom::parser parser;
  const simdjson::dom::element summary = parser.load((folder / "summary.json").string());
  // 46,000 or so posts in bulk alone; the 24 recorded error answers of Reddit and 3 of X are no
  // posts.
  EXPECT_GT(number(summary, "posts"), 46'000U);
  EXPECT_GT(number(summary, "mentions"), 100U);
  EXPECT_EQ(
      number(summary, "duplicates") + number(summary, "mentions") + number(summary, "deleted") >=
          number(summary, "matched_posts"),
      true);
  std::uint64_t rejected = 0;
  for (const auto field : simdjson::dom::object(summary["rejected"])) {
    rejected += std::uint64_t(field.value);
  }
  EXPECT_LT(rejected, 100U);
  EXPECT_EQ(number(summary, "records"),
            number(summary, "posts") + number(summary, "ignored") + rejected);
  const Finished feed = run_program(
      folder.path(), {"feed", "--store", (folder / "store").string(), "--brand", "google"});
  EXPECT_EQ(feed.exit_code, 0) << feed.err;
  EXPECT_NE(feed.out.find("\"brand\":\"google\""), std::string::npos);
}

}  // namespace
}  // namespace passaparola::testing
