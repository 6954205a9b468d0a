// POST /authors:forget: many people are erased at once, and each has a proof without a name.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "feed/erasures.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;
using testing::Not;

const Fields kJson{{"Content-Type", "application/json; charset=utf-8"}};

class ErasuresTest : public ServerTest {
 protected:
  Reply forget(const std::string& body, const Fields& fields = kJson) {
    return client().send("POST", "/api/v1/authors:forget", body, fields);
  }
};

TEST_F(ErasuresTest, EachHasAProofWithoutTheNameAndUnknownOnesAreTold) {
  start();
  publish({"Adoro la Moka", "Sempre la Moka"}, "moka_nera", Label::positive, "anna");
  publish({"Ottima"}, "moka_nera", Label::positive, "bruno");
  publish({"Resto qui"}, "moka_nera", Label::positive, "carla");
  const Reply reply = forget(R"({"authors":[{"source":"test","id":"anna"},
      {"source":"test","id":"nobody"},{"source":"test","id":"bruno","name":"Bruno"}]})");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("mentions":2,"brands":1,"finished":true},{"found":false,)"
                                    R"("source":"test","id":"nobody"},{"found":true,"author":")"));
  EXPECT_THAT(reply.body, Not(HasSubstr("anna")));
  EXPECT_THAT(reply.body, Not(HasSubstr("bruno")));
  const std::string feed = client().get("/api/v1/mentions").body;
  EXPECT_EQ(seqs_of(feed).size(), 1U) << feed;

  const Reply again = client().send("DELETE", "/api/v1/authors/test/anna");
  ASSERT_EQ(again.status, 200U);
  EXPECT_THAT(reply.body, HasSubstr(again.body.substr(1))) << "one proof, however it is asked for";
}

TEST_F(ErasuresTest, ABadRequestErasesNobody) {
  start();
  publish({"Adoro la Moka"});
  EXPECT_EQ(forget("[]").status, 400U);
  EXPECT_EQ(forget("{").status, 400U);
  EXPECT_EQ(forget(R"({"authors":{}})").status, 400U);
  const Reply second = forget(R"({"authors":[{"source":"test","id":"anna"},{"source":"test"}]})");
  EXPECT_EQ(second.status, 400U);
  EXPECT_THAT(second.body, HasSubstr("authors[1]"));
  EXPECT_EQ(forget(R"({"authors":[{"source":"test","id":""}]})").status, 400U);
  EXPECT_EQ(forget(R"({"authors":[]})", {{"Content-Type", "text/plain"}}).status, 415U);
  EXPECT_EQ(client().get("/api/v1/authors:forget").status, 405U);
  EXPECT_EQ(seqs_of(client().get("/api/v1/mentions").body).size(), 1U);
  EXPECT_EQ(forget(R"({"authors":[]})").body, R"({"erasures":[]})");
}

TEST_F(ErasuresTest, TheProofsAreListedPageByPage) {
  start();
  EXPECT_EQ(client().get("/api/v1/erasures").body, R"({"erasures":[],"more":false})");
  for (const char* name : {"anna", "bruno", "carla"}) {
    publish({"Adoro la Moka"}, "moka_nera", Label::positive, name);
  }
  ASSERT_EQ(forget(R"({"authors":[{"source":"test","id":"anna"},{"source":"test","id":"bruno"},
      {"source":"test","id":"carla"}]})")
                .status,
            200U);
  const std::string all = client().get("/api/v1/erasures").body;
  EXPECT_THAT(all, HasSubstr(R"("finished":true}],"more":false})"));
  EXPECT_THAT(all, Not(HasSubstr("anna")));
  std::string paged, target = "/api/v1/erasures?limit=1";
  for (int i = 0; i < 3; ++i) {
    const std::string page = client().get(target).body;
    EXPECT_THAT(page, HasSubstr(i < 2 ? R"("more":true)" : R"("more":false)"));
    const std::size_t begin = page.find('[') + 1;
    paged += (i > 0 ? "," : "") + page.substr(begin, page.find(']') - begin);
    target = "/api/v1/erasures?limit=1&after=" + page.substr(page.find(R"("author":")") + 10, 32);
  }
  EXPECT_EQ(all, R"({"erasures":[)" + paged + R"(],"more":false})");
  EXPECT_EQ(client().get("/api/v1/erasures?after=00").status, 404U);
  EXPECT_EQ(client().get("/api/v1/erasures?limit=0").status, 400U);
}

TEST(Erasures, ARequestOfTheMostThatIsTakenFitsIntoItsBody) {
  // Control characters are what JSON makes longest.
  const store::AuthorId longest{std::string(kMaxSourceBytes, '\x01'),
                                std::string(kMaxIdBytes, '\x01')};
  std::vector<store::AuthorId> authors(kMaxErasedTogether, longest);
  const auto read = read_erasures(erasures_request(authors));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->size(), kMaxErasedTogether);
  EXPECT_EQ(read->back().id, longest.id);
  authors.push_back({"a", "b"});
  EXPECT_FALSE(read_erasures(erasures_request(authors)));
}

TEST(Erasures, WhatNobodyCanBeCalledIsRefused) {
  EXPECT_TRUE(check_author({"bluesky", "did:plc:anna"}));
  EXPECT_FALSE(check_author({"", "x"}));
  EXPECT_FALSE(check_author({"x", ""}));
  EXPECT_FALSE(check_author({std::string(kMaxSourceBytes + 1, 's'), "x"}));
  EXPECT_FALSE(check_author({"x", std::string(kMaxIdBytes + 1, 'i')}));
  EXPECT_FALSE(check_author({"x", "\xff"}));
  EXPECT_FALSE(read_author(R"({"source":"x","id":7})"));
  EXPECT_FALSE(read_author("source"));
}

}  // namespace
}  // namespace passaparola::feed
