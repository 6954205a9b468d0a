// Rules that change while a server runs, and questions about rules before they do.
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "core/json.h"
#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

const std::string kRain = "brand pioggia \"Pioggia\" {\n  ambiguous piove near/3 [oggi]\n}\n";

// The body of PUT /rules with one file.
std::string body_of(const std::string& name, const std::string& text) {
  std::string body;
  JsonWriter writer(body);
  writer.StartObject();
  writer.key("files");
  writer.StartArray();
  writer.StartObject();
  writer.field("name", name);
  writer.field("text", text);
  writer.EndObject();
  writer.EndArray();
  writer.EndObject();
  return body;
}

std::string member(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  std::string_view value;
  if (parser.parse(json)[name].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

std::uint64_t number(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  std::uint64_t value = 0;
  EXPECT_EQ(parser.parse(json).at_pointer(pointer).get(value), simdjson::SUCCESS) << pointer;
  return value;
}

class ChangingRules : public ::testing::Test {
 protected:
  void serve() {
    server_.emplace(folder_.path(), std::vector<std::string>{"serve", "--rules", rules_, "--store",
                                                             store_, "--listen", "127.0.0.1:0"});
    ASSERT_TRUE(server_->wait_for_output("listening on ")) << server_->wait().err;
    url_ = listening_url(server_->out());
  }
  // Name and text of every file of the rules, in order.
  std::string whole_folder() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(rules_)) {
      files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    std::string all;
    for (const auto& file : files) all += file.filename().string() + "\n" + read_file(file);
    return all;
  }

  Finished stop() {
    server_->signal(SIGTERM);
    return server_->wait();
  }

  std::optional<HttpAnswer> put(const std::string& body,
                                const std::string& type = "application/json") const {
    return http_request(url_, "PUT", "/api/v1/rules", body, type);
  }
  std::string get(const std::string& target) const {
    const auto answer = http_request(url_, "GET", target);
    return answer ? answer->body : "";
  }
  void push(std::uint64_t first, std::uint64_t count) const {
    const auto answer = http_request(url_, "POST", "/api/v1/posts", sample_posts(first, count, 2));
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
  std::optional<Program> server_;
  std::string url_;
};

TEST_F(ChangingRules, ArePutIntoForceWithoutAStopAndOutliveIt) {
  serve();
  push(0, 10);
  const std::string old_hash = member(get("/api/v1/rules"), "hash");
  const auto answer = put(body_of("pioggia.rules", kRain));
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->status, 200) << answer->body;
  const std::string hash = member(answer->body, "ruleset");
  const std::string effective_from = member(answer->body, "effective_from");
  EXPECT_NE(hash, old_hash);
  EXPECT_EQ(number(answer->body, "/rules"), 1U);
  push(10, 10);
  // Every other post named the old brand, the rest the new one: five each, on their side.
  const std::string after = get("/api/v1/mentions?after=" + effective_from);
  simdjson::dom::parser parser;
  const simdjson::dom::array items = parser.parse(after)["items"];
  EXPECT_EQ(items.size(), 5U);
  for (const simdjson::dom::element item : items) {
    EXPECT_EQ(std::string_view(item["ruleset"]), hash);
    EXPECT_EQ(std::string_view(item["brand"]), "pioggia");
  }
  EXPECT_EQ(stop().exit_code, 0);
  serve();
  EXPECT_EQ(member(get("/api/v1/rules"), "hash"), hash);
  EXPECT_NE(get("/api/v1/rules").find("ambiguous piove"), std::string::npos);
  EXPECT_EQ(stop().exit_code, 0);
}

TEST_F(ChangingRules, ThatAreBadAreRefusedWithTheirPlace) {
  serve();
  const std::string before = get("/api/v1/rules");
  const std::string bad = body_of("x.rules", "brand x \"X\" {\n  terms \"x\n}\n");
  const auto answer = put(bad);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 422);
  EXPECT_NE(answer->body.find(R"("file":"x.rules","line":2,"column":9)"), std::string::npos)
      << answer->body;
  EXPECT_EQ(put("{\"files\":7}")->status, 400);
  EXPECT_EQ(put("not json")->status, 400);
  EXPECT_EQ(put(body_of("../x.rules", kRain))->status, 400);
  EXPECT_EQ(get("/api/v1/rules"), before);
  const auto check =
      http_request(url_, "POST", "/api/v1/rules:check",
                   R"({"files":[{"name":"p.rules","text":"brand b \"B\" { terms parapioggia }"}],)"
                   R"("posts":["il parapioggia","niente"]})",
                   "application/json");
  ASSERT_TRUE(check);
  EXPECT_EQ(check->status, 200) << check->body;
  EXPECT_NE(check->body.find(R"("matched":"parapioggia")"), std::string::npos) << check->body;
  EXPECT_EQ(get("/api/v1/rules"), before);
  EXPECT_EQ(stop().exit_code, 0);
}

