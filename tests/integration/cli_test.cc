// What a user gets for a wrong flag, a missing file, a bad rule, an unreadable store: one clear
// line and the right exit code.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

class CommandLine : public ::testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(folder_.path(), arguments);
  }

  void expect_failure(const std::vector<std::string>& arguments, int exit_code,
                      const std::string& words) const {
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
    EXPECT_NE(finished.err.find(words), std::string::npos) << finished.err;
    EXPECT_EQ(finished.out, "");
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
};

TEST_F(CommandLine, ExplainsItself) {
  EXPECT_EQ(run({"--version"}).out, "passaparola " PASSAPAROLA_VERSION "\n");
  for (const char* command :
       {"replay", "match", "score", "feed", "history", "advocates", "stats", "rules", "correct",
        "forget", "backup", "restore", "verify", "export", "token", "serve"}) {
    const Finished help = run({command, "--help"});
    EXPECT_EQ(help.exit_code, 0) << command;
    EXPECT_NE(help.out.find("--help"), std::string::npos) << command;
  }
}

TEST_F(CommandLine, WrongUsageEndsWithTwo) {
  expect_failure({}, 2, "subcommand");
  expect_failure({"replya"}, 2, "replya");
  expect_failure({"replay", "--rules", rules_, "--store", store_, "--colour", "x"}, 2, "--colour");
  expect_failure({"replay", "--rules", rules_, "x.ndjson"}, 2, "--store or --server");
  expect_failure({"replay", "--rules", rules_, "--store", store_, "--format", "morse", "x"}, 2,
                 "unknown format 'morse'");
  expect_failure({"feed", "--store", store_, "--where", "sentiment <", "--limit", "1"}, 2, "where");
  expect_failure({"advocates", "--store", store_, "--brand", "b", "--class", "hero"}, 2, "hero");
  expect_failure({"serve", "--rules", rules_}, 2, "--store");
}

TEST_F(CommandLine, AMissingFileIsNamed) {
  const std::string missing = (folder_ / "no-such.ndjson").string();
  expect_failure({"replay", "--rules", rules_, "--store", store_, missing}, 1, missing);
  expect_failure({"match", "--rules", rules_, missing}, 1, missing);
  expect_failure({"replay", "--rules", (folder_ / "nowhere").string(), "--store", store_, "-"}, 1,
                 "nowhere");
}

