// Bytes on disk: what is written is read again, every byte of the golden example is fixed, and
// damaged bytes are an Error.
#include <gtest/gtest.h>

#include "core/hash.h"
#include "store/mention_codec.h"
#include "store/row_codec.h"
#include "support.h"

namespace passaparola::store {
namespace {

struct FullMention {
  std::string_view tags[2] = {"brand.moka_nera", "hot"};
  RuleAction actions[2] = {{RuleAction::Kind::score, "love", -1.5},
                           {RuleAction::Kind::alert, "crisis", 0}};
  RuleHit rules[1] = {{"moka_nera.mention", 7, tags, actions}};
  Match matches[1] = {{"moka_nera.mention", "#mokanera", Field::links, 1, 9, 18}};
  SentimentHit hits[1] = {{"adoro", Field::title, 0, 5, -0.8, true}};
  ActHit acts[1] = {{Act::invite, true, 0.95, "ve la consiglio", Field::text, 20, 35,
                     ParentNeed::question, true}};
  Penalty penalties[1] = {{Signal::copy_cluster, 0.5, "bot", Field::bio, 1, 4}};
  std::string_view links[2] = {"https://a.example", "https://b.example"};
  Mention mention;

  FullMention() {
    mention.seq = 4711;
    mention.brand = "moka_nera";
    mention.rules = rules;
    mention.matches = matches;
    mention.sentiment = {Label::abstain, -0.25, 0.5, hits};
    mention.acts = acts;
    mention.authenticity = {0.5, penalties};
    mention.quality = {0.75, true, true, bit_of(StyleSign::plans)};
    mention.relation_hint = RelationHint::inauthentic;
    mention.lang = "it";
    mention.fingerprint = 0x0123456789ABCDEF;
    mention.copies = {"00ff00000000000000000000000000ab", 300, 2};
    mention.ruleset = "r";
    mention.lexicon = "l";
    PostView& post = mention.post;
    post.op = PostOp::update;
    post.kind = PostKind::answer;
    post.source = "bluesky";
    post.id = "p1";
    post.author = {"a1", "anna", "Anna", "bio", 312, -1, 0, Timestamp{-5}};
    post.text = "Adoro la #MokaNera";
    post.title = "t";
    post.lang = "it-IT";
    post.created_at = {1'790'000'000'123};
    post.url = "u";
    post.reply_to_id = "r1";
    post.reply_to_author_id = "b1";
    post.thread = "th";
    post.repost_of = "ro";
    post.quote_id = "q1";
    post.quote_text = "qt";
    post.rating = Rating{4.5, 5};
    post.nps = 9;
    post.links = links;
    post.sponsored = true;
    post.engagement = {3, 1, 0, INT64_MAX};
  }
};

TEST(MentionCodec, EveryFieldIsReadAsItWasWritten) {
  const FullMention full;
  std::string bytes, again;
  encode_mention(full.mention, bytes);
  const auto stored = StoredMention::decode(4711, bytes);
  ASSERT_TRUE(stored) << stored.error().message;
  encode_mention(**stored, again);
  EXPECT_EQ(again, bytes);
  const Mention& read = **stored;
  EXPECT_EQ(read.seq, 4711);
  EXPECT_EQ(read.rules[0].tags[1], "hot");
  EXPECT_EQ(read.rules[0].actions[0].amount, -1.5);
  EXPECT_EQ(read.rules[0].actions[1].kind, RuleAction::Kind::alert);
  EXPECT_EQ(read.rules[0].actions[1].name, "crisis");
  EXPECT_EQ(read.matches[0].link, 1);
  EXPECT_EQ(read.sentiment.hits[0].weight, -0.8);
  EXPECT_EQ(read.acts[0].cue, "ve la consiglio");
  EXPECT_EQ(read.acts[0].needs, ParentNeed::question);
  EXPECT_TRUE(read.acts[0].parent_fits);
  EXPECT_EQ(read.authenticity.penalties[0].signal, Signal::copy_cluster);
  EXPECT_EQ(read.fingerprint, 0x0123456789ABCDEF);
  EXPECT_EQ(read.copies.duplicate_of, "00ff00000000000000000000000000ab");
  EXPECT_EQ(read.copies.known, 300);
  EXPECT_EQ(read.copies.by_author, 2);
  EXPECT_EQ(read.post.author.following, -1);
  EXPECT_EQ(read.post.author.created_at, Timestamp{-5});
  EXPECT_EQ(read.post.rating->value, 4.5);
  EXPECT_EQ(read.quality.style, bit_of(StyleSign::plans));
  EXPECT_EQ(read.post.nps, 9);
  EXPECT_EQ(read.post.links[1], "https://b.example");
  EXPECT_EQ(read.post.engagement.views, INT64_MAX);
}

Mention golden_mention() {
  Mention mention;
  mention.brand = "moka";
  mention.lang = "it";
  mention.fingerprint = 1;
  mention.post.source = "x";
  mention.post.id = "7";
  mention.post.author.id = "9";
  mention.post.text = "ciao";
  mention.post.created_at = {1000};
  return mention;
}

TEST(MentionCodec, GoldenBytes) {
  std::string bytes;
  encode_mention(golden_mention(), bytes);
  EXPECT_EQ(to_hex(bytes),
            "03046d6f6b61000000000000000000000000000000000000000000000000000000f03f00000000000000"
            "00000000000002697401000000000000000000000000000001780137013900000000000000046369616f00"
            "00d00f000000000000000000000000000000");
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

TEST(MentionCodec, TheFirstVersionIsReadAndHasNoPast) {
  const auto stored = StoredMention::decode(
      0, from_hex(
             "01046d6f6b610000000000000000000000000000000000000000010400000000000000e03f0000000000"
             "0000000000f03f0000000000000000000000000269740100000000000000000000000178013701390000"
             "0000000000046369616f0000d00f000000000000000000000000000000"));
  ASSERT_TRUE(stored) << stored.error().message;
  Mention expected = golden_mention();
  const ActHit acts[] = {{Act::defend, false, 0.5, {}, Field::text, 0, 0}};
  expected.acts = acts;
  std::string bytes, again;
  encode_mention(expected, bytes);
  encode_mention(**stored, again);
  EXPECT_EQ(to_hex(again), to_hex(bytes));
}

TEST(MentionCodec, CutBytesAreCorruptAtEveryLength) {
  std::string bytes;
  encode_mention(FullMention().mention, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = StoredMention::decode(1, bytes.substr(0, size));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::corrupt);
  }
  EXPECT_FALSE(StoredMention::decode(1, bytes + '\0')) << "bytes are left over";
}

TEST(MentionCodec, ALaterVersionIsNotGuessed) {
  std::string bytes;
  encode_mention(FullMention().mention, bytes);
  bytes[0] = 4;
  EXPECT_EQ(StoredMention::decode(1, bytes).error().code, ErrorCode::unsupported);
}

TEST(MentionCodec, AHugeCountIsRefusedWithoutMemory) {
  std::string bytes("\x02\x04moka", 6);
  bytes += "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01";
  EXPECT_FALSE(StoredMention::decode(1, bytes));
}

TEST(MentionCodec, ContentIsThePostAndNotTheOperation) {
  const FullMention full;
  PostView post = full.mention.post;
  const std::uint64_t content = content_of(post);
  post.op = PostOp::create;
  EXPECT_EQ(content_of(post), content);
  post.text = "altro";
  EXPECT_NE(content_of(post), content);
}

TEST(RowCodec, RowsResponsesAndPostsAreReadAsTheyWereWritten) {
  MentionRow row;
  row.facts = facts_of(FullMention().mention);
  row.nps = 10;
  row.post.fill('p');
  row.id.fill('i');
  std::string bytes, again;
  encode_row(row, bytes);
  const auto read = decode_row(bytes);
  ASSERT_TRUE(read);
  encode_row(*read, again);
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(read->nps, 10);
  EXPECT_TRUE(read->facts.has(Signal::copy_cluster));
  EXPECT_EQ(read->facts.copies_by_author, 2);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_row(bytes.substr(0, size)));
  }

