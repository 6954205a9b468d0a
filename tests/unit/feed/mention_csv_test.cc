#include "feed/mention_csv.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/correction.h"

namespace passaparola::feed {
namespace {

TEST(MentionCsv, HasACellForEveryColumn) {
  Mention mention;
  mention.seq = 7;
  mention.brand = "moka_nera";
  mention.lang = "it";
  mention.sentiment = {Label::negative, -0.5, 0.9, {}};
  const RuleHit rules[] = {{"moka_nera.mention", 1, {}, {}}, {"moka_nera.taste", 1, {}, {}}};
  mention.rules = rules;
  const Match matches[] = {{"moka_nera.mention", "moka", Field::text, 0, 11, 15}};
  mention.matches = matches;
  const ActHit acts[] = {{Act::praise, false, 1, "", Field::text, 0, 0, ParentNeed::none, false},
                         {Act::recommend, true, 1, "", Field::text, 0, 0, ParentNeed::none, false},
                         {Act::praise, false, 1, "", Field::text, 0, 0, ParentNeed::none, false}};
  mention.acts = acts;
  Correction said;
  said.label = Label::mixed;
  said.about_brand = false;
  mention.correction = &said;
  mention.post.source = "bluesky";
  mention.post.id = "3k";
  mention.post.author.id = "did:plc:a";
  mention.post.author.name = "=HYPERLINK(\"x\")";
  mention.post.created_at = {0};
  mention.post.text = "una, buona moka";
  mention.post.rating = Rating{4, 5};
  mention.post.engagement.likes = 3;
  std::string row;
  append_csv(mention, 1, row);
  EXPECT_EQ(row,
            "7,p000000010000000000000007," + mention_id("bluesky", "3k", "moka_nera") +
                ",moka_nera,1970-01-01T00:00:00.000Z,bluesky,3k,post,did:plc:a,,"
                "\"'=HYPERLINK(\"\"x\"\")\",,it,negative,-0.5000,0.9000,recommend praise,1.0000,,"
                "mixed,,false,,0,moka_nera.mention moka_nera.taste,moka,4.0000,5.0000,,3,,,,false,"
                ",,,,\"una, buona moka\"\r\n");
  const std::string_view header = mention_csv_header();
  // One comma is of the text.
  EXPECT_EQ(std::count(row.begin(), row.end(), ',') - 1,
            std::count(header.begin(), header.end(), ','));
}

}  // namespace
}  // namespace passaparola::feed
