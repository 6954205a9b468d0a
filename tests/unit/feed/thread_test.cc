// GET /mentions/{id}/thread: what was answered, and who answers.
#include <gmock/gmock.h>
#include <simdjson.h>

#include "core/mention.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Of the parent's mentions, then of the items'.
std::vector<std::uint64_t> seqs_in(const std::string& json) {
  simdjson::dom::parser parser;
  const auto page = parser.parse(json);
  std::vector<std::uint64_t> out;
  for (const auto mention : page["parent"].get_array()) out.push_back(mention["seq"].get_uint64());
  for (const auto item : page["items"].get_array()) {
    out.push_back(item["mention"]["seq"].get_uint64());
  }
  return out;
}

class ThreadTest : public ServerTest {
 protected:
  void push(const std::string& id, const std::string& answers) {
    const std::string post = R"({"id":")" + id + R"(","text":"Moka )" + id +
                             R"(","author":{"id":"anna"},"reply_to":{"id":")" + answers + R"("}})";
    ASSERT_EQ(client().send("POST", "/api/v1/posts", post, {{"Content-Type", kNdjson}}).status,
              200U);
  }
  Reply thread(const std::string& post, const std::string& query = "") {
    return client().get("/api/v1/mentions/" + mention_id("test", post, "moka_nera") + "/thread" +
                        query);
  }
  static constexpr const char* kNdjson = "application/x-ndjson";
};

TEST_F(ThreadTest, SaysWhatIsAnsweredAndWhoAnswersPageByPage) {
  start();
  push("root", "");
  push("answer", "root");
  push("other", "");
  push("first", "answer");
  push("second", "answer");
  const std::string answer = thread("answer").body;
  EXPECT_THAT(seqs_in(answer), ElementsAre(1, 4, 5)) << answer;
  EXPECT_THAT(answer, HasSubstr(R"("items":[{"answers":true,"quotes":false,"reposts":false,)"));
  EXPECT_THAT(answer, HasSubstr(R"("more":false})"));
  EXPECT_THAT(thread("other").body, HasSubstr(R"({"parent":[],"items":[],)"));

  const std::string page = thread("answer", "?limit=1").body;
  EXPECT_THAT(seqs_in(page), ElementsAre(1, 4));
  EXPECT_THAT(page, HasSubstr(R"("more":true)"));
  const std::size_t cursor = page.rfind(R"("cursor":")") + 10;
  const std::string next = thread("answer", "?after=" + page.substr(cursor, 25)).body;
  EXPECT_THAT(seqs_in(next), ElementsAre(1, 5)) << next;
}

TEST_F(ThreadTest, WhatIsNotThereIsSaid) {
  start();
  push("root", "");
  EXPECT_EQ(thread("nowhere").status, 404U);
  EXPECT_EQ(thread("root", "?after=x").status, 400U);
  EXPECT_EQ(thread("root", "?limit=0").status, 400U);
}

}  // namespace
}  // namespace passaparola::feed