  PostEntry entry;
  entry.content = 5;
  entry.author.fill('a');
  entry.reply_author.fill('r');
  entry.created_at = {-1};
  entry.mentions = {{1, 300}, {70000, 301}};
  std::string post_bytes;
  encode_post(entry, post_bytes);
  const auto read_entry = decode_post(post_bytes);
  ASSERT_TRUE(read_entry);
  EXPECT_EQ(read_entry->reply_author, entry.reply_author);
  EXPECT_EQ(read_entry->created_at, entry.created_at);
  EXPECT_EQ(read_entry->mentions[1].brand, 70000U);
  EXPECT_EQ(read_entry->mentions[1].seq, 301U);
  std::string tombstone;
  encode_post({.tombstone = true, .mentions = {}}, tombstone);
  EXPECT_EQ(to_hex(tombstone), "0101");
}

TEST(RowCodec, GoldenPostAndItsFirstVersion) {
  PostEntry entry;
  entry.content = 5;
  entry.author.fill('a');
  entry.created_at = {1000};
  entry.mentions = {{1, 7}};
  const std::string content = "0500000000000000", end =
                                                      "d00f"
                                                      "01"
                                                      "0107";
  std::string author, parent, original;
  for (int i = 0; i < 16; ++i) {
    author += "61";
    parent += "70";
    original += "6f";
  }
  std::string bytes;
  encode_post(entry, bytes);
  EXPECT_EQ(to_hex(bytes), "0100" + content + author + end) << "nothing that version 1 cannot say";
  entry.references.parent.fill('p');
  entry.references.original.fill('o');
  bytes.clear();
  encode_post(entry, bytes);
  EXPECT_EQ(to_hex(bytes), "0214" + content + author + parent + original + end);
  const auto read = decode_post(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->references, entry.references);
  EXPECT_FALSE(decode_post(from_hex("0114" + content + author + parent + original + end)));
  std::string erased;
  encode_post({.tombstone = true, .erased = true, .mentions = {}}, erased);
  EXPECT_EQ(to_hex(erased), "0221");
  EXPECT_TRUE(decode_post(erased)->erased && summary_of_post(erased)->erased);
  for (const char* wrong : {"0121", "0220", "0205", "0103", "0301"}) {
    EXPECT_FALSE(decode_post(from_hex(wrong))) << wrong;
    EXPECT_FALSE(summary_of_post(from_hex(wrong))) << wrong;
  }
}