TEST_F(CommandLine, AMissingStoreIsNotMadeByReaders) {
  const std::string missing = (folder_ / "no-store").string();
  expect_failure({"feed", "--store", missing}, 1, "no-store");
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST_F(CommandLine, ABadRuleIsShownWithItsPlace) {
  write_file(folder_ / "bad" / "bad.rules", "brand moka \"Moka\" {\n  terms \"moka\n}\n");
  const Finished check = run({"rules", "check", (folder_ / "bad").string()});
  EXPECT_EQ(check.exit_code, 1);
  EXPECT_NE(check.out.find("bad.rules:2:"), std::string::npos) << check.out;
  EXPECT_NE(check.out.find('^'), std::string::npos) << check.out;
  expect_failure({"replay", "--rules", (folder_ / "bad").string(), "--store", store_, "-"}, 1,
                 "bad.rules:2:");
  EXPECT_EQ(run({"rules", "check", rules_}).exit_code, 0);
}

TEST_F(CommandLine, AStoreThatIsNoStoreIsRefused) {
  write_file(folder_ / "damaged" / "CURRENT", "MANIFEST-000099\n");
  write_file(folder_ / "damaged" / "MANIFEST-000099", "this is no manifest");
  const Finished feed = run({"feed", "--store", (folder_ / "damaged").string()});
  EXPECT_EQ(feed.exit_code, 1);
  EXPECT_EQ(std::count(feed.err.begin(), feed.err.end(), '\n'), 1) << feed.err;
  EXPECT_NE(feed.err.find("damaged"), std::string::npos) << feed.err;
}

TEST_F(CommandLine, AStoreInUseNamesTheProcess) {
  Program server(folder_.path(),
                 {"serve", "--rules", rules_, "--store", store_, "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  expect_failure({"feed", "--store", store_}, 1, "in use");
  const std::string url = listening_url(server.out());
  EXPECT_EQ(run({"feed", "--server", url}).exit_code, 0);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  EXPECT_EQ(run({"feed", "--store", store_}).exit_code, 0);
}

TEST_F(CommandLine, AConfigurationMistakeNamesFileLineAndKey) {
  const std::string config = (folder_ / "p.toml").string();
  write_file(config, "[rules]\npath = \"r\"\n[store]\npaht = \"s\"\n");
  expect_failure({"serve", "--config", config}, 2, "p.toml:4: [store] paht");
  write_file(config, "[server]\nthreads = \"many\"\n");
  expect_failure({"serve", "--config", config}, 2, "p.toml:2: [server] threads");
  write_file(config, "[server\n");
  expect_failure({"serve", "--config", config}, 2, "p.toml:1");
  expect_failure({"serve", "--config", (folder_ / "none.toml").string()}, 2, "none.toml");
}

TEST_F(CommandLine, ASecretInJsonIsReadToItsLastLineAndNotRepeated) {
  const std::string config = (folder_ / "p.toml").string();
  write_file(folder_ / "google.json",
             "{\n  \"type\": \"authorized_user\",\n  \"x\": \"geheim\"\n}\n");
  write_file(config,
             "[[source]]\nname = \"google\"\ntype = \"googleplay\"\npackages = [\"a.b\"]\n"
             "token_file = \"" +
                 (folder_ / "google.json").string() + "\"\n");
  expect_failure({"serve", "--config", config}, 2, "token_file has no client_id");
  EXPECT_EQ(run({"serve", "--config", config}).err.find("geheim"), std::string::npos);
}

TEST_F(CommandLine, PeopleAreJudgedByTheSettingsOfTheFile) {
  const std::string config = (folder_ / "p.toml").string();
  const auto judged = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"advocates", "--store", store_,      "--brand",
                                       "moka_nera", "--as-of", "2023-11-16"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  const Finished defaults = run({"advocates", "--settings"});
  EXPECT_EQ(defaults.exit_code, 0) << defaults.err;
  write_file(config, defaults.out);  // what is printed is a configuration that says the same
  EXPECT_EQ(run({"advocates", "--settings", "--config", config}).out, defaults.out);

  write_file(config, "[advocacy]\nwindow_days = 30\n[advocacy.acts]\nrecomend = 1\n");
  const std::vector<std::string> with{"--config", config};
  EXPECT_EQ(judged(with).exit_code, 2);
  EXPECT_NE(judged(with).err.find("p.toml:4: [advocacy] acts.recomend is no setting: "
                                  "acts.recommend is the nearest"),
            std::string::npos)
      << judged(with).err;
  write_file(config, "[advocacy.levels]\nadvocate_acts = \"three\"\n");
  EXPECT_NE(judged(with).err.find("p.toml:2: [advocacy] levels.advocate_acts must be a whole"),
            std::string::npos)
      << judged(with).err;
  write_file(config, "[advocacy]\nhalf_life_days = 0\n");
  expect_failure({"serve", "--config", config}, 2, "p.toml:2: [advocacy] half_life_days must be");

  write_file(folder_ / "posts.ndjson", sample_posts(0, 3000, 10));
  ASSERT_EQ(run({"replay", "--quiet", "--rules", rules_, "--store", store_,
                 (folder_ / "posts.ndjson").string()})
                .exit_code,
            0);
  write_file(config,
             "[advocacy.levels]\ncandidate_score_low = 0\ncandidate_acts = 1\n"
             "candidate_days = 1\ncandidate_authenticity = 0\n[advocacy.relations]\n"
             "inauthentic_below = 0\n");
  EXPECT_NE(judged({}).out.find("Nobody yet."), std::string::npos) << judged({}).out;
  EXPECT_NE(judged(with).out.find("candidate"), std::string::npos) << judged(with).out;
  const std::vector<std::string> one{"history", "--store",  store_,     "--source",
                                     "test",    "--author", "author-0", "--config"};
  std::vector<std::string> history = one;
  history.push_back(config);
  EXPECT_NE(run(history).out.find("\"standing\":{"), std::string::npos);
  expect_failure(
      {"advocates", "--server", "http://127.0.0.1:1", "--brand", "b", "--config", config}, 2,
      "--config");
}

TEST_F(CommandLine, AFullOutputIsAnError) {
  write_file(folder_ / "posts.ndjson", sample_posts(0, 2000, 1));
  expect_failure({"replay", "--quiet", "--rules", rules_, "--store", store_, "--out", "/dev/full",
                  (folder_ / "posts.ndjson").string()},
                 1, "No space left");
}

TEST_F(CommandLine, AnOutputThatNobodyTakesIsAnErrorAndNoAbort) {
  write_file(folder_ / "posts.ndjson", sample_posts(0, 2000, 1));
  ASSERT_EQ(run({"replay", "--quiet", "--rules", rules_, "--store", store_,
                 (folder_ / "posts.ndjson").string()})
                .exit_code,
            0);
  write_file(folder_ / "command", "exec '" PASSAPAROLA_PROGRAM "' stats --store '" + store_ +
                                      "' --brand moka_nera >/dev/full");
  const int status = std::system(("sh '" + (folder_ / "command").string() + "'").c_str());
  ASSERT_TRUE(WIFEXITED(status)) << "it was aborted";
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

TEST_F(CommandLine, TheMainJobAnswersEveryQuestionAboutItsFeed) {
  write_file(folder_ / "posts.ndjson", sample_posts(0, 3000, 10));
  const std::string summary = (folder_ / "summary.json").string();
  const std::vector<std::string> replay{"replay",
                                        "--quiet",
                                        "--rules",
                                        rules_,
                                        "--store",
                                        store_,
                                        "--out",
                                        "-",
                                        "--summary",
                                        summary,
                                        (folder_ / "posts.ndjson").string()};
  const Finished first = run(replay);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(std::count(first.out.begin(), first.out.end(), '\n'), 300);
  EXPECT_NE(read_file(summary).find("\"mentions\":300,\"duplicates\":0"), std::string::npos);

  const Finished again = run(replay);  // a redelivery changes nothing
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, "");
  EXPECT_NE(read_file(summary).find("\"mentions\":0,\"duplicates\":300"), std::string::npos);

  EXPECT_EQ(run({"feed", "--store", store_}).out, first.out);
  const Finished page = run({"feed", "--store", store_, "--limit", "7"});
  EXPECT_EQ(first.out.substr(0, page.out.size()), page.out);
  EXPECT_EQ(std::count(page.out.begin(), page.out.end(), '\n'), 7);
  EXPECT_EQ(run({"feed", "--store", store_, "--where", "act:complain"}).out, "");

  const Finished advocates = run({"advocates", "--store", store_, "--brand", "moka_nera",
                                  "--format", "json", "--as-of", "2023-11-16"});
  EXPECT_EQ(advocates.exit_code, 0) << advocates.err;
  EXPECT_NE(advocates.out.find("\"brand\":\"moka_nera\""), std::string::npos);
  const Finished history =
      run({"history", "--store", store_, "--source", "test", "--author", "author-10"});
  EXPECT_NE(history.out.find("moka_nera"), std::string::npos) << history.err;
  const Finished stats = run({"stats", "--store", store_, "--brand", "moka_nera", "--from",
                              "2023-11-01", "--to", "2023-12-01"});
  EXPECT_NE(stats.out.find("300"), std::string::npos) << stats.out << stats.err;

  const Finished proof =
      run({"forget", "--store", store_, "--source", "test", "--author", "author-10"});
  EXPECT_EQ(proof.exit_code, 0) << proof.err;
  EXPECT_EQ(run({"feed", "--store", store_}).out.find("\"author-10\""), std::string::npos);
}

TEST_F(CommandLine, AListOfPeopleIsErasedOrNobodyIs) {
  write_file(folder_ / "posts.ndjson", sample_posts(0, 3000, 10));
  const std::string posts = (folder_ / "posts.ndjson").string();
  ASSERT_EQ(run({"replay", "--quiet", "--rules", rules_, "--store", store_, posts}).exit_code, 0);
  const std::string list = (folder_ / "people").string();
  const std::vector<std::string> forget{"forget", "--store", store_, "--authors", list};

  write_file(list, "test\tauthor-10\n\ntest author-20\n");
  expect_failure(forget, 1, "people:3: a line is a source, a tab and an id");
  expect_failure({"forget", "--store", store_}, 2, "--authors FILE");
  expect_failure({"forget", "--store", store_, "--authors", list + "x"}, 1, "peoplex");
  const std::string before = run({"feed", "--store", store_}).out;
  EXPECT_NE(before.find("\"author-10\""), std::string::npos) << "nobody was erased";

  write_file(list,
             "\xEF\xBB\xBFtest\tauthor-10\r\ntest\tnobody\n"
             "{\"source\":\"test\",\"id\":\"author-20\"}\n");
  const Finished proofs = run(forget);
  EXPECT_EQ(proofs.exit_code, 0) << proofs.err;
  EXPECT_EQ(std::count(proofs.out.begin(), proofs.out.end(), '\n'), 3) << proofs.out;
  EXPECT_NE(proofs.out.find("\n{\"found\":false,\"source\":\"test\",\"id\":\"nobody\"}\n"),
            std::string::npos)
      << proofs.out;
  EXPECT_EQ(proofs.out.find("author-"), std::string::npos) << "a proof names nobody";
  const std::string after = run({"feed", "--store", store_}).out;
  EXPECT_EQ(after.find("\"author-10\""), std::string::npos);
  EXPECT_EQ(after.find("\"author-20\""), std::string::npos);

  Program server(folder_.path(),
                 {"serve", "--rules", rules_, "--store", store_, "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  const std::string url = listening_url(server.out());
  EXPECT_EQ(run({"forget", "--server", url, "--authors", list}).out, proofs.out) << "once for all";
  const Finished listed = run({"forget", "--server", url, "--list"});
  EXPECT_EQ(std::count(listed.out.begin(), listed.out.end(), '\n'), 2) << listed.out << listed.err;
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  EXPECT_EQ(run({"forget", "--store", store_, "--list"}).out, listed.out);
}

TEST_F(CommandLine, AnyNumberOfThreadsStoresTheSameFeed) {
  write_file(folder_ / "posts.ndjson", sample_posts(0, 30'000, 7));
  std::string feeds[2];
  for (int i = 0; i < 2; ++i) {
    const std::string store = store_ + std::to_string(i);
    ASSERT_EQ(run({"replay", "--quiet", "--workers", i == 0 ? "1" : "4", "--rules", rules_,
                   "--store", store, (folder_ / "posts.ndjson").string()})
                  .exit_code,
              0);
    feeds[i] = post_ids(run({"feed", "--store", store}).out);
  }
  EXPECT_EQ(feeds[0], feeds[1]);
  EXPECT_FALSE(feeds[0].empty());
}

TEST_F(CommandLine, ScoreAnswersLineByLine) {
  write_file(folder_ / "texts.txt", "I love this phone\nThis is terrible\nThe table is brown\n");
  const Finished scored = run({"score", "--lang", "en", (folder_ / "texts.txt").string()});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_EQ(std::count(scored.out.begin(), scored.out.end(), '\n'), 3);
  EXPECT_LT(scored.out.find("positive"), scored.out.find("negative"));
  write_file(folder_ / "texts.ndjson",
             "{\"text\":\"I love it\",\"lang\":\"en\"}\n{\"lang\":1}\n{\"text\":\"Awful\"}\n");
  const Finished bad = run({"score", "--json", (folder_ / "texts.ndjson").string()});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(std::count(bad.out.begin(), bad.out.end(), '\n'), 3) << "a bad line loses no other";
  EXPECT_LT(bad.out.find("\"error\""), bad.out.find("negative"));
  EXPECT_NE(bad.err.find("texts.ndjson:2:"), std::string::npos) << bad.err;
}

TEST_F(CommandLine, ScoreExplainsHowATextSpeaksOfABrand) {
  write_file(folder_ / "texts.txt", "The Zorba is terrible but the Lumafon is wonderful\n");
  const std::string texts = (folder_ / "texts.txt").string();
  const Finished json = run({"score", "--lang", "en", "--target", "Lumafon", texts});
  ASSERT_EQ(json.exit_code, 0) << json.err;
  EXPECT_NE(json.out.find("\"label\":\"positive\""), std::string::npos) << json.out;
  const Finished told = run({"score", "--lang", "en", "--target", "Zorba", "--explain", texts});
  ASSERT_EQ(told.exit_code, 0) << told.err;
  EXPECT_NE(told.out.find("negative (score -"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("terrible"), std::string::npos) << told.out;
  const Finished vader = run({"score", "--lang", "en", "--model", "vader", texts});
  ASSERT_EQ(vader.exit_code, 0) << vader.err;
  EXPECT_NE(vader.out.find("\"score\":0.6124"), std::string::npos) << vader.out;
  const Finished absent = run({"score", "--lang", "en", "--target", "Nobody", texts});
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_NE(absent.err.find("\"Nobody\" is not in the text"), std::string::npos) << absent.err;
  EXPECT_EQ(run({"score", "--model", "best", texts}).exit_code, 2);
}

}  // namespace
}  // namespace passaparola::testing
