// Recorded feeds and the suites of malformed input, when the folder of test data is there.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <set>

#include "core/fold.h"
#include "decoded.h"
#include "ingest/feed_time.h"
#include "ingest/server_sent_events.h"

namespace passaparola::ingest {
namespace {

constexpr Format kAll[] = {
    Format::autodetect, Format::native,   Format::jetstream,  Format::mastodon,
    Format::x,          Format::reddit,   Format::rss,        Format::hackernews,
    Format::youtube,    Format::appstore, Format::googleplay, Format::googleplaces,
    Format::trustpilot, Format::lemmy,    Format::jsonfeed,   Format::csv};

bool has_data(const char* name) {
  if (std::filesystem::is_directory(data_folder())) return true;
  std::cout << "no test data: " << name << " proved nothing\n";
  return false;
}

std::string feed(const char* path) { return file_text(data_folder() / "feeds" / path); }

// Decodes and holds a batch to its promises.
Decoded sound(Format format, const std::string& text) {
  Decoded decoded(format, text);
  const PostBatch& batch = decoded.batch;
  EXPECT_EQ(batch.records, batch.posts.size() + batch.rejects.size() + batch.ignored);
  for (const auto& line : decoded.lines()) EXPECT_TRUE(is_valid_utf8(line));
  return decoded;
}

TEST(Recordings, Jetstream) {
  if (!has_data("Jetstream")) return;
  const std::string text = feed("bluesky/jetstream_v1_golden10.jsonl");
  for (const Format format : {Format::jetstream, Format::autodetect}) {
    const Decoded decoded = sound(format, text);
    EXPECT_EQ(decoded.batch.records, 10U);
    EXPECT_EQ(decoded.batch.ignored, 8U);
    ASSERT_EQ(decoded.batch.posts.size(), 2U);
    EXPECT_EQ(decoded.post(0).id.substr(decoded.post(0).id.rfind('/')), "/3mmoojp4cd223");
    EXPECT_EQ(decoded.post(0).kind, PostKind::reply);
    EXPECT_EQ(decoded.post(0).lang, "en");
    EXPECT_EQ(decoded.post(0).thread, decoded.post(0).reply_to_id);
    EXPECT_EQ(format_rfc3339(decoded.post(0).created_at), "2026-05-25T14:23:28.757Z");
    EXPECT_EQ(decoded.post(1).op, PostOp::show_author);
  }
}

TEST(Recordings, X) {
  if (!has_data("X")) return;
  const std::string text = feed("x/simdjson_twitter_search_v1.1.json");
  EXPECT_EQ(detect(text), Format::x);
  EXPECT_TRUE(is_document(Format::x, text));
  const Decoded decoded = sound(Format::autodetect, text);
  ASSERT_EQ(decoded.batch.posts.size(), 100U);
  EXPECT_EQ(decoded.post().id, "505874924095815681");
  EXPECT_EQ(decoded.post().lang, "ja");
  EXPECT_EQ(format_rfc3339(decoded.post().created_at), "2014-08-31T00:29:15.000Z");
  const auto reposts = std::count_if(
      decoded.batch.posts.begin(), decoded.batch.posts.end(),
      [](const PostView& post) { return post.kind == PostKind::repost && post.repost_of != ""; });
  EXPECT_EQ(reposts, 73);
  EXPECT_EQ(sound(Format::x, feed("x/v2_stream_errors.ndjson")).batch.rejects.size(), 3U);
}

TEST(Recordings, Mastodon) {
  if (!has_data("Mastodon")) return;
  const Decoded statuses = sound(Format::autodetect, feed("mastodon/mastodonpy_statuses.ndjson"));
  EXPECT_EQ(statuses.batch.posts.size(), 44U);
  EXPECT_EQ(statuses.batch.ignored, 24U);
  for (const PostView& post : statuses.batch.posts) {
    EXPECT_EQ(post.text.find("<p"), std::string_view::npos);
  }
  std::size_t posts = 0;
  for (const auto& path : files_below(data_folder() / "feeds/mastodon")) {
    if (!path.string().ends_with(".sse.txt")) continue;
    const std::string text = file_text(path);
    EXPECT_EQ(detect(text), Format::mastodon);
    const Decoded decoded = sound(Format::autodetect, text);
    EXPECT_TRUE(decoded.batch.rejects.empty()) << path.filename();
    posts += decoded.batch.posts.size();
  }
  EXPECT_GE(posts, 3U);
}

TEST(Recordings, Reddit) {
  if (!has_data("Reddit")) return;
  const std::pair<const char*, std::size_t> listings[] = {{"listing_comments_0", 100},
                                                          {"listing_comments_stream_0", 100},
                                                          {"listing_comments_stream_1", 99},
                                                          {"listing_hot_0", 102},
                                                          {"listing_new_0", 100},
                                                          {"listing_search_0", 6},
                                                          {"listing_submissions_stream_0", 100},
                                                          {"listing_submissions_stream_1", 4},
                                                          {"listing_top_0", 100}};
  for (const auto& [name, count] : listings) {
    const std::string text = feed((std::string("reddit/") + name + ".json").c_str());
    EXPECT_EQ(detect(text), Format::reddit) << name;
    EXPECT_EQ(sound(Format::autodetect, text).batch.posts.size(), count) << name;
  }
  const std::string bulk = feed("bulk/part-000.ndjson");
  EXPECT_EQ(detect(bulk), Format::reddit);
  const std::size_t whole =
      whole_records(Format::reddit, std::string_view(bulk).substr(0, kChunkBytes));
  const Decoded decoded = sound(Format::reddit, bulk.substr(0, whole));
  EXPECT_TRUE(decoded.batch.rejects.empty());
  EXPECT_GT(decoded.batch.posts.size(), 500U);
}

// The blocks of JSON in a document of prose.
std::vector<std::string> examples_in(const std::string& prose) {
  constexpr std::string_view kOpen = "```javascript\n";
  std::vector<std::string> blocks;
  for (std::size_t at = prose.find(kOpen); at != std::string::npos; at = prose.find(kOpen, at)) {
    at += kOpen.size();
    blocks.push_back(prose.substr(at, prose.find("```", at) - at));
  }
  return blocks;
}

TEST(Recordings, HackerNews) {
  if (!has_data("Hacker News")) return;
  std::size_t posts = 0;
  std::size_t comments = 0;
  for (const std::string& text : examples_in(feed("hackernews/HN_API_README.md"))) {
    const Decoded decoded = sound(Format::hackernews, text);
    if (decoded.batch.posts.empty()) continue;
    EXPECT_EQ(detect(text), Format::hackernews);
    EXPECT_TRUE(is_document(Format::hackernews, text));
    ++posts;
    if (decoded.post().kind == PostKind::reply) ++comments;
    EXPECT_EQ(decoded.post().text.find("<p>"), std::string_view::npos);
  }
  // A story, a comment, a question, a job, a poll and one of its options.
  EXPECT_EQ(posts, 6U);
  EXPECT_EQ(comments, 1U);
}

TEST(Recordings, YouTube) {
  if (!has_data("YouTube")) return;
  const std::pair<const char*, std::size_t> answers[] = {{"comment_thread_single", 1},
                                                         {"comment_threads_all_to_me", 4},
                                                         {"comment_threads_by_channel", 2},
                                                         {"comment_threads_by_video_paged_1", 5},
                                                         {"comment_threads_by_video_paged_2", 5},
                                                         {"comment_threads_multi", 2},
                                                         {"comment_threads_with_search", 1},
                                                         {"comments_by_parent_paged_1", 2},
                                                         {"comments_by_parent_paged_2", 1},
                                                         {"comments_multi", 2}};
  for (const auto& [name, count] : answers) {
    const std::string text = feed((std::string("youtube/") + name + ".json").c_str());
    EXPECT_EQ(detect(text), Format::youtube) << name;
    const Decoded decoded = sound(Format::autodetect, text);
    EXPECT_TRUE(decoded.batch.rejects.empty()) << name << " " << decoded.outcome();
    EXPECT_EQ(decoded.batch.posts.size(), count) << name;
    for (const PostView& post : decoded.batch.posts) {
      EXPECT_FALSE(post.author.id.empty()) << name;
      EXPECT_GT(post.created_at.milliseconds, 0) << name;
    }
  }
  for (const char* name : {"error_permission_resp", "error_response", "error_response_simple"}) {
    const std::string text = feed((std::string("youtube/") + name + ".json").c_str());
    EXPECT_EQ(sound(Format::youtube, text).outcome(), "stream_error") << name;
  }
}

TEST(Recordings, GooglePlay) {
  if (!has_data("Google Play")) return;
  const std::string text = feed("reviews/google_play_reviews_1.json");
  EXPECT_EQ(detect(text), Format::googleplay);
  const Decoded decoded = sound(Format::autodetect, text);
  ASSERT_EQ(decoded.batch.posts.size(), 1U);
  EXPECT_TRUE(decoded.batch.rejects.empty());
  EXPECT_EQ(decoded.post().rating->value, 3);
  EXPECT_EQ(decoded.post().lang, "en-US");
  EXPECT_EQ(decoded.post().engagement.replies, 1);
  EXPECT_EQ(decoded.post().title, "");
  EXPECT_FALSE(decoded.post().text.empty());
  EXPECT_EQ(format_rfc3339(decoded.post().created_at), "2017-02-07T15:55:36.000Z");
}

TEST(Recordings, GooglePlaces) {
  if (!has_data("Google Maps")) return;
  const std::pair<const char*, std::size_t> answers[] = {{"google_places_details_fr_legacy", 5},
                                                         {"google_places_details_legacy", 1}};
  for (const auto& [name, count] : answers) {
    const std::string text = feed((std::string("reviews/") + name + ".json").c_str());
    EXPECT_EQ(detect(text), Format::googleplaces) << name;
    const Decoded decoded = sound(Format::autodetect, text);
    EXPECT_TRUE(decoded.batch.rejects.empty()) << name << " " << decoded.outcome();
    ASSERT_EQ(decoded.batch.posts.size(), count) << name;
    std::set<std::string_view> ids;
    for (const PostView& post : decoded.batch.posts) {
      ids.insert(post.id);
      EXPECT_TRUE(post.rating) << name;
      EXPECT_FALSE(post.author.id.empty()) << name;
      EXPECT_FALSE(post.lang.empty()) << name;
    }
    EXPECT_EQ(ids.size(), count) << name;
  }
}

TEST(Recordings, Trustpilot) {
  if (!has_data("Trustpilot")) return;
  const std::string text = feed("reviews/trustpilot_official_doc_example.json");
  EXPECT_EQ(detect(text), Format::trustpilot);
  const Decoded decoded = sound(Format::autodetect, text);
  ASSERT_EQ(decoded.batch.posts.size(), 1U);
  EXPECT_TRUE(decoded.batch.rejects.empty());
  EXPECT_EQ(decoded.post().rating->value, 5);
  EXPECT_EQ(decoded.post().lang, "da");
  EXPECT_EQ(format_rfc3339(decoded.post().created_at), "2013-09-07T13:37:00.000Z");
}

TEST(Recordings, Rss) {
  if (!has_data("RSS")) return;
  const std::pair<const char*, std::size_t> feeds[] = {
      {"craigslist.rss", 25},     {"guardian.rss", 55}, {"heise.atom", 15},
      {"instant-article.rss", 1}, {"reddit.rss", 24},   {"reddit-atom.rss", 24},
      {"uolNoticias.rss", 15}};
  for (const auto& [name, count] : feeds) {
    const std::string text = feed((std::string("reviews/rss/") + name).c_str());
    const Decoded decoded = sound(Format::autodetect, text);
    EXPECT_EQ(decoded.batch.posts.size(), count) << name;
    EXPECT_TRUE(decoded.batch.rejects.empty()) << name << " " << decoded.outcome();
  }
}

// Whether the best of a few runs is this short; a busy machine spoils one, not all.
template <typename Work>
bool takes_less_than(std::chrono::milliseconds bound, Work work) {
  constexpr int kRuns = 5;
  for (int run = 0; run < kRuns; ++run) {
    const auto start = std::chrono::steady_clock::now();
    work();
    if (std::chrono::steady_clock::now() - start < bound) return true;
  }
  return false;
}

TEST(Suites, MalformedJsonIsNeverAPost) {
  if (!has_data("JSONTestSuite")) return;
  std::size_t count = 0;
  for (const auto& path : files_below(data_folder() / "suites/JSONTestSuite")) {
    const std::string text = file_text(path);
    for (const Format format : kAll) {
      const auto judge = [&] {
        EXPECT_TRUE(sound(format, text).batch.posts.empty()) << path.filename();
      };
      EXPECT_TRUE(takes_less_than(std::chrono::milliseconds(100), judge)) << path.filename();
    }
    ++count;
  }
  EXPECT_GT(count, 300U);
}

TEST(Suites, FeedsOfEverySort) {
  if (!has_data("feedparser")) return;
  std::size_t posts = 0;
  for (const auto& path : files_below(data_folder() / "suites/feedparser/tests")) {
    posts += sound(Format::rss, file_text(path)).batch.posts.size();
    sound(Format::autodetect, file_text(path));
  }
  // Most of them are one item without a date.
  EXPECT_GT(posts, 20U);
}

TEST(Suites, AFeedOfJsonWithoutDates) {
  if (!has_data("feedparser's JSON")) return;
  const std::string text = file_text(data_folder() / "suites/feedparser/tests/json/example.json");
  EXPECT_EQ(detect(text), Format::jsonfeed);
  const Decoded decoded = sound(Format::autodetect, text);
  ASSERT_EQ(decoded.batch.rejects.size(), 2U);
  EXPECT_EQ(decoded.batch.rejects[0].reason, RejectReason::invalid_time);
}

TEST(Suites, HostileXmlIsRefusedAtOnce) {
  if (!has_data("hostile XML")) return;
  for (const auto& path : files_below(data_folder() / "suites/hostile/xml")) {
    const std::string text = file_text(path);
    std::string outcome;
    const auto judge = [&] { outcome = Decoded(Format::rss, text).outcome(); };
    EXPECT_TRUE(takes_less_than(std::chrono::milliseconds(50), judge)) << path.filename();
    const bool deep = path.filename().string().starts_with("deep");
    EXPECT_EQ(outcome, deep ? "unknown_format" : "doctype_refused") << path.filename();
  }
  const std::string deep = "<rss>" + file_text(data_folder() / "suites/hostile/xml/deep-20k.xml");
  EXPECT_EQ(Decoded(Format::rss, deep).outcome(), "too_deep");
}

TEST(Suites, NaughtyStringsComeBackAsTheyWere) {
  if (!has_data("blns")) return;
  simdjson::dom::parser parser;
  const auto path = data_folder() / "suites/blns/blns.json";
  std::size_t count = 0;
  for (const std::string_view text : parser.load(path.string()).get_array()) {
    if (text.empty()) continue;
    PostView post;
    post.source = "s";
    post.id = "i";
    post.author.id = "a";
    post.text = text;
    std::string line;
    JsonWriter writer(line);
    write_post(writer, post);
    const Decoded decoded(Format::native, line);
    ASSERT_EQ(decoded.outcome(), "post") << line;
    EXPECT_EQ(decoded.post().text, text);
    ++count;
  }
  EXPECT_GT(count, 400U);
}

TEST(Suites, ServerSentEvents) {
  if (!has_data("server-sent events")) return;
  simdjson::dom::parser parser;
  const auto document = parser.load((data_folder() / "suites/sse/sse-cases.json").string());
  std::size_t count = 0;
  for (const auto test : document["cases"].get_array()) {
    std::string input(test["input"].get_string().value());
    std::vector<std::pair<std::string, std::string>> expected;
    for (const auto e : test["expect"].get_array()) {
      expected.emplace_back(e["event"].get_string().value(), e["data"].get_string().value());
    }
    std::vector<std::pair<std::string, std::string>> got;
    std::string joined;
    ServerSentEvents events(input, joined);
    for (ServerSentEvent event; events.next(event);) got.emplace_back(event.name, event.data);
    EXPECT_EQ(got, expected) << test["name"].get_string().value();
    ++count;
  }
  EXPECT_EQ(count, 26U);
}

TEST(Suites, TimesOfEverySort) {
  if (!has_data("timestamps")) return;
  simdjson::dom::parser parser;
  const auto path = data_folder() / "suites/hostile/timestamps.json";
  std::size_t valid = 0;
  for (const std::string_view text : parser.load(path.string()).get_array()) {
    if (parse_rfc3339(text)) ++valid;
    parse_feed_time(text);
    parse_x_time(text);
  }
  // The leap second, both far offsets, the last second of 9999, 1970, and twelve fraction digits.
  EXPECT_EQ(valid, 6U);
}

}  // namespace
}  // namespace passaparola::ingest