TEST_F(ChangingRules, AHangupReadsTheFolderAgain) {
  serve();
  write_file(folder_ / "rules" / "pioggia.rules", kRain);
  server_->signal(SIGHUP);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (get("/api/v1/rules").find("\"pioggia\"") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_EQ(stop().exit_code, 0);
}

// What GET /rules/versions says under that name, newest first.
std::vector<std::string> of_versions(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  std::vector<std::string> all;
  for (const auto version : parser.parse(json)["versions"].get_array()) {
    all.emplace_back(std::string_view(version[name]));
  }
  return all;
}

TEST_F(ChangingRules, AreKeptWithWhoPutThemIntoForceAndCanBePutBack) {
  using Names = std::vector<std::string>;
  const std::string versions = "/api/v1/rules/versions";
  serve();
  const std::string first = member(get("/api/v1/rules"), "hash");
  const std::string first_text = read_file(folder_ / "rules" / "moka.rules");
  const auto answer = put(body_of("pioggia.rules", kRain));
  ASSERT_EQ(answer->status, 200) << answer->body;
  EXPECT_EQ(put(body_of("pioggia.rules", kRain))->status, 200) << "the same again";
  const std::string second = member(answer->body, "ruleset");
  server_->signal(SIGKILL);
  server_->wait();
  serve();
  const std::string kept = get(versions);
  EXPECT_EQ(of_versions(kept, "hash"), (Names{second, first})) << kept;
  EXPECT_EQ(of_versions(kept, "how"), (Names{"change", "start"}));
  EXPECT_EQ(of_versions(kept, "by"), (Names{"local", "start"}));
  const std::string old = get(versions + "/" + first);
  simdjson::dom::parser parser;
  const simdjson::dom::element file = parser.parse(old)["files"].at(0);
  EXPECT_EQ(std::string_view(file["text"]), first_text);
  EXPECT_EQ(put(body_of(std::string(std::string_view(file["name"])), first_text))->status, 200);
  EXPECT_EQ(of_versions(get(versions), "hash"), (Names{first, second, first}));

  write_file(folder_ / "rules" / "moka.rules", kRain + "# by hand\n");
  server_->signal(SIGHUP);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (of_versions(get(versions), "how").size() < 4) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_EQ(of_versions(get(versions), "how").front(), "reload");
  EXPECT_EQ(stop().exit_code, 0);
}

// One that did not would take a signal while the first thread does something else: it would be lost
// under nohup, and the end of the process without.
TEST_F(ChangingRules, EveryThreadLeavesSignalsToTheOneThatWaitsForThem) {
  serve();
  const std::filesystem::path tasks = "/proc/" + std::to_string(server_->id()) + "/task";
  std::size_t threads = 0;
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    const std::string status = read_file(task.path() / "status");
    const std::size_t at = status.find("SigBlk:");
    ASSERT_NE(at, std::string::npos) << status;
    const std::uint64_t blocked = std::stoull(status.substr(at + 7), nullptr, 16);
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
      const bool is_first = task.path().filename() == std::to_string(server_->id());
      EXPECT_TRUE(is_first || (blocked >> (number - 1) & 1U) != 0) << number << '\n' << status;
    }
    ++threads;
  }
  EXPECT_GT(threads, 4U);
  EXPECT_EQ(stop().exit_code, 0);
}

