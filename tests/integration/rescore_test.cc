// A store judged again by other rules, with the real program.
#include <gtest/gtest.h>
#include <signal.h>

#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

std::string native_post(const std::string& id, const std::string& text) {
  return R"({"source":"test","id":")" + id + R"(","author":{"id":"anna"},"lang":"it",)" +
         R"("created_at":"2026-01-01T00:00:00Z","text":")" + text + "\"}\n";
}

class RescoreProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "after" / "moka.rules",
               "brand moka_nera \"Moka Nera\" {\n  terms \"moka nera\"\n  exclude camicia\n}\n"
               "brand bialba \"Bialba\" {\n  terms bialba\n}\n");
    write_file(folder_ / "posts.ndjson",
               native_post("1", "Adoro la moka nera, ve la consiglio!") +
                   native_post("2", "La moka nera e la camicia nera") +
                   native_post("3", "Meglio bialba della moka nera") +
                   native_post("4", "Una bialba, che nessuna regola trovava"));
    replay(before_);
  }

  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(folder_.path(), arguments);
  }
  void replay(const std::string& rules) const {
    const Finished done = run({"replay", "--quiet", "--rules", rules, "--store", store_,
                               (folder_ / "posts.ndjson").string()});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  }
  Finished rescore(const std::string& rules, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"rescore", "--rules", rules, "--store", store_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  std::string ids(const std::string& brand) const {
    return post_ids(run({"feed", "--store", store_, "--brand", brand}).out);
  }

  const TemporaryFolder folder_;
  const std::string before_ = write_sample_rules(folder_.path()).string();
  const std::string after_ = (folder_ / "after").string();
  const std::string store_ = (folder_ / "store").string();
};

constexpr std::string_view kCounts = R"({"looked_at":3,"changed":2,"removed":1,"added":1,)";

TEST_F(RescoreProgram, JudgesTheHistoryByOtherRules) {
  const std::string as_it_was = run({"feed", "--store", store_}).out;
  const Finished dry = rescore(after_, {"--dry-run"});
  ASSERT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_EQ(dry.out.rfind(kCounts, 0), 0U) << dry.out;
  EXPECT_EQ(run({"feed", "--store", store_}).out, as_it_was);

  const Finished done = rescore(after_);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.out.rfind(kCounts, 0), 0U) << done.out;
  EXPECT_NE(done.out.find("\"finished\":true"), std::string::npos) << done.out;
  EXPECT_EQ(ids("moka_nera"), "1\n3\n");
  EXPECT_EQ(ids("bialba"), "3\n") << "of the fourth nothing had been stored";
  EXPECT_EQ(run({"verify", store_}).exit_code, 0);
  const Finished again = rescore(after_);
  EXPECT_EQ(again.out.rfind(R"({"looked_at":2,"changed":0,"removed":0,"added":0,)", 0), 0U)
      << again.out;
  replay(after_);  // only what was never stored comes in
  EXPECT_EQ(ids("moka_nera"), "1\n3\n");
  EXPECT_EQ(ids("bialba"), "3\n4\n");
}

TEST_F(RescoreProgram, SaysWhatIsWrong) {
  EXPECT_EQ(run({"rescore", "--rules", after_}).exit_code, 2);
  EXPECT_EQ(run({"rescore", "--store", store_}).exit_code, 2);
  EXPECT_EQ(rescore((folder_ / "nowhere").string()).exit_code, 1);
  Program server(folder_.path(),
                 {"serve", "--rules", before_, "--store", store_, "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  const Finished refused = rescore(after_);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("in use by process "), std::string::npos) << refused.err;
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
}

}  // namespace
}  // namespace passaparola::testing
