// Texts that were written to harm whoever looks at them: what a terminal, a log or a spreadsheet
// would act on (suites/hostile, BLNS), through the real program and out of each of its outputs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <simdjson.h>

#include <algorithm>
#include <sstream>

#include "core/json.h"
#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

using ::testing::HasSubstr;

// The strings of a JSON array, or of its arrays.
std::vector<std::string> strings_of(const std::string& path) {
  simdjson::dom::parser parser;
  const auto root = parser.load(path);
  std::vector<std::string> found;
  for (const auto element : root.get_array()) {
    simdjson::dom::array inner;
    const auto text = element.get(inner) ? element : inner.at(0);
    found.emplace_back(text.get_string().value());
  }
  return found;
}

std::vector<std::string> payloads() {
  const std::string folder = PASSAPAROLA_DATA_DIR "/suites/hostile/";
  std::vector<std::string> all;
  for (const char* name : {"csv_formula.json", "log_injection.json", "terminal_escapes.json"}) {
    const auto some = strings_of(folder + name);
    EXPECT_GE(some.size(), 9U) << name;
    all.insert(all.end(), some.begin(), some.end());
  }
  const auto naughty = strings_of(PASSAPAROLA_DATA_DIR "/suites/blns/blns.json");
  EXPECT_GT(naughty.size(), 500U);
  all.insert(all.end(), naughty.begin(), naughty.end());
  return all;
}

// As text, as the author's name and as whatever else of a post is shown.
std::string hostile_posts(const std::vector<std::string>& texts) {
  std::string lines;
  const Timestamp newest = now();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string id = std::to_string(i), praise = texts[i] + " consiglio la moka nera " + id;
    const std::string author = "author " + id + " " + texts[i];
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    post.author.name = texts[i];
    post.author.handle = texts[i];
    post.author.bio = texts[i];
    post.text = praise;
    post.created_at = {newest.milliseconds - static_cast<std::int64_t>(i) * 60'000};
    JsonWriter writer(lines);
    write_post(writer, post);
    lines.push_back('\n');
  }
  return lines;
}

// Where `bytes` hold something that a terminal acts on or that reorders what is shown; npos: not.
std::size_t find_control(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = [&](std::size_t at) {
      return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
    };
    const unsigned first = byte(i), second = byte(i + 1), third = byte(i + 2);
    if ((first < 0x20 && first != '\n') || first == 0x7f) return i;
    if (first == 0xc2 && second >= 0x80 && second <= 0x9f) return i;                  // C1
    if (first == 0xe2 && second == 0x80 && third >= 0xa8 && third <= 0xae) return i;  // LS to RLO
    if (first == 0xe2 && second == 0x81 && third >= 0xa6 && third <= 0xa9) return i;  // isolates
  }
  return std::string_view::npos;
}

void expect_harmless(std::string_view bytes, const std::string& what) {
  const std::size_t at = find_control(bytes);
  EXPECT_EQ(at, std::string_view::npos)
      << what << ": "
      << ::testing::PrintToString(
             std::string(bytes.substr(std::max(at, std::size_t{40}) - 40, 80)));
}

// The cells of CSV, with or without quotes.
std::vector<std::string> cells_of(std::string_view csv) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (c == '"' && is_quoted && i + 1 < csv.size() && csv[i + 1] == '"') {
      cells.back().push_back(csv[++i]);
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (c == ',' || c == '\n')) {
      cells.emplace_back();
    } else if (is_quoted || c != '\r') {
      cells.back().push_back(c);
    }
  }
  EXPECT_FALSE(is_quoted);
  return cells;
}

void expect_no_formula(const std::string& csv) {
  ASSERT_GT(csv.size(), 1000U);
  for (const std::string& cell : cells_of(csv)) {
    const bool is_number =
        !cell.empty() && cell.find_first_not_of("-0123456789.") == std::string::npos;
    const bool begins =
        !cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos;
    EXPECT_TRUE(is_number || !begins) << cell;
    EXPECT_FALSE(cell.starts_with('\0') || cell.starts_with("\uff1d")) << cell;
  }
}

