// Sources of the real program: it is killed while it reads and loses and doubles nothing, it says
// how its sources are doing, and it tells no secret, whatever their servers answer.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "integration/campaign.h"
#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"
#include "peers/jetstream_peer.h"
#include "peers/listing_peer.h"

namespace passaparola::testing {
namespace {

using peers::JetstreamPeer;
using peers::ListingAnswer;
using peers::ListingPeer;
using peers::ListingRequest;

// What a server answers to what it was told.
using Way = std::function<ListingAnswer(const std::string& told)>;

std::vector<Way> ways_that_echo(const std::string& secret) {
  const auto refuse = [](const std::string& told) {
    return ListingAnswer{401, told, {{"WWW-Authenticate", told}}};
  };
  const auto send_on = [=](const std::string&) {
    return ListingAnswer{302, "", {{"Location", "/?t=" + secret}}};
  };
  const auto complain = [](const std::string& told) {
    return ListingAnswer{200, "{\"errors\":[\"" + told + "\"]}", {}};
  };
  const auto slow_down = [](const std::string& told) {
    return ListingAnswer{429, told, {{"Retry-After", "0"}}};
  };
  const auto break_down = [](const std::string& told) { return ListingAnswer{500, told, {}}; };
  return {refuse, send_on, complain, slow_down, break_down};
}

std::unique_ptr<ListingPeer> server_that_answers(Way way) {
  ListingPeer::Options options;
  options.is_look = [](const ListingRequest&) { return false; };
  options.answer = [way = std::move(way)](const ListingRequest& request, std::size_t) {
    std::string told = request.body;
    for (const auto& [name, value] : request.fields) told += " " + value;
    return way(told);
  };
  return std::make_unique<ListingPeer>(std::move(options));
}

class SourcesOfTheProgram : public ::testing::Test {
 protected:
  void configure(const std::string& sources) const {
    write_file(config_, fmt::format("[rules]\npath = \"{}\"\n[store]\npath = \"{}\"\n[server]\n"
                                    "listen = \"127.0.0.1:0\"\n{}",
                                    rules_, store_, sources));
  }
  static std::string source(const std::string& name, const std::string& type, std::uint16_t port,
                            const std::string& rest, const std::string& scheme = "http") {
    return fmt::format(
        "[[source]]\nname = \"{}\"\ntype = \"{}\"\nurl = \"{}://localhost:{}\"\n"
        "allow_private = true\n{}\n",
        name, type, scheme, port, rest);
  }
  // Seven; named after `group`.
  static std::string one_of_each_type(std::size_t group, std::uint16_t port,
                                      const std::string& token) {
    const std::string login = fmt::format(
        "subreddits = [\"moka\"]\nuser_agent = \"u\"\n"
        "login_url = \"http://localhost:{}/login\"",
        port);
    const std::vector<std::pair<std::string, std::string>> types{
        {"mastodon", "stream = \"none\""},
        {"mastodon", "hashtags = [\"moka\"]"},
        {"youtube", "videos = [\"v\"]"},
        {"x", ""},
        {"trustpilot", "businesses = [\"b\"]"},
        {"reddit", login},
        {"feed", ""}};
    std::string sources;
    for (std::size_t i = 0; i < types.size(); ++i) {
      const std::string name = fmt::format("s{}-{}-{}", group, i, types[i].first);
      sources += source(name, types[i].first, port, token + types[i].second);
    }
    return sources;
  }
  static constexpr std::chrono::seconds kPatience{120};

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
  const std::string config_ = (folder_ / "p.toml").string();
};

TEST_F(SourcesOfTheProgram, AreReadOnBehindWhatIsStoredWhenItIsKilled) {
  constexpr std::size_t kPosts = 30'000;
  JetstreamPeer peer({.posts = kPosts});
  configure(source("bluesky", "jetstream", peer.port(), "gap_seconds = 10", "ws"));
  std::mt19937_64 random(random_seed());
  const auto serve = [&](Program& program) {
    ASSERT_TRUE(program.wait_for_output("listening on ")) << program.wait().err;
  };
  const int kills = static_cast<int>(size_from("PASSAPAROLA_KILLS", 10));
  for (int i = 0; i < kills; ++i) {
    const std::size_t connections = peer.connections();
    Program program(folder_.path(), {"serve", "--config", config_});
    serve(program);
    ASSERT_TRUE(wait_until([&] { return peer.connections() > connections; }, kPatience));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 200'000));
    program.signal(SIGKILL);
    program.wait();
  }
  {
    Program program(folder_.path(), {"serve", "--config", config_});
    serve(program);
    const std::string url = listening_url(program.out());
    const std::string last = JetstreamPeer::post_id(kPosts - 1);
    ASSERT_TRUE(wait_until(
        [&] {
          const auto answer = http_request(url, "GET", "/api/v1/sources");
          return answer && answer->body.find(fmt::format("\"cursor\":\"localhost {}\"",
                                                         JetstreamPeer::time_of(kPosts - 1))) !=
                               std::string::npos;
        },
        kPatience));
    const auto answer = http_request(url, "GET", "/api/v1/sources");
    EXPECT_NE(answer->body.find("\"gap_count\":0"), std::string::npos) << answer->body;
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait().exit_code, 0);
  }
  const Finished feed = run_program(folder_.path(), {"feed", "--store", store_});
  ASSERT_EQ(feed.exit_code, 0) << feed.err;
  std::istringstream ids(post_ids(feed.out));
  std::set<std::string> seen;
  std::size_t doubled = 0;
  for (std::string id; std::getline(ids, id);) doubled += !seen.insert(id).second;
  EXPECT_EQ(doubled, 0U);
  EXPECT_EQ(seen.size(), kPosts);
  const Finished verified = run_program(folder_.path(), {"verify", store_});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

TEST_F(SourcesOfTheProgram, TellNoSecretWhateverTheirServersAnswer) {
  const std::string secret = "Geheimnis123";
  write_file(folder_ / "secret", "id:" + secret + "\n");
  const std::string token = fmt::format("token_file = \"{}\"\n", (folder_ / "secret").string());
  std::vector<std::unique_ptr<ListingPeer>> servers;
  std::string sources;
  for (Way& way : ways_that_echo(secret)) {
    servers.push_back(server_that_answers(std::move(way)));
    sources += one_of_each_type(servers.size(), servers.back()->port(), token);
  }
  sources +=
      source("from-environment", "feed", servers.front()->port(), "token_env = \"SOURCE_SECRET\"");
  configure(sources);
  const std::vector<std::string> environment{"SOURCE_SECRET=" + secret};
  Program program(folder_.path(), {"serve", "--config", config_}, environment);
  ASSERT_TRUE(program.wait_for_output("listening on ")) << program.wait().err;
  const std::string url = listening_url(program.out());
  std::string said;
  ASSERT_TRUE(wait_until(
      [&] {
        const auto answer = http_request(url, "GET", "/api/v1/sources");
        said += answer->body;
        std::size_t troubled = 0;
        for (std::size_t at = 0;
             (at = answer->body.find("\"last_error\":\"", at)) != std::string::npos; at += 14) {
          troubled += answer->body[at + 14] != '"';
        }
        return troubled == 36;
      },
      kPatience))
      << said.substr(said.size() - std::min<std::size_t>(said.size(), 4000));
  said += http_request(url, "GET", "/metrics")->body;
  const Finished listed =
      run_program(folder_.path(), {"sources", "--server", url, "--json"}, environment);
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  const Finished tested = run_program(
      folder_.path(), {"source", "test", "s1-0-mastodon", "--config", config_, "--seconds", "1"},
      environment);
  EXPECT_NE(tested.exit_code, 0);
  program.signal(SIGTERM);
  const Finished ended = program.wait();
  said += listed.out + listed.err + tested.out + tested.err + ended.out + ended.err;
  EXPECT_NE(said.find("s1-0-mastodon"), std::string::npos);
  EXPECT_EQ(said.find(secret), std::string::npos) << said.substr(said.find(secret) - 500, 1000);
  EXPECT_EQ(said.find("R2VoZWltbmlz"), std::string::npos);  // of Basic, in base64
}

TEST_F(SourcesOfTheProgram, AreTriedAndShownInWords) {
  JetstreamPeer peer({.posts = 50});
  configure(source("bluesky", "jetstream", peer.port(), "gap_seconds = 10", "ws") +
            source("nobody", "feed", 1, ""));
  const Finished tried =
      run_program(folder_.path(), {"source", "test", "bluesky", "--config", config_});
  EXPECT_EQ(tried.exit_code, 0) << tried.err;
  EXPECT_NE(tried.out.find("Adoro la Moka Nera"), std::string::npos) << tried.out;
  EXPECT_NE(tried.out.find("10 posts shown"), std::string::npos) << tried.out;
  const Finished none = run_program(
      folder_.path(), {"source", "test", "nobody", "--config", config_, "--seconds", "1"});
  EXPECT_NE(none.exit_code, 0);
  EXPECT_NE(none.err.find("Connection refused"), std::string::npos) << none.err;
  const Finished unknown =
      run_program(folder_.path(), {"source", "test", "other", "--config", config_});
  EXPECT_NE(unknown.err.find("no [[source]] is called 'other'"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace passaparola::testing
