// A correction made by a person survives the death of the server, is measured, and goes with its
// author.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "core/mention.h"
#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

class Correct : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "posts.ndjson", sample_posts(0, 100, 10));
    const Finished replay = run({"replay", "--quiet", "--rules", rules_, "--store", store_,
                                 (folder_ / "posts.ndjson").string()});
    ASSERT_EQ(replay.exit_code, 0) << replay.err;
  }

  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(folder_.path(), arguments);
  }
  Finished run_stats(const std::vector<std::string>& more) const {
    std::vector<std::string> stats{"stats",      "--brand", "moka_nera", "--from",
                                   "2023-11-01", "--to",    "2023-12-01"};
    stats.insert(stats.end(), more.begin(), more.end());
    return run(stats);
  }
  std::vector<std::string> serve() const {
    return {"serve", "--rules", rules_, "--store", store_, "--listen", "127.0.0.1:0"};
  }
  static std::string id_of(const std::string& post) {
    return mention_id("test", post, "moka_nera");
  }
  // Whether any file of the store holds the bytes of this id.
  bool is_on_disk(const std::string& mention) const {
    std::string bytes;
    for (std::size_t i = 0; i < mention.size(); i += 2) {
      bytes.push_back(static_cast<char>(std::stoi(mention.substr(i, 2), nullptr, 16)));
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(store_)) {
      if (entry.is_regular_file() && read_file(entry.path()).find(bytes) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
};

TEST_F(Correct, SurvivesAKillAndGoesWithItsAuthor) {
  const std::string target = "/api/v1/mentions/" + id_of("20");
  const std::string body = R"({"correction":{"label":"negative","about_brand":true}})";
  std::string answer;
  {
    Program server(folder_.path(), serve());
    ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
    const std::string url = listening_url(server.out());
    const auto patched = http_request(url, "PATCH", target, body, "application/json");
    server.signal(SIGKILL);
    server.wait();
    ASSERT_TRUE(patched && patched->status == 200);
    answer = patched->body;
  }
  EXPECT_NE(answer.find(R"("correction":{"label":"negative","about_brand":true,"by":"local")"),
            std::string::npos)
      << answer;
  Program server(folder_.path(), serve());
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  const std::string url = listening_url(server.out());
  EXPECT_EQ(http_request(url, "GET", target)->body, answer);
  EXPECT_EQ(http_request(url, "PATCH", target, body, "application/json")->body, answer);
  const std::string feed = run({"feed", "--server", url}).out;
  EXPECT_NE(feed.find(answer), std::string::npos) << feed;

  // Confirmed by the command, through the server.
  const Finished confirmed = run({"correct", "--server", url, "--id", id_of("30"), "--label",
                                  "positive", "--acts", "recommend,praise", "--sampled"});
  EXPECT_EQ(confirmed.exit_code, 0) << confirmed.err;
  const Finished stats = run_stats({"--server", url});
  EXPECT_NE(stats.out.find("label right: 1 of 2, 50.0 %"), std::string::npos) << stats.out;
  EXPECT_NE(stats.out.find("drawn at random (1 corrected)"), std::string::npos) << stats.out;

  EXPECT_EQ(http_request(url, "DELETE", "/api/v1/authors/test/author-20")->status, 200);
  EXPECT_EQ(http_request(url, "GET", target)->status, 404);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  EXPECT_NE(run_stats({"--store", store_}).out.find("label right: 1 of 1"), std::string::npos);
  EXPECT_TRUE(is_on_disk(id_of("30"))) << "or the search proves nothing";
  EXPECT_FALSE(is_on_disk(id_of("20")));
}

TEST_F(Correct, WorksWithoutAServerAndSaysWhatIsWrong) {
  const auto correct = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"correct", "--store", store_, "--id", id_of("20")});
    return run(more);
  };
  EXPECT_EQ(correct({}).exit_code, 2) << "a label, or --remove";
  EXPECT_EQ(correct({"--label", "good"}).exit_code, 2);
  EXPECT_EQ(correct({"--label", "mixed", "--acts", "admire"}).exit_code, 2);
  EXPECT_EQ(correct({"--label", "mixed", "--about-brand", "perhaps"}).exit_code, 2);
  EXPECT_EQ(run({"correct", "--store", store_, "--id", "20", "--label", "mixed"}).exit_code, 1);
  EXPECT_EQ(run({"feed", "--store", store_}).out.find("correction"), std::string::npos);
  const Finished done = correct({"--label", "mixed", "--no-acts", "--about-brand", "false"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find(R"("correction":{"label":"mixed","acts":[],"about_brand":false,)"),
            std::string::npos)
      << done.out;
  EXPECT_NE(run({"feed", "--store", store_}).out.find(done.out), std::string::npos);
  const Finished stats = run_stats({"--store", store_, "--json"});
  EXPECT_NE(stats.out.find(R"("measured_accuracy":{"corrected":1,)"), std::string::npos);
  const Finished removed = correct({"--remove"});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  EXPECT_EQ(removed.out.find("correction"), std::string::npos);
}

}  // namespace
}  // namespace passaparola::testing