class HostileText : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "posts.ndjson", hostile_posts(texts_));
    const Finished stored = run({"replay", "--rules", rules_, "--store", store_, "--format",
                                 "native", (folder_ / "posts.ndjson").string()});
    ASSERT_EQ(stored.exit_code, 0) << stored.err;
    expect_harmless(stored.err, "replay");
  }

  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(folder_.path(), arguments);
  }
  std::string out_of(const std::vector<std::string>& arguments) const {
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_GT(finished.out.size(), 100U) << arguments[0];
    expect_harmless(finished.err, arguments[0]);
    return finished.out;
  }

  const std::vector<std::string> texts_ = payloads();
  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
};

TEST_F(HostileText, ReachesNoTerminal) {
  const std::vector<std::string> store{"--store", store_};
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), store.begin(), store.end());
    return arguments;
  };
  const std::string feed = out_of(with({"feed"}));
  EXPECT_EQ(static_cast<std::size_t>(std::count(feed.begin(), feed.end(), '\n')), texts_.size());
  expect_harmless(feed, "feed");
  for (const char* format : {"table", "json", "ndjson"}) {
    for (const bool explain : {false, true}) {
      std::vector<std::string> advocates{"advocates", "--brand", "moka_nera", "--top", "1000",
                                         "--class",   "neutral", "--format",  format};
      if (explain) advocates.push_back("--explain");
      expect_harmless(out_of(with(advocates)), std::string("advocates as ") + format);
    }
  }
  for (std::size_t i = 0; i < 33; ++i) {  // those of the three small suites
    const std::string author = "author " + std::to_string(i) + " " + texts_[i];
    if (author.find('\0') != std::string::npos) continue;  // cannot be an argument
    expect_harmless(out_of(with({"history", "--source", "test", "--author", author})), "history");
  }
  expect_harmless(out_of({"match", "--rules", rules_, "--format", "native", "--explain",
                          (folder_ / "posts.ndjson").string()}),
                  "match");
  std::string lines;
  for (std::string text : texts_) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    lines += text + "\n";
  }
  write_file(folder_ / "texts.txt", lines);
  expect_harmless(out_of({"score", (folder_ / "texts.txt").string()}), "score");
  expect_harmless(out_of({"score", "--explain", (folder_ / "texts.txt").string()}), "explained");
  expect_harmless(out_of({"export", store_}), "export");
}

TEST_F(HostileText, IsNoFormulaInASpreadsheet) {
  expect_no_formula(out_of({"export", store_, "--format", "csv"}));
  expect_no_formula(out_of({"advocates", "--store", store_, "--brand", "moka_nera", "--top", "1000",
                            "--class", "neutral", "--format", "csv"}));
}

// What is refused is logged, what is asked for may be: one event stays one line.
TEST_F(HostileText, ForgesNoLineOfTheLog) {
  Program server(folder_.path(),
                 {"serve", "--rules", rules_, "--store", store_, "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server.wait_for_output("listening on"));
  const std::string url = listening_url(server.out());
  for (const std::string& text : texts_) {
    std::string body, encoded;
    JsonWriter writer(body);
    writer.StartObject();
    writer.field("source", text);
    writer.field("id", text);
    writer.field("text", text);
    writer.EndObject();
    for (const unsigned char c : text) encoded += fmt::format("%{:02X}", c);
    encoded.resize(std::min<std::size_t>(encoded.size(), 3000));
    const auto pushed = http_request(url, "POST", "/api/v1/posts", body + "\n" + text + "\n");
    const auto page = http_request(url, "GET", "/api/v1/mentions?where=" + encoded);
    const auto author = http_request(url, "GET", "/api/v1/authors/test/" + encoded);
    ASSERT_TRUE(pushed && page && author) << text;
    EXPECT_LT(pushed->status, 500) << text;
    EXPECT_LT(page->status, 500) << text;
    EXPECT_LT(author->status, 500) << text;
  }
  server.signal(SIGTERM);
  const Finished finished = server.wait();
  EXPECT_EQ(finished.exit_code, 0);
  expect_harmless(finished.out, "standard output");
  expect_harmless(finished.err, "the log");
  std::istringstream log(finished.err);
  for (std::string line; std::getline(log, line);) {
    EXPECT_THAT(line, ::testing::MatchesRegex("\\[20.*\\] \\[.*\\] \\[.*\\] .*"));
    EXPECT_THAT(line, ::testing::Not(HasSubstr("consiglio la moka nera")));
  }
}

}  // namespace
}  // namespace passaparola::testing
