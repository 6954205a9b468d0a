// What is secret stays where it is: in no answer, no log, no file of the store; and what the daemon
// makes is for its owner alone.
#include <gmock/gmock.h>
#include <signal.h>

#include <simdjson.h>

#include <filesystem>

#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kToken = "gettone-di-prova-7f3a";
const std::string kSourceToken = "chiave-della-fonte-91bc";
const std::string kWebhookSecret = "a2tra2tra2tra2tra2tra2tra2tra2tr";

class Secrets : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "source.key", kSourceToken + "\n");
    const std::string rules = write_sample_rules(folder_.path()).string();
    write_file(config_, "[rules]\npath = \"" + rules + "\"\n[store]\npath = \"" + store_.string() +
                            "\"\n[server]\nlisten = \"127.0.0.1:0\"\n[[webhook]]\nname = \"shop\"\n"
                            "secret_env = \"SHOP_SECRET\"\n[[source]]\nname = \"m\"\n"
                            "type = \"mastodon\"\nurl = \"http://127.0.0.1:1\"\n"
                            "allow_private = true\ntoken_file = \"" +
                            (folder_ / "source.key").string() + "\"\n");
    server_.emplace(folder_.path(), std::vector<std::string>{"serve", "--config", config_.string()},
                    std::vector<std::string>{"SHOP_SECRET=whsec_" + kWebhookSecret,
                                             "PASSAPAROLA_TOKEN=" + kToken});
    ASSERT_TRUE(server_->wait_for_output("listening on ")) << server_->wait().err;
    url_ = listening_url(server_->out());
  }

  // Asks, and remembers all that was answered.
  HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = "",
                 const std::string& token = kToken) {
    const auto answer = http_request(url_, method, target, body, "application/x-ndjson",
                                     "Authorization: Bearer " + token + "\r\n");
    if (answer) said_ += answer->head + answer->body;
    return answer.value_or(HttpAnswer{});
  }

  // The paths that openapi.json documents to be read, but for streams.
  std::vector<std::string> readable_paths() {
    std::vector<std::string> paths;
    simdjson::dom::parser parser;
    const std::string document = ask("GET", "/openapi.json").body;
    for (const auto [key, item] : parser.parse(document)["paths"].get_object()) {
      std::string path(key);
      if (item["get"].error() != simdjson::SUCCESS || path.find("/live/") != std::string::npos) {
        continue;
      }
      for (std::size_t at; (at = path.find('{')) != std::string::npos;) {
        path.replace(at, path.find('}') - at + 1, "moka_nera");
      }
      paths.push_back(path);
    }
    return paths;
  }

  void expect_nothing_of(const std::string& secret, const std::string& err) const {
    EXPECT_THAT(said_, Not(HasSubstr(secret)));
    EXPECT_THAT(err, Not(HasSubstr(secret)));
    for (const auto& entry : fs::recursive_directory_iterator(store_)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_THAT(read_file(entry.path()), Not(HasSubstr(secret))) << entry.path();
    }
  }

  const TemporaryFolder folder_;
  const fs::path config_ = folder_ / "passaparola.toml";
  const fs::path store_ = folder_ / "store";
  std::optional<Program> server_;
  std::string url_, said_;
};

TEST_F(Secrets, AreInNoAnswerNoLogAndNoFile) {
  const std::string given = ask("POST", "/api/v1/live:ticket").body;
  std::string_view ticket;
  simdjson::dom::parser parser;
  ASSERT_EQ(parser.parse(given)["ticket"].get(ticket), simdjson::SUCCESS) << given;
  const std::string mine(ticket);
  said_.clear();
  ASSERT_EQ(ask("POST", "/api/v1/posts", sample_posts(0, 20, 2)).status, 200);
  ask("GET", "/api/v1/live?ticket=" + mine);
  ask("GET", "/api/v1/live?ticket=" + mine);  // used
  ask("GET", "/api/v1/mentions", "", "sbagliato-4410");
  ask("GET", "/api/v1/mentions?where=" + kToken);
  ask("POST", "/api/v1/webhooks/shop", "{}");
  ask("DELETE", "/api/v1/authors/test/author-0");
  for (const std::string& path : readable_paths()) ask("GET", path);
  EXPECT_THAT(said_, HasSubstr("passaparola_http_requests_total"));
  EXPECT_THAT(said_, HasSubstr("\"name\":\"m\"")) << "the sources";
  server_->signal(SIGTERM);
  const std::string err = server_->wait().err;
  for (const std::string& secret :
       {kSourceToken, kWebhookSecret, mine, std::string("sbagliato-4410")}) {
    expect_nothing_of(secret, err);
  }
  EXPECT_THAT(err, Not(HasSubstr(kToken)));
}

TEST_F(Secrets, FilesAreForTheirOwnerAlone) {
  ASSERT_EQ(ask("POST", "/api/v1/posts", sample_posts(0, 200, 2)).status, 200);
  server_->signal(SIGTERM);
  server_->wait();
  constexpr auto others = fs::perms::group_all | fs::perms::others_all;
  const auto is_private = [&](const fs::path& path) {
    return (fs::status(path).permissions() & others) == fs::perms::none;
  };
  EXPECT_TRUE(is_private(store_));
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(store_)) {
    EXPECT_TRUE(is_private(entry.path())) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 5U);
}

TEST_F(Secrets, MemoryIsNotDumpedWhenTheProcessDies) {
  const std::string limits = read_file("/proc/" + std::to_string(server_->id()) + "/limits");
  const auto at = limits.find("Max core file size");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(limits.substr(at, 60), ::testing::ContainsRegex("size +0 +0 "));
}

}  // namespace
}  // namespace passaparola::testing
