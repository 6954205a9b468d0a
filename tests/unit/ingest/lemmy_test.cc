#include <gtest/gtest.h>

#include "decoded.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::lemmy, text); }

constexpr std::string_view kAround =
    R"("creator":{"id":2,"name":"anna","display_name":"Anna A","bio":"b","actor_id":)"
    R"("https://l.example/u/anna","published":"2023-08-02T17:25:58.819526"},)"
    R"("community":{"id":2,"name":"moka"})";

std::string post_view(std::string_view extra = {}) {
  return R"({"post":{"id":1,"name":"Titolo","body":"**a** &amp; b","url":"https://e.example/p",)"
         R"("published":"2023-08-04T18:15:42.162438","ap_id":"https://l.example/post/1",)"
         R"("deleted":false,"removed":false)" +
         std::string(extra) + R"(},"counts":{"score":7,"upvotes":8,"comments":3},)" +
         std::string(kAround) + "}";
}

std::string comment_view(std::string_view path, std::string_view extra = {}) {
  return R"({"comment":{"id":4,"post_id":1,"content":"> a\n\nno","path":")" + std::string(path) +
         R"(","published":"2023-08-06T14:41:11.578157Z","ap_id":"https://r.example/comment/9",)"
         R"("deleted":false,"removed":false)" +
         std::string(extra) +
         R"(},"post":{"id":1,"ap_id":"https://l.example/post/1"},"counts":{"score":-1,)"
         R"("child_count":2},)" +
         std::string(kAround) + "}";
}

TEST(Lemmy, APost) {
  const Decoded decoded = decode(R"({"posts":[)" + post_view() + R"(],"next_page":"P1"})");
  ASSERT_EQ(decoded.outcome(), "post");
  const PostView& post = decoded.post();
  EXPECT_EQ(post.source, "lemmy");
  EXPECT_EQ(post.id, "https://l.example/post/1");
  EXPECT_EQ(post.op, PostOp::create);
  EXPECT_EQ(post.kind, PostKind::post);
  EXPECT_EQ(post.author.id, "https://l.example/u/anna");
  EXPECT_EQ(post.author.handle, "anna@l.example");
  EXPECT_EQ(post.author.name, "Anna A");
  EXPECT_EQ(post.author.bio, "b");
  EXPECT_EQ(format_rfc3339(*post.author.created_at), "2023-08-02T17:25:58.819Z");
  EXPECT_EQ(post.title, "Titolo");
  EXPECT_EQ(post.text, "**a** &amp; b");
  EXPECT_EQ(post.url, "https://l.example/post/1");
  ASSERT_EQ(post.links.size(), 1U);
  EXPECT_EQ(post.links[0], "https://e.example/p");
  EXPECT_EQ(post.engagement.likes, 7);
  EXPECT_EQ(post.engagement.replies, 3);
  EXPECT_EQ(format_rfc3339(post.created_at), "2023-08-04T18:15:42.162Z");
}

TEST(Lemmy, Comments) {
  const Decoded decoded =
      decode(R"({"comments":[)" + comment_view("0.4") + "," + comment_view("0.3.4") + "]}");
  ASSERT_EQ(decoded.batch.posts.size(), 2U);
  const PostView& post = decoded.post();
  EXPECT_EQ(post.id, "https://r.example/comment/9");
  EXPECT_EQ(post.kind, PostKind::reply);
  EXPECT_EQ(post.text, "> a\n\nno");
  EXPECT_EQ(post.title, "");
  EXPECT_EQ(post.thread, "https://l.example/post/1");
  EXPECT_EQ(post.reply_to_id, "https://l.example/post/1");
  EXPECT_EQ(post.engagement.likes, -1);
  EXPECT_EQ(post.engagement.replies, 2);
  EXPECT_EQ(decoded.post(1).thread, "https://l.example/post/1");
  EXPECT_EQ(decoded.post(1).reply_to_id, "");
}

TEST(Lemmy, AParentIsKnownWhenItIsInTheSameAnswer) {
  std::string parent = comment_view("0.3");
  parent.replace(parent.find("\"id\":4"), 6, "\"id\":3");
  parent.replace(parent.find("comment/9"), 9, "comment/8");
  const std::string both = comment_view("0.3.4") + "," + parent;
  for (const std::string& text : {R"({"comments":[)" + both + "]}", "[" + both + "]"}) {
    const Decoded decoded = decode(text);
    ASSERT_EQ(decoded.batch.posts.size(), 2U);
    EXPECT_EQ(decoded.post().reply_to_id, "https://r.example/comment/8");
    EXPECT_EQ(decoded.post(1).reply_to_id, "https://l.example/post/1");
  }
}

