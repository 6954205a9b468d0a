// Measured accuracy: what counts as right.
#include "feed/accuracy.h"

#include <gmock/gmock.h>
#include <simdjson.h>

namespace passaparola::feed {
namespace {

ActSet acts(std::initializer_list<Act> list) {
  ActSet set;
  for (const Act act : list) set.set(static_cast<std::size_t>(act));
  return set;
}

std::string written(const Agreement& agreement, const std::string& pointer) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  agreement.write(writer);
  writer.EndObject();
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(json).at_pointer(pointer).get(value)) return "missing in " + json;
  return simdjson::minify(value);
}

TEST(Agreement, ActsAreCountedOverTheMentionsWhoseActsPeopleSaid) {
  Agreement agreement;
  store::CorrectedMention mention;
  mention.label = Label::positive;
  mention.acts = acts({Act::praise, Act::recommend});
  mention.lang = "it";
  mention.correction.label = Label::positive;
  agreement.add(mention);  // nothing said of acts
  mention.correction.acts = acts({Act::praise, Act::compare, Act::invite});
  agreement.add(mention);
  EXPECT_EQ(written(agreement, "/acts/mentions"), "1");
  EXPECT_EQ(written(agreement, "/acts/right"), "1");
  EXPECT_EQ(written(agreement, "/acts/of"), "2");
  EXPECT_EQ(written(agreement, "/acts/missed"), "2");
}

TEST(Agreement, AnAbstentionIsNotRightAndIsNotDecided) {
  Agreement agreement;
  store::CorrectedMention mention;
  mention.label = Label::abstain;
  mention.correction.label = Label::neutral;
  agreement.add(mention);
  EXPECT_EQ(written(agreement, "/labels/right"), "0");
  EXPECT_EQ(written(agreement, "/labels/of"), "1");
  EXPECT_EQ(written(agreement, "/decided/of"), "0");
  EXPECT_EQ(written(agreement, "/confusion/abstain/neutral"), "1");
}

TEST(Agreement, AMentionOfSomethingElseJudgesTheRuleAndNotTheLabel) {
  Agreement agreement;
  store::CorrectedMention mention;
  mention.label = Label::positive;
  mention.correction.label = Label::positive;
  mention.correction.about_brand = false;
  agreement.add(mention);
  EXPECT_EQ(written(agreement, "/corrected"), "1");
  EXPECT_EQ(written(agreement, "/labels/of"), "0");
  EXPECT_EQ(written(agreement, "/about_brand/of"), "1");
  EXPECT_EQ(written(agreement, "/about_brand/right"), "0");
}

}  // namespace
}  // namespace passaparola::feed