TEST(RowCodec, GoldenRowAndTheFirstVersion) {
  MentionRow row;
  row.facts.fingerprint = 1;
  row.facts.specifics = true;
  row.facts.asks = true;
  row.facts.copies_by_author = 3;
  row.facts.act_count = 1;
  row.facts.acts[0] = {Act::recommend, true, 1.0F};
  std::string bytes;
  encode_row(row, bytes);
  const std::string ids(64, '0');
  EXPECT_EQ(to_hex(bytes), "03ff" + ids + "0100000000000000" + "0000" + "06" + "03" + "00000000" +
                               "00000000" + "0000803f" + "00000000" + "0000" + "01" + "80" +
                               "0000803f" + "00" + "0000" + "00");
  const auto first = decode_row(from_hex("01ff" + ids + "0100000000000000" + "0000" + "02" +
                                         "00000000" + "00000000" + "0000803f" + "00000000" +
                                         "0000" + "01" + "80" + "0000803f"));
  ASSERT_TRUE(first);
  row.facts.copies_by_author = 0;
  std::string again, expected;
  encode_row(*first, again);
  encode_row(row, expected);
  EXPECT_EQ(to_hex(again), to_hex(expected)) << "whether it asks is not known: yes";
}

TEST(RowCodec, GoldenRowWithEverythingAndTheSecondVersion) {
  MentionRow row;
  row.facts.registered_code = true;
  row.facts.style = bit_of(StyleSign::warm) | bit_of(StyleSign::plans);
  row.facts.lang = pack_language("it");
  row.facts.stars = 4.5F;
  row.facts.topic = 7;
  row.facts.account_days = 29;
  row.facts.account_posts = 70'000;
  row.facts.ties = {0, 0x0807060504030201, 0x0B0A};
  row.facts.act_count = 1;
  row.facts.acts[0] = {Act::defend, false, 1.0F, true};
  std::string bytes;
  encode_row(row, bytes);
  const std::string ids(64, '0'), zero(16, '0');
  const std::string begin = "ff" + ids + zero + "0000";
  const std::string numbers =
      "00"
      "00000000"
      "00000000"
      "0000803f"
      "00000000"
      "0000"
      "01";
  EXPECT_EQ(to_hex(bytes), "03" + begin + "08" + numbers + "44" + "0000803f" +  // a fitting defence
                               "21" + "bd1b" + "3f" +  // style, "it", has all
                               "e1" + "07000000" + "0102030405060708" + "0a0b" + "1d00" +
                               "70110100");
  const auto read = decode_row(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->facts.stars, 4.5F);
  EXPECT_EQ(language_name(read->facts.lang), "it");
  EXPECT_TRUE(read->facts.acts[0].parent_fits && read->facts.registered_code);
  EXPECT_EQ(read->facts.ties.thread, row.facts.ties.thread);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_row(bytes.substr(0, size))) << size;
  }
  const std::string second = begin + "04" + numbers;
  const auto before = decode_row(from_hex("02" + second + "040000803f"));
  ASSERT_TRUE(before);
  EXPECT_LT(before->facts.stars, 0);
  EXPECT_LT(before->facts.account_days, 0);
  EXPECT_LT(before->facts.account_posts, 0);
  EXPECT_FALSE(decode_row(from_hex("02" + second + "440000803f"))) << "it has no such bit";
}