TEST(Lemmy, StrangePaths) {
  for (const char* path : {"", "4", ".", "0.", "..", "0.3.", "0.x.4", "0.99.4"}) {
    const Decoded decoded = decode(comment_view(path));
    ASSERT_EQ(decoded.outcome(), "post") << path;
    const bool top = std::string_view(path) == "0.";
    EXPECT_EQ(decoded.post().reply_to_id, top ? "https://l.example/post/1" : "") << path;
  }
  EXPECT_EQ(decode("[" + comment_view("4") + "]").post().reply_to_id, "");
}

TEST(Lemmy, EditedAndGone) {
  EXPECT_EQ(decode(post_view(R"(,"updated":"2023-09-01T00:00:00")")).post().op, PostOp::update);
  EXPECT_EQ(decode(post_view(R"(,"updated":null)")).post().op, PostOp::create);
  for (const char* flag : {"deleted", "removed"}) {
    for (std::string line : {post_view(), comment_view("0.4")}) {
      const std::string kept = "\"" + std::string(flag) + "\":false";
      line.replace(line.find(kept), kept.size(), "\"" + std::string(flag) + "\":true");
      const Decoded decoded = decode(line);
      EXPECT_EQ(decoded.post().op, PostOp::remove);
      EXPECT_EQ(decoded.post().text, "");
      EXPECT_EQ(decoded.post().title, "");
      EXPECT_EQ(decoded.post().author.id, "https://l.example/u/anna");
    }
  }
}

TEST(Lemmy, Outcomes) {
  struct Case {
    std::string line;
    std::string expected;
  };
  const std::string time = R"("published":"2023-08-04T18:15:42")";
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const Case cases[] = {
      {R"({"error":"rate_limit_error"})", "stream_error"},
      {R"({"posts":[]})", ""},
      {R"({"comments":[]})", ""},
      {R"({"posts":[7]})", "not_an_object"},
      {"7", "not_an_object"},
      {"{}", "missing_field"},
      {R"({"post":{"name":"n",)" + time + "}}", "missing_field"},
      {R"({"post":{"ap_id":"a","name":"n"}})", "missing_field"},
      {R"({"post":{"ap_id":"a",)" + time + "}}", "missing_field"},
      {R"({"comment":{"ap_id":"a",)" + time + "}}", "missing_field"},
      {R"({"post":{"ap_id":7,"name":"n",)" + time + "}}", "wrong_type"},
      {R"({"post":{"ap_id":"a","name":7,)" + time + "}}", "wrong_type"},
      {R"({"post":{"ap_id":"a","name":"n","body":[],)" + time + "}}", "wrong_type"},
      {R"({"comment":{"ap_id":"a","content":7,)" + time + "}}", "wrong_type"},
      {R"({"post":{"ap_id":"a","name":"n","published":"now"}})", "invalid_time"},
      {R"({"comment":{"ap_id":"a","content":")" + long_text + "\"," + time + "}}", "text_too_long"},
      {R"({"post":{"ap_id":"a","name":"n",)" + time + "}}", "post"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.line).outcome(), c.expected) << c.line.substr(0, 99);
}

TEST(Lemmy, HandlesNeedAServer) {
  std::string line = post_view();
  line.replace(line.find("https://l.example/u/anna"), 24, "anna-without-address");
  EXPECT_EQ(decode(line).post().author.handle, "");
  std::string long_name = post_view();
  long_name.replace(long_name.find("\"anna\""), 6, "\"" + std::string(kMaxNameBytes, 'a') + "\"");
  EXPECT_EQ(decode(long_name).outcome(), "post");
  EXPECT_EQ(decode(long_name).post().author.handle, "");
}

TEST(Lemmy, IsRecognised) {
  EXPECT_EQ(detect(R"({"posts":[)" + post_view() + "]}"), Format::lemmy);
  EXPECT_EQ(detect(R"({"comments":[)" + comment_view("0.4") + "]}"), Format::lemmy);
  EXPECT_EQ(detect(comment_view("0.4")), Format::lemmy);
  EXPECT_EQ(detect(R"({"posts":[{"post":{"id":1}}]})"), Format::autodetect);
  EXPECT_EQ(detect(R"({"comments":[]})"), Format::autodetect);
}

}  // namespace
}  // namespace passaparola::ingest