// Whenever the process dies, the folder holds one whole set, and the next start has it.
TEST_F(ChangingRules, AreOldOrNewAfterAKill) {
  const std::vector<std::string> sets{kRain + "# a\n", kRain + "# b\n"};
  const std::string first = whole_folder();
  std::size_t activated = 0;
  for (int round = 0; round < 8; ++round) {
    serve();
    std::thread changer([&] {
      for (std::size_t i = 0;; ++i) {
        const auto answer = put(body_of("set.rules", sets[i % 2]));
        if (!answer || answer->status != 200) return;
        ++activated;
      }
    });
    const auto moment =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(40 + 37 * round);
    while (std::chrono::steady_clock::now() < moment) std::this_thread::yield();
    server_->signal(SIGKILL);
    server_->wait();
    changer.join();
    const std::string text = whole_folder();
    const bool untouched = activated == 0 && text == first;  // killed before a first change
    EXPECT_TRUE(untouched || text == "set.rules\n" + sets[0] || text == "set.rules\n" + sets[1])
        << text;
  }
  EXPECT_GT(activated, 0U);
}

TEST_F(ChangingRules, DiffCountsWhatWouldBeGainedAndLost) {
  write_file(folder_ / "posts.ndjson", sample_posts(0, 100, 10));
  write_file(
      folder_ / "new" / "all.rules",
      "brand moka_nera \"Moka Nera\" {\n  terms \"moka nera\"\n  exclude \"numero 10\"\n}\n" +
          kRain);
  const std::string posts = (folder_ / "posts.ndjson").string();
  const std::string after = (folder_ / "new").string();
  ASSERT_EQ(run_program(folder_.path(),
                        {"replay", "--quiet", "--rules", rules_, "--store", store_, posts})
                .exit_code,
            0);
  const Finished files = run_program(folder_.path(), {"rules", "diff", rules_, after, "--input",
                                                      posts, "--sample", "2", "--json"});
  ASSERT_EQ(files.exit_code, 0) << files.err;
  EXPECT_EQ(number(files.out, "/posts"), 100U);
  EXPECT_EQ(number(files.out, "/brands/0/lost"), 1U);     // moka_nera, post 10
  EXPECT_EQ(number(files.out, "/brands/1/gained"), 90U);  // pioggia
  EXPECT_EQ(number(files.out, "/brands/1/old"), 0U);
  EXPECT_NE(files.out.find(R"("id":"10","author")"), std::string::npos) << files.out;
  // A store remembers only the ten posts that were mentions, and says so.
  const Finished stored =
      run_program(folder_.path(), {"rules", "diff", rules_, after, "--store", store_});
  ASSERT_EQ(stored.exit_code, 0) << stored.err;
  EXPECT_NE(stored.out.find("posts: 10\n"), std::string::npos) << stored.out;
  EXPECT_NE(stored.out.find("only posts that some rule matched"), std::string::npos);
  serve();
  const std::vector<std::string> diff{"rules", "diff", rules_, after};
  auto with = [&diff](const std::string& flag, const std::string& value) {
    std::vector<std::string> all = diff;
    all.insert(all.end(), {flag, value});
    return all;
  };
  const Finished in_use = run_program(folder_.path(), with("--store", store_));
  EXPECT_EQ(in_use.exit_code, 1);
  EXPECT_NE(in_use.err.find("in use"), std::string::npos) << in_use.err;
  EXPECT_EQ(run_program(folder_.path(), with("--server", url_)).out, stored.out);
  EXPECT_EQ(stop().exit_code, 0);
}

TEST_F(ChangingRules, ExplainShowsWhatWakesARule) {
  write_file(folder_ / "rules" / "more.rules",
             "rule moka_nera.broken @version(3) { $moka_nera (rotta OR \"non va\") lang:it }\n");
  const Finished one =
      run_program(folder_.path(), {"rules", "explain", rules_, "moka_nera.broken"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_NE(one.out.find("moka_nera.broken version 3"), std::string::npos) << one.out;
  EXPECT_NE(one.out.find("(rotta OR \"non va\")"), std::string::npos) << one.out;
  EXPECT_NE(one.out.find("woken by    "), std::string::npos) << one.out;
  EXPECT_EQ(run_program(folder_.path(), {"rules", "explain", rules_, "nobody"}).exit_code, 1);
}

}  // namespace
}  // namespace passaparola::testing