TEST(RowCodec, GoldenResponseAndBucket) {
  std::string bytes;
  ResponseFacts response{0, {}, 0x0807060504030201, 1.0F};
  response.answered = 5;
  response.label = Label::negative;
  encode_response(response, bytes);
  EXPECT_EQ(to_hex(bytes),
            "0201020304050607080000803f"
            "0500000000000000"
            "02");
  const auto read = decode_response(bytes);
  ASSERT_TRUE(read && read->answered == 5 && read->label == Label::negative);
  const auto before = decode_response(from_hex("0101020304050607080000803f"));
  ASSERT_TRUE(before && before->answered == 0 && before->label == Label::abstain);
  EXPECT_FALSE(decode_response(from_hex("0301020304050607080000803f")));
  BucketCounters counters{};
  counters[0] = 3;
  counters[2] = -1;
  bytes.clear();
  encode_bucket(counters, bytes);
  EXPECT_EQ(to_hex(bytes), "01050601");
  EXPECT_EQ(decode_bucket(bytes), counters);
  EXPECT_FALSE(decode_bucket(std::string_view(bytes).substr(0, 3)));
}

TEST(RowCodec, MergingProfilesIsAssociative) {
  std::vector<Profile> parts(3);
  for (int i = 0; i < 3; ++i) {
    parts[i].counters[0] = i + 1;
    parts[i].first_seen = {10 - i};
    parts[i].last_seen = {20 + i};
  }
  parts[1].exact_span = true;
  parts[0].record = "old";
  parts[2].record = "new";
  std::string left, right;
  encode_profile(merged(merged(parts[0], parts[1]), parts[2]), left);
  encode_profile(merged(parts[0], merged(parts[1], parts[2])), right);
  EXPECT_EQ(left, right);
  const auto read = decode_profile(left);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->counters[0], 6);
  EXPECT_EQ(read->record, "new");
  EXPECT_EQ(read->first_seen.milliseconds, 8);
}

TEST(Keys, SortAsTheirValuesDo) {
  EXPECT_LT(view(feed_key(255)), view(feed_key(256)));
  const auto at = [](std::int64_t time) { return row_key({1, {}, {time}, 9}); };
  EXPECT_LT(view(at(-5)), view(at(-4)));
  EXPECT_LT(view(at(-1)), view(at(0)));
  EXPECT_LT(view(at(INT64_MIN)), view(at(INT64_MAX)));
  const auto row = parse_row_key(view(at(-5)));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->created_at.milliseconds, -5);
  EXPECT_EQ(row->seq, 9U);
  EXPECT_EQ(to_hex(view(bucket_key(2, 1, {0}))), "00000002018000000000000000");
  EXPECT_FALSE(parse_mention_id("zz"));
  EXPECT_FALSE(parse_mention_id(std::string(32, 'G')));
  EXPECT_EQ(to_hex(view(*parse_mention_id("00ff00000000000000000000000000ab"))),
            "00ff00000000000000000000000000ab");
}

}  // namespace
}  // namespace passaparola::store
