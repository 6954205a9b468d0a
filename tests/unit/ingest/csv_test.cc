#include <gtest/gtest.h>

#include "decoded.h"
#include "ingest/csv_rows.h"

namespace passaparola::ingest {
namespace {

Decoded decode(std::string_view text) { return Decoded(Format::csv, text); }

constexpr std::string_view kHeader = "source,id,author.id,text,created_at";
constexpr std::string_view kRow = "shop,1,anna,Bello,2026-01-02T03:04:05Z";

std::string table(std::initializer_list<std::string_view> rows) {
  std::string text(kHeader);
  for (const std::string_view row : rows) text.append("\n").append(row);
  return text;
}

// One row with one column more than it needs.
Decoded with(std::string_view column, std::string_view cell) {
  return decode(std::string(kHeader) + "," + std::string(column) + "\n" + std::string(kRow) + "," +
                std::string(cell) + "\n");
}

TEST(Csv, ARowIsANativePost) {
  const Decoded decoded = decode(
      "op,kind,source,id,author.id,author.handle,author.name,author.bio,author.followers,"
      "author.following,author.posts,author.created_at,text,title,lang,created_at,url,reply_to.id,"
      "reply_to.author_id,thread,repost_of,quote.id,quote.text,rating.value,rating.max,nps,links,"
      "sponsored,engagement.likes,engagement.reposts,engagement.replies,engagement.views,mine\n"
      "update,review,shop,1,a1,h,N,b,312,90,1204,2023-01-01,Bello,t,it,2026-01-02T03:04:05Z,"
      "https://e.example,r,ra,th,ro,q,qt,4.5,5,9,https://a.example https://b.example,true,3,1,0,"
      "120,whatever\n");
  ASSERT_EQ(decoded.outcome(), "post");
  const Decoded native(
      Format::native,
      R"({"op":"update","kind":"review","source":"shop","id":"1","author":{"id":"a1","handle":"h",)"
      R"("name":"N","bio":"b","followers":312,"following":90,"posts":1204,"created_at":)"
      R"("2023-01-01T00:00:00Z"},"text":"Bello","title":"t","lang":"it","created_at":)"
      R"("2026-01-02T03:04:05Z","url":"https://e.example","reply_to":{"id":"r","author_id":"ra"},)"
      R"("thread":"th","repost_of":"ro","quote":{"id":"q","text":"qt"},"rating":{"value":4.5,)"
      R"("max":5},"nps":9,"links":["https://a.example","https://b.example"],"sponsored":true,)"
      R"("engagement":{"likes":3,"reposts":1,"replies":0,"views":120}})");
  EXPECT_EQ(decoded.lines(), native.lines());
}

TEST(Csv, CellsMayBeQuoted) {
  const Decoded decoded =
      decode(table({R"(shop,"1",anna,"uno, ""due""; )", R"(tre",2026-01-02T03:04:05Z)", kRow}));
  ASSERT_EQ(decoded.batch.posts.size(), 2U);
  EXPECT_EQ(decoded.post().id, "1");
  EXPECT_EQ(decoded.post().text, "uno, \"due\"; \ntre");
  EXPECT_EQ(decoded.post(1).text, "Bello");
}

TEST(Csv, SeparatorsLineEndsAndMarks) {
  const auto rewritten = [](char separator, std::string_view line_end, std::string_view mark) {
    std::string text(mark);
    for (const char c : table({kRow, kRow})) {
      if (c == '\n') {
        text.append(line_end);
      } else {
        text.push_back(c == ',' ? separator : c);
      }
    }
    return text;
  };
  const auto expected = decode(table({kRow, kRow})).lines();
  ASSERT_EQ(expected.size(), 2U);
  for (const char separator : {',', ';', '\t'}) {
    for (const char* line_end : {"\n", "\r\n"}) {
      for (const char* mark : {"", "\xEF\xBB\xBF"}) {
        const std::string text = rewritten(separator, line_end, mark);
        EXPECT_EQ(decode(text).lines(), expected) << text;
        EXPECT_EQ(Decoded(Format::autodetect, text).lines(), expected) << text;
      }
    }
  }
  EXPECT_EQ(decode(table({kRow, kRow}) + "\r\n").lines(), expected);
}

TEST(Csv, ARowAloneIsRejectedAtItsLine) {
  const Decoded decoded = decode(
      table({kRow, "shop,2,anna,\"due\nrighe\",2026-01-02T03:04:05Z", "shop,3,anna,Bello,now", "",
             ",,,,", "shop,4,anna,Bello", "shop,5,anna,\"Bel\"lo,2026-01-02T03:04:05Z",
             "shop,6,anna,perch\xE9,2026-01-02T03:04:05Z", kRow, "shop,7,\"anna"}));
  EXPECT_EQ(decoded.batch.posts.size(), 3U);
  EXPECT_EQ(decoded.batch.ignored, 2U);
  struct Expected {
    std::uint64_t line;
    RejectReason reason;
  };
  const Expected expected[] = {{5, RejectReason::invalid_time},
                               {8, RejectReason::invalid_csv},
                               {9, RejectReason::invalid_csv},
                               {10, RejectReason::invalid_utf8},
                               {12, RejectReason::invalid_csv}};
  ASSERT_EQ(decoded.batch.rejects.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(decoded.batch.rejects[i].line, expected[i].line);
    EXPECT_EQ(decoded.batch.rejects[i].reason, expected[i].reason) << expected[i].line;
  }
}

TEST(Csv, Values) {
  EXPECT_EQ(with("reply_to_id", "r").post().reply_to_id, "r");
  EXPECT_EQ(with("reply_to_author_id", "r").post().reply_to_author_id, "r");
  EXPECT_EQ(with("kind", "survey").post().kind, PostKind::survey);
  EXPECT_EQ(with(" nps ", "10").post().nps, 10);
  EXPECT_EQ(with("sponsored", "false").post().sponsored, false);
  EXPECT_EQ(with("lang", "").post().lang, "");
  EXPECT_EQ(with("rating.value,rating.max", "\"4,5\",5").post().rating->value, 4.5);
  EXPECT_EQ(decode(table({"shop,1,anna,Bello,2026-01-02"})).post().created_at,
            parse_rfc3339("2026-01-02T00:00:00Z"));
  EXPECT_EQ(decode(table({"shop,1,anna,Bello,2026-01-02 03:04:05"})).post().created_at,
            parse_rfc3339("2026-01-02T03:04:05Z"));
}

TEST(Csv, Outcomes) {
  struct Case {
    std::string text;
    std::string expected;
  };
  const std::string long_id(kMaxIdBytes + 1, 'a');
  const std::string long_text(kMaxTextBytes + 1, 'a');
  const Case cases[] = {
      {"", ""},
      {"\r\n\n", ""},
      {std::string(kHeader), ""},
      {"a,b\n1,2\n", "unknown_format"},
      {"source,\"id\n1,2\n", "unknown_format"},
      {table({",1,anna,t,2026-01-02"}), "missing_field"},
      {table({"shop,,anna,t,2026-01-02"}), "missing_field"},
      {table({"shop,1,,t,2026-01-02"}), "missing_field"},
      {table({"shop,1,anna,,2026-01-02"}), "missing_field"},
      {table({"shop,1,anna,t,"}), "missing_field"},
      {table({"shop," + long_id + ",anna,t,2026-01-02"}), "field_too_long"},
      {table({"shop,1,anna," + long_text + ",2026-01-02"}), "text_too_long"},
      {table({"shop,1,anna,\"" + std::string(kMaxRecordBytes, 'a') + "\",2026-01-02"}),
       "record_too_long"},
      {"source,id,op\nshop,1,delete\n", "post"},
      {"source,id,op\nshop,1,vanish\n", "bad_value"},
      {"source,author.id,op\nshop,a,delete_author\n", "post"},
      {"source,id,author.id,created_at,nps\ns,1,a,2026-01-02,9\n", "missing_field"},
      {"source,id,author.id,created_at,nps,text\ns,1,a,2026-01-02,9,\n", "post"}};
  for (const Case& c : cases)
    EXPECT_EQ(decode(c.text).outcome(), c.expected) << c.text.substr(0, 99);
}

TEST(Csv, WrongValues) {
  const std::string long_url(kMaxUrlBytes + 1, 'a');
  const std::pair<const char*, std::pair<std::string, const char*>> cases[] = {
      {"nps", {"11", "bad_value"}},
      {"nps", {"9.5", "bad_value"}},
      {"kind", {"opinion", "bad_value"}},
      {"sponsored", {"yes", "bad_value"}},
      {"engagement.likes", {"many", "bad_value"}},
      {"author.followers", {"1e3", "bad_value"}},
      {"author.created_at", {"then", "invalid_time"}},
      {"rating.value", {"4", "missing_field"}},
      {"rating.max", {"4", "missing_field"}},
      {"rating.value,rating.max", {"6,5", "bad_value"}},
      {"rating.value,rating.max", {"nan,5", "bad_value"}},
      {"rating.value,rating.max", {"inf,inf", "bad_value"}},
      {"rating.value,rating.max", {"four,5", "bad_value"}},
      {"rating.value,rating.max", {std::string(40, '1') + ",5", "bad_value"}},
      {"url", {long_url, "field_too_long"}},
      {"links", {long_url, "field_too_long"}}};
  for (const auto& [column, wrong] : cases) {
    EXPECT_EQ(with(column, wrong.first).outcome(), wrong.second) << column << " " << wrong.first;
  }
}

TEST(Csv, IsADocumentAndRecognised) {
  for (const std::string& text : {table({kRow}), "\"source\";\"id\";\"op\"\n" + table({kRow})}) {
    EXPECT_EQ(detect(text), Format::csv) << text;
    EXPECT_TRUE(is_document(Format::autodetect, text)) << text;
    EXPECT_EQ(whole_records(Format::autodetect, text), 0U) << text;
  }
  EXPECT_TRUE(is_document(Format::csv, "anything"));
  for (const char* other : {"source", "source,id,text", "id,author.id,text", "sources,id,op",
                            "{\"source\":\"s\",\"id\":\"op\"}"}) {
    EXPECT_NE(detect(other), Format::csv) << other;
    EXPECT_FALSE(is_document(Format::autodetect, other)) << other;
  }
}

TEST(Csv, Separators) {
  EXPECT_EQ(csv_separator("a,b;c,d"), ',');
  EXPECT_EQ(csv_separator("a;b,c;d"), ';');
  EXPECT_EQ(csv_separator("a\tb\tc;d"), '\t');
  EXPECT_EQ(csv_separator("\"a,b,c\";d"), ';');
  EXPECT_EQ(csv_separator("a"), ',');
}

}  // namespace
}  // namespace passaparola::ingest
