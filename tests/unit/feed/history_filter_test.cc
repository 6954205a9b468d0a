// Filters that ask how authors stand: on pages, live, in saved views; and what they may cost.
#include <gmock/gmock.h>

#include <array>

#include "core/limits.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HistoryFilterTest : public ServerTest {
 protected:
  // Speaks badly of the brand, so many days ago: three times on two days make a detractor.
  void complain(const std::string& author, int age_days) {
    const std::string id = "c" + std::to_string(++published_);
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    post.text = "pessima";
    post.created_at = {now().milliseconds - age_days * kMillisecondsPerDay};
    publish(post, "moka_nera", Label::negative);
  }

  void make_detractor(const std::string& author) {
    for (int age = 3; age > 0; --age) complain(author, age);
  }

  Reply page(const std::string& more = "") {
    return client().get("/api/v1/mentions?where=author.class:detractor" + more);
  }

  // One commit of a mention each by so many authors.
  void publish_crowd(std::size_t authors) {
    store::PreparedBatch batch;
    for (std::size_t i = 0; i < authors; ++i) {
      const std::string name = "author" + std::to_string(i);
      Mention mention;
      mention.brand = "moka_nera";
      mention.post.source = "test";
      mention.post.id = name;
      mention.post.author.id = name;
      mention.post.text = "moka";
      mention.post.created_at = now();
      store::Preparer(store_->hash_key()).prepare(mention.post, {&mention, 1}, batch);
    }
    const std::array<const store::PreparedBatch*, 1> batches{&batch};
    ASSERT_TRUE(store_->commit(batches));
  }
};

TEST_F(HistoryFilterTest, APageHasWhatPeopleOfTheClassSaid) {
  make_detractor("dario");
  publish({"buona"});
  complain("dario", 0);
  start();
  EXPECT_THAT(seqs_of(page().body), ElementsAre(1, 2, 3, 5)) << "as they stand now";
  EXPECT_THAT(seqs_of(client().get("/api/v1/mentions?where=author.class:advocate").body),
              IsEmpty());
}

TEST_F(HistoryFilterTest, ALiveReaderIsSentWhatTheyComeToSay) {
  make_detractor("dario");
  complain("elio", 2);
  complain("elio", 1);
  start();
  LiveClient live(port());
  live.say(R"({"op":"subscribe","id":"s","after":"now","where":"author.class:detractor"})");
  EXPECT_EQ(member(live.hear(), "op"), "subscribed");
  publish({"buona"});
  complain("dario", 0);
  EXPECT_THAT(seqs_of(live.hear()), ElementsAre(7));
  complain("elio", 0);
  EXPECT_THAT(seqs_of(live.hear()), ElementsAre(8)) << "by what this mention makes of them";
}

TEST_F(HistoryFilterTest, ASavedViewMayAskItAndSoMayItsFeed) {
  make_detractor("dario");
  publish({"buona"});
  start();
  const Fields json{{"Content-Type", "application/json"}};
  const std::string view = R"({"where":"author.class:detractor"})";
  ASSERT_EQ(client().send("PUT", "/api/v1/views/critics", view, json).status, 200U);
  EXPECT_THAT(seqs_of(client().get("/api/v1/mentions?view=critics").body), ElementsAre(1, 2, 3));
  const Reply feed = client().get("/api/v1/views/critics/feed");
  EXPECT_THAT(feed.body, HasSubstr("pessima"));
  EXPECT_THAT(feed.body, testing::Not(HasSubstr("buona")));
  auto events = client();
  events.write("GET /api/v1/live/sse?after=start&view=critics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(events.read_until("\"seq\":3"), HasSubstr("\"seq\":1"));
}

TEST_F(HistoryFilterTest, APageEndsWhenEnoughHistoriesWereRead) {
  publish_crowd(kMaxHistoriesOfPage);
  make_detractor("dario");
  start();
  const Reply first = page();
  EXPECT_THAT(seqs_of(first.body), IsEmpty());
  EXPECT_THAT(first.body, HasSubstr("\"more\":true"));
  const Reply next = page("&after=" + member(first.body, "cursor"));
  EXPECT_THAT(seqs_of(next.body), ElementsAre(kMaxHistoriesOfPage + 1, kMaxHistoriesOfPage + 2,
                                              kMaxHistoriesOfPage + 3));
  EXPECT_THAT(next.body, HasSubstr("\"more\":false"));
}

}  // namespace
}  // namespace passaparola::feed
