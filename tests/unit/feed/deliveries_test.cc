// Deliveries over HTTP: what is asked reaches whoever delivers, and nothing else does.
#include <gmock/gmock.h>

#include "core/cursor.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;

const Fields kJson{{"Content-Type", "application/json"}};

class DeliveriesAnswers : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    deliveries_.json = [](std::string_view name) -> Result<std::string> {
      if (name == "nobody") return fail(ErrorCode::not_found, "there is no such delivery");
      return "{\"asked\":\"" + std::string(name) + "\"}";
    };
    deliveries_.undelivered_json = [](std::string_view name, std::uint64_t after,
                                      std::size_t limit) -> Result<std::string> {
      return "\"" + std::string(name) + ' ' + std::to_string(after) + ' ' + std::to_string(limit) +
             "\"";
    };
    deliveries_.replay = [this](std::string_view name,
                                const DeliveryReplay& replay) -> Result<void> {
      if (name == "nobody") return fail(ErrorCode::not_found, "there is no such delivery");
      replays_.push_back(replay);
      return {};
    };
  }
  Reply replay(const std::string& body, const std::string& name = "crm.x") const {
    return client().send("POST", "/api/v1/deliveries/" + name + ":replay", body, kJson);
  }

  std::vector<DeliveryReplay> replays_;
};

TEST_F(DeliveriesAnswers, AreThoseOfWhoeverDelivers) {
  start();
  EXPECT_EQ(client().get("/api/v1/deliveries").body, R"({"asked":""})");
  EXPECT_EQ(client().get("/api/v1/deliveries/crm/undelivered?after=7&limit=3").body, "\"crm 7 3\"");
  EXPECT_EQ(client().get("/api/v1/deliveries/crm/undelivered?after=x").status, 400U);
  EXPECT_EQ(client().get("/api/v1/deliveries/crm").status, 404U);
  EXPECT_EQ(client().get("/api/v1/deliveries/:replay").status, 404U) << "a name is not empty";
}

TEST_F(DeliveriesAnswers, AReplaySaysWhatItWants) {
  start();
  publish({"una", "due", "tre"});
  const Reply told = replay(R"({"after":")" + encode_cursor({store_->id(), 2}) + "\"}");
  EXPECT_EQ(told.status, 200U);
  EXPECT_EQ(told.body, R"({"asked":"crm.x"})");
  EXPECT_EQ(replay(R"({"undelivered":true,"on":true})").status, 200U);
  EXPECT_EQ(replay(R"({"after":"start"})").status, 200U);
  ASSERT_EQ(replays_.size(), 3U);
  EXPECT_EQ(replays_[0].after, 2U);
  EXPECT_FALSE(replays_[0].on);
  EXPECT_TRUE(replays_[1].undelivered && replays_[1].on && !replays_[1].after);
  EXPECT_EQ(replays_[2].after, 0U);
  EXPECT_EQ(replay(R"({"on":true})", "nobody").status, 404U);
}

TEST_F(DeliveriesAnswers, AnythingElseIsRefused) {
  start();
  for (const std::string body : {"", "[]", "{}", R"({"on":false})", R"({"after":7})",
                                 R"({"after":"x"})", R"({"on":true,"off":true})"}) {
    EXPECT_EQ(replay(body).status, 400U) << body;
  }
  const std::string ahead = encode_cursor({store_->id(), 9});
  EXPECT_THAT(replay(R"({"after":")" + ahead + "\"}").body, HasSubstr("cursor-ahead"));
  EXPECT_EQ(client().send("POST", "/api/v1/deliveries/crm:replay", "{}").status, 415U);
  EXPECT_TRUE(replays_.empty());
}

TEST_F(DeliveriesAnswers, WithoutAnyThereAreNone) {
  deliveries_ = {};
  start();
  EXPECT_EQ(client().get("/api/v1/deliveries").body, R"({"deliveries":[]})");
  EXPECT_EQ(client().get("/api/v1/deliveries/crm/undelivered").status, 404U);
  EXPECT_EQ(replay(R"({"on":true})").status, 404U);
}

}  // namespace
}  // namespace passaparola::feed
