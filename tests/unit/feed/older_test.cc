// GET /mentions?before=…: the feed backwards.
#include <gmock/gmock.h>
#include <simdjson.h>

#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Seqs = std::vector<std::uint64_t>;

Seqs from_to(std::uint64_t first, std::uint64_t last) {
  Seqs seqs;
  for (std::uint64_t seq = first; seq <= last; ++seq) seqs.push_back(seq);
  return seqs;
}

class OlderTest : public ServerTest {
 protected:
  // Every page backwards from `before`, the newest page first.
  std::vector<Seqs> pages(const std::string& query, std::string before = "now") {
    std::vector<Seqs> all;
    while (!before.empty()) {
      const Reply reply = client().get("/api/v1/mentions?before=" + before + query);
      EXPECT_EQ(reply.status, 200U) << reply.body;
      all.push_back(seqs_of(reply.body));
      before = member(reply.body, "before");  // "" of null
    }
    return all;
  }
};

TEST_F(OlderTest, LeadsFromTheNewestToTheFirst) {
  publish_numbered(25);
  start();
  EXPECT_THAT(pages("&limit=10"), ElementsAre(from_to(16, 25), from_to(6, 15), from_to(1, 5)));
  EXPECT_THAT(pages("&limit=25"), ElementsAre(from_to(1, 25)));
}

TEST_F(OlderTest, FindsWhatIsRareHoweverFarBack) {
  publish_numbered(3, "moka_nera");
  publish_numbered(900, "other");
  publish_numbered(2, "moka_nera");
  start();
  EXPECT_THAT(pages("&limit=4&brand=moka_nera"), ElementsAre(Seqs{2, 3, 904, 905}, Seqs{1}));
  EXPECT_THAT(pages("&limit=4&where=brand:nobody"), ElementsAre(IsEmpty()));
}

TEST_F(OlderTest, NothingIsTwiceOrMissingAmongWhatIsErased) {
  for (int i = 0; i < 300; ++i) publish({"buono"}, "moka_nera", Label::positive, i % 3 ? "a" : "b");
  start();
  ASSERT_EQ(client().send("DELETE", "/api/v1/authors/test/b").status, 200U);
  Seqs left;
  for (const std::uint64_t seq : from_to(1, 300)) {
    if ((seq - 1) % 3) left.push_back(seq);
  }
  Seqs found;
  for (const Seqs& page : pages("&limit=7")) found.insert(found.begin(), page.begin(), page.end());
  EXPECT_EQ(found, left);
}

TEST_F(OlderTest, WhatCameMeanwhileFollowsTheCursor) {
  publish_numbered(5);
  start();
  const std::string page = client().get("/api/v1/mentions?before=now&limit=2").body;
  publish_numbered(2);
  const std::string cursor = member(page, "cursor");
  EXPECT_THAT(seqs_of(client().get("/api/v1/mentions?after=" + cursor).body), ElementsAre(6, 7));
  EXPECT_THAT(pages("&limit=9", cursor), ElementsAre(from_to(1, 5)));
}

TEST_F(OlderTest, RefusesWhatIsNoPlace) {
  publish_numbered(1);
  start();
  EXPECT_EQ(client().get("/api/v1/mentions?before=x").status, 400U);
  EXPECT_EQ(client().get("/api/v1/mentions?before=now&after=start").status, 400U);
  EXPECT_EQ(client().get("/api/v1/mentions?before=now&last=3").status, 400U);
  EXPECT_THAT(pages("", "start"), ElementsAre(IsEmpty()));
}

}  // namespace
}  // namespace passaparola::feed
