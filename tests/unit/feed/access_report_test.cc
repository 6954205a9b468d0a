// GET /authors/{source}/{id}/access: all that is kept of a person, for that person alone.
#include "feed/access_report.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccessReportTest : public ServerTest {
 protected:
  Reply report(const std::string& author) {
    return client().get("/api/v1/authors/test/" + author + "/access");
  }

  void apply(PostOp op, const std::string& author) {
    PostView post;
    post.op = op;
    post.source = "test";
    post.author.id = author;
    post.created_at = now();
    store::PreparedBatch batch;
    store::Preparer(store_->hash_key()).prepare(post, {}, batch);
    const std::array<const store::PreparedBatch*, 1> batches{&batch};
    const std::lock_guard lock(writer_);
    const auto committed = store_->commit(batches);
    ASSERT_TRUE(committed) << committed.error().message;
  }
};

TEST_F(AccessReportTest, HasEveryMentionOfThePersonAndWhatTheyAreJudgedBy) {
  start();
  publish({"Adoro la Moka", "Sempre la Moka"});
  publish({"Che bella la Brina"}, "caffe_brina");
  publish({"Di un altro"}, "moka_nera", Label::positive, "bruno");
  const std::string push = R"({"id":"a","text":"Grazie","author":{"id":"bruno"},)"
                           R"("reply_to":{"id":"p1","author_id":"anna"}})";
  ASSERT_EQ(client()
                .send("POST", "/api/v1/posts", push, {{"Content-Type", "application/x-ndjson"}})
                .status,
            200U);
  const Reply reply = report("anna");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(reply.body);
  EXPECT_EQ(std::string_view(root["state"]), "present");
  EXPECT_EQ(std::string_view(root["author"]["handle"]), "anna.example");
  EXPECT_EQ(std::int64_t(root["kept_days"]), 30);
  ASSERT_EQ(root["brands"].get_array().size(), 2U);
  const simdjson::dom::element moka = root["brands"].at(1);
  EXPECT_EQ(std::string_view(moka["brand"]), "moka_nera");
  EXPECT_EQ(moka["mentions"].get_array().size(), 2U);
  EXPECT_EQ(std::uint64_t(moka["without_text"]), 0U);
  EXPECT_EQ(std::uint64_t(moka["aggregate"]["mentions"]), 2U);
  EXPECT_EQ(std::uint64_t(moka["responses"]["people"]), 1U);
  EXPECT_EQ(std::string_view(moka["explanation"]["advocates"].at(0)["author"]["id"]), "anna");
  EXPECT_FALSE(moka["explanation"]["settings"].error()) << "every weight";
  for (const char* words : {"Adoro la Moka", "Sempre la Moka", "Che bella la Brina"}) {
    EXPECT_THAT(reply.body, HasSubstr(words));
  }
  EXPECT_THAT(reply.body, Not(HasSubstr("bruno"))) << "nothing of others";
  EXPECT_THAT(reply.body, Not(HasSubstr("Grazie")));
}

TEST_F(AccessReportTest, WhoIsHiddenSeesWhatIsKeptOfThem) {
  start();
  publish({"Adoro la Moka"});
  apply(PostOp::hide_author, "anna");
  EXPECT_EQ(client().get("/api/v1/authors/test/anna").status, 404U);
  const Reply reply = report("anna");
  ASSERT_EQ(reply.status, 200U) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("state":"hidden")"));
  EXPECT_THAT(reply.body, HasSubstr("Adoro la Moka"));
}

TEST_F(AccessReportTest, OfWhomNothingIsKeptThereIsNoReport) {
  start();
  publish({"Adoro la Moka"});
  EXPECT_EQ(report("nobody").status, 404U);
  apply(PostOp::delete_author, "anna");
  EXPECT_EQ(report("anna").status, 404U);
}

TEST_F(AccessReportTest, ALongReportIsRefusedAndNotCut) {
  publish({"Adoro la Moka", "Sempre la Moka"});
  const auto refused =
      access_report_json(*store_, {"test", "anna"}, {}, advocacy::default_config(), 100);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::overloaded);
}

}  // namespace
}  // namespace passaparola::feed
