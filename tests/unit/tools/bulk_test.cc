#include "make_corpus/bulk.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

namespace passaparola::make_corpus {
namespace {

BulkOptions options(double share) {
  BulkOptions made;
  made.seed = 11;
  made.match_share = share;
  made.start = *parse_rfc3339("2026-11-21T10:00:00Z");
  return made;
}

std::vector<std::string> lines(BulkFeed& feed, std::size_t count) {
  std::vector<std::string> made(count);
  for (std::string& line : made) feed.append_line(line);
  return made;
}

std::string text_of(const std::string& line) {
  simdjson::dom::parser parser;
  return std::string(std::string_view(parser.parse(line)["commit"]["record"]["text"]));
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool names(const std::string& text, const std::string& name) {
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
      return true;
  }
  return false;
}

TEST(Bulk, SameSeedGivesSameLinesAndRules) {
  BulkFeed one(options(0.05));
  BulkFeed two(options(0.05));
  EXPECT_EQ(lines(one, 500), lines(two, 500));
  EXPECT_EQ(one.rules(), two.rules());
}

TEST(Bulk, LinesHaveTheSizeOfRealOnes) {
  BulkFeed feed(options(0.05));
  std::size_t bytes = 0;
  for (const std::string& line : lines(feed, 20'000)) bytes += line.size();
  EXPECT_NEAR(static_cast<double>(bytes) / 20'000, 721, 15);
  EXPECT_NEAR(static_cast<double>(feed.text_bytes()) / 20'000, 146, 5);
}

TEST(Bulk, LinesAreJetstreamPostsWithIdsOfTheirOwn) {
  BulkFeed feed(options(0.05));
  std::set<std::string> keys;
  simdjson::dom::parser parser;
  for (const std::string& line : lines(feed, 2'000)) {
    const simdjson::dom::element event = parser.parse(line);
    EXPECT_EQ(std::string_view(event["kind"]), "commit");
    EXPECT_TRUE(std::string_view(event["did"]).starts_with("did:plc:"));
    EXPECT_GT(std::int64_t(event["time_us"]), 0);
    EXPECT_EQ(std::string_view(event["commit"]["record"]["$type"]), "app.bsky.feed.post");
    keys.emplace(std::string_view(event["commit"]["rkey"]));
  }
  EXPECT_EQ(keys.size(), 2'000U);
}

TEST(Bulk, ExactlyTheCountedPostsNameOneOfTheNames) {
  BulkFeed feed(options(0.2));
  std::uint64_t matching = 0;
  for (const std::string& line : lines(feed, 400)) {
    const std::string text = text_of(line);
    matching += std::any_of(feed.names().begin(), feed.names().end(),
                            [&](const CoinedName& name) { return names(text, name.written); });
  }
  EXPECT_EQ(matching, feed.matching_posts());
  EXPECT_NEAR(static_cast<double>(matching), 80, 30);
}

TEST(Bulk, NobodyNamesAnythingAtShareZero) {
  BulkFeed feed(options(0));
  lines(feed, 1'000);
  EXPECT_EQ(feed.matching_posts(), 0U);
}

TEST(Bulk, NamesAreDistinctAndOfEveryKind) {
  BulkFeed feed(options(0.05));
  std::set<std::string> atoms;
  std::size_t tags = 0;
  std::size_t phrases = 0;
  std::size_t handles = 0;
  for (const CoinedName& name : feed.names()) {
    atoms.insert(name.atom);
    tags += name.atom[0] == '#';
    phrases += name.atom[0] == '"';
    handles += name.atom[0] == '@';
  }
  EXPECT_EQ(atoms.size(), 10'000U);
  EXPECT_EQ(tags, 1'500U);
  EXPECT_EQ(phrases, 3'000U);
  EXPECT_EQ(handles, 500U);
}

}  // namespace
}  // namespace passaparola::make_corpus
