// Receivers' own JSON: filled in without a post ever leaving its string; mistakes name their line.
#include "deliver/template.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include "unit/deliver/fixture.h"

namespace passaparola::deliver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of(std::string_view text) {
  const auto parsed = Template::parse(text);
  return parsed ? "" : parsed.error().message;
}

Mention sample_mention() {
  Mention mention;
  mention.brand = "moka_nera";
  mention.sentiment.label = Label::negative;
  mention.post.source = "test";
  mention.post.id = "p1";
  mention.post.author.id = "anna";
  mention.post.text = "\"},{\"admin\":true,\"x\":\"\\ {{url}}\n";
  mention.post.url = "https://social.example/p1";
  return mention;
}

TEST(Template, APostStaysInItsString) {
  const auto parsed = Template::parse(
      "{\n \"content\": \"{{ brand }} ({{label}}): {{text}}\",\n \"id\": \"{{mention_id}}\",\n"
      " \"by\": \"{{author}}\", \"level\": \"{{level}}\"\n}\n");
  ASSERT_TRUE(parsed) << parsed.error().message;
  const Mention mention = sample_mention();
  const std::string filled = parsed->filled(mention);
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  ASSERT_FALSE(parser.parse(filled).get(root)) << filled;
  EXPECT_EQ(root.size(), 4U);
  EXPECT_EQ(std::string_view(root["content"]),
            "moka_nera (negative): " + std::string(mention.post.text));
  EXPECT_EQ(std::string_view(root["id"]), mention_id("test", "p1", "moka_nera"));
  EXPECT_EQ(std::string_view(root["by"]), "anna");
  EXPECT_EQ(std::string_view(root["level"]), "");
}

TEST(Template, AnAlertHasItsLevelAndReasons) {
  const auto parsed =
      Template::parse(R"(["{{text}}","{{brand}}","{{level}}","{{reasons}}","{{url}}"])");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->filled(R"({"brand":"b","level":"warn","reasons":["uno","\"due\""]})"),
            R"(["b: warn. uno; \"due\"","b","warn","uno; \"due\"",""])");
}

TEST(Template, MistakesNameTheirLine) {
  EXPECT_THAT(error_of("{\n\"a\": \"{{txt}}\"}"),
              HasSubstr("line 2: {{txt}} is none of text, url"));
  EXPECT_THAT(error_of("{\n\n\"a\": \"{{text\"}"), HasSubstr("line 3: {{ has no }}"));
  EXPECT_THAT(error_of("{\"a\": {{text}}}"), HasSubstr("no JSON"));
  EXPECT_THAT(error_of("{\"a\": \"{{text}}\""), HasSubstr("no JSON"));
  EXPECT_THAT(error_of(""), HasSubstr("no JSON"));
  // What these are depends on the first letter that is filled in.
  for (const char* half : {R"(["\u123{{text}}"])", R"(["\{{text}}"])", R"(["\u{{text}}00e8"])"}) {
    EXPECT_THAT(error_of(half), HasSubstr("no JSON")) << half;
  }
  EXPECT_THAT(error_of(std::string(kMaxTemplateBytes + 1, ' ')), HasSubstr("more than"));
  EXPECT_EQ(error_of("{\"a\": 1}"), "");
}

TEST_F(DeliveriesTest, ATemplateMakesAMessageOfEachMention) {
  peers::ReceiverPeer receiver([](const auto&, std::size_t) { return peers::takes(); });
  Delivery delivery = to(receiver);
  delivery.shape = std::make_shared<const Template>(*Template::parse(R"({"say":"{{text}}"})"));
  start(std::move(delivery));
  publish({"una", "due \"e mezza\""});
  ASSERT_TRUE(wait_until_told());
  alert("crisis");
  ASSERT_TRUE(wait_until([](const Status& now) { return now.progress.alerts_after == 1; }));
  std::vector<std::string> bodies;
  for (const auto& request : receiver.taken()) {
    bodies.push_back(request.body);
    EXPECT_TRUE(is_signed(request, key()));
  }
  EXPECT_THAT(bodies, ElementsAre(R"({"say":"una"})", R"({"say":"due \"e mezza\""})",
                                  HasSubstr(R"({"say":"moka_nera: crisis. 15 critics)")));
}

}  // namespace
}  // namespace passaparola::deliver
