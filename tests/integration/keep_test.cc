// Data out of a store and back: what an operator does with the real program.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

class Keep : public ::testing::Test {
 protected:
  void SetUp() override { add(0, 300); }

  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(folder_.path(), arguments);
  }
  // Posts numbered from `first`, of which every tenth is a mention.
  void add(std::uint64_t first, std::uint64_t count) const {
    write_file(folder_ / "posts.ndjson", sample_posts(first, count, 10));
    const Finished replay = run({"replay", "--quiet", "--rules", rules_, "--store", store_,
                                 (folder_ / "posts.ndjson").string()});
    ASSERT_EQ(replay.exit_code, 0) << replay.err;
  }
  std::string feed_of(const std::string& store) const {
    const Finished feed = run({"feed", "--store", store});
    EXPECT_EQ(feed.exit_code, 0) << feed.err;
    return feed.out;
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
};

TEST_F(Keep, ABackupGivesTheStoreBack) {
  const std::string backups = path("backups"), other = path("other");
  const std::string before = post_ids(feed_of(store_));
  {
    Program server(folder_.path(),
                   {"serve", "--rules", rules_, "--store", store_, "--listen", "127.0.0.1:0"});
    ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
    const Finished refused = run({"backup", store_, backups});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("in use by process "), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("(passaparola)"), std::string::npos) << refused.err;
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait().exit_code, 0);
  }
  const Finished made = run({"backup", store_, backups, "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out.rfind("{\"backup\":1,\"made_at\":\"2", 0), 0) << made.out;
  EXPECT_NE(made.out.find("\"last_seq\":30,"), std::string::npos) << made.out;
  add(300, 100);
  ASSERT_EQ(run({"backup", store_, backups, "--keep", "2"}).exit_code, 0);
  const Finished list = run({"restore", backups, "--list"});
  EXPECT_EQ(std::count(list.out.begin(), list.out.end(), '\n'), 2) << list.out << list.err;

  ASSERT_EQ(
      run({"forget", "--store", store_, "--source", "test", "--author", "author-20"}).exit_code, 0);
  ASSERT_EQ(run({"restore", backups, other, "--backup", "1"}).exit_code, 0);
  EXPECT_EQ(post_ids(feed_of(other)), before) << "nobody could know of the erasure";
  EXPECT_EQ(run({"restore", backups, other}).exit_code, 2) << "there is a store";
  const Finished replaced =
      run({"restore", backups, store_, "--backup", "1", "--replace", "--json"});
  ASSERT_EQ(replaced.exit_code, 0) << replaced.err;
  EXPECT_EQ(replaced.out.find("\"erased_again\":0"), std::string::npos) << replaced.out;
  EXPECT_EQ(feed_of(store_).find("\"author-20\""), std::string::npos);
  add(0, 400);  // what was lost comes again, and nothing twice
  EXPECT_EQ(std::count_if(before.begin(), before.end(), [](char c) { return c == '\n'; }), 30);
  const std::string after = feed_of(store_);
  EXPECT_EQ(after.find("\"author-20\""), std::string::npos);
  EXPECT_GE(std::count(after.begin(), after.end(), '\n'), 38);
  EXPECT_EQ(run({"verify", store_}).exit_code, 0);
}

TEST_F(Keep, BackupAndRestoreSayWhatIsWrong) {
  const std::string backups = path("backups");
  EXPECT_EQ(run({"backup", store_}).exit_code, 2);
  EXPECT_EQ(run({"backup", store_, backups, "--keep", "0"}).exit_code, 2);
  EXPECT_EQ(run({"backup", path("nowhere"), backups}).exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(backups));
  EXPECT_EQ(run({"backup", store_, rules_}).exit_code, 2) << "rules are no backups";
  EXPECT_EQ(run({"restore", backups, path("other")}).exit_code, 1);
  EXPECT_EQ(run({"restore", rules_, "--list"}).exit_code, 1);
  ASSERT_EQ(run({"backup", store_, backups}).exit_code, 0);
  EXPECT_EQ(run({"restore", backups}).exit_code, 2) << "a place, or --list";
  EXPECT_EQ(run({"restore", backups, rules_, "--replace"}).exit_code, 2);
  EXPECT_TRUE(std::filesystem::exists(rules_ + "/moka.rules"));
}

TEST_F(Keep, VerifyFindsNothingAndSaysSo) {
  const Finished text = run({"verify", store_});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("30 mentions, 30 authors, 30 posts, "), std::string::npos) << text.out;
  EXPECT_NE(text.out.find(": no difference\n"), std::string::npos) << text.out;
  const Finished json = run({"verify", store_, "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_NE(json.out.find(R"({"differences":[],"difference_count":0,"mentions":30,)"),
            std::string::npos)
      << json.out;
  EXPECT_EQ(run({"verify", path("nowhere")}).exit_code, 1);
  EXPECT_EQ(run({"verify"}).exit_code, 2);
}

TEST_F(Keep, WhoLosesTheirPostsIsToldOnceAndByTheServerToo) {
  const std::string posts = path("praise.ndjson"), deletes = path("deletes.ndjson");
  const auto replay = [&](const std::string& file) {
    const Finished done = run({"replay", "--quiet", "--rules", rules_, "--store", store_, file});
    ASSERT_EQ(done.exit_code, 0) << done.err;
  };
  const std::vector<std::string> ask{"advocates", "--store",   store_,
                                     "--brand",   "moka_nera", "--revisions"};
  write_file(posts, praising_posts(1000, 400, 0, 4));
  replay(posts);
  EXPECT_EQ(run(ask).out, "");
  std::string lines;
  for (int id = 1000; id < 1400; id += 4) {  // all of one author's
    lines += R"({"op":"delete","source":"test","id":")" + std::to_string(id) + "\"}\n";
  }
  write_file(deletes, lines.substr(0, lines.size() / 2));
  replay(deletes);
  const Finished half = run(ask);
  EXPECT_EQ(half.exit_code, 0) << half.err;
  EXPECT_EQ(std::count(half.out.begin(), half.out.end(), '\n'), 1) << half.out;
  EXPECT_EQ(half.out.rfind(R"({"event":"score.revised","number":)", 0), 0) << half.out;
  EXPECT_NE(half.out.find(R"("reason":"source_delete")"), std::string::npos) << half.out;
  EXPECT_NE(half.out.find(R"("before":{"class":"advocate",)"), std::string::npos) << half.out;
  EXPECT_EQ(run(ask).out, half.out);
  EXPECT_EQ(run({"verify", store_}).exit_code, 0);

  Program server(folder_.path(),
                 {"serve", "--rules", rules_, "--store", store_, "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  const std::string url = listening_url(server.out());
  EXPECT_EQ(run({"advocates", "--server", url, "--brand", "moka_nera", "--revisions"}).out,
            half.out);
}

TEST_F(Keep, ExportIsTheFeedAndGoesOnWhereItStopped) {
  const std::string feed = feed_of(store_), file = path("mentions.ndjson");
  const Finished all = run({"export", store_});
  EXPECT_EQ(all.exit_code, 0) << all.err;
  EXPECT_EQ(all.out, feed);
  EXPECT_NE(all.err.find("30 mentions; go on with --after p"), std::string::npos) << all.err;
  EXPECT_EQ(run({"export", store_, "--brand", "nobody"}).out, "");
  // Posts are a second apart from 2023-11-14T22:13:20Z on.
  const Finished some =
      run({"export", store_, "--since", "2023-11-14T22:13:30Z", "--until", "2023-11-14T22:13:50Z"});
  EXPECT_EQ(post_ids(some.out), "10\n20\n");

  ASSERT_EQ(run({"export", store_, "--output", file}).exit_code, 0);
  add(300, 50);
  const std::size_t last = all.err.find("--after ") + 8;
  const std::string cursor = all.err.substr(last, all.err.find('\n', last) - last);
  ASSERT_EQ(run({"export", store_, "--output", file, "--after", cursor}).exit_code, 0);
  EXPECT_EQ(read_file(file), feed_of(store_));
  write_file(file, feed.substr(0, feed.size() - 5));  // as a power cut leaves it
  const Finished torn = run({"export", store_, "--output", file, "--after", cursor});
  EXPECT_EQ(torn.exit_code, 2);
  EXPECT_NE(torn.err.find("middle of a row"), std::string::npos) << torn.err;
  EXPECT_EQ(run({"export", store_, "--after", "p0000000100000000000000aa"}).exit_code, 2);
  EXPECT_EQ(run({"export", store_, "--since", "yesterday"}).exit_code, 2);
  EXPECT_EQ(run({"export", store_, "--output", "/dev/full"}).exit_code, 1);
}

TEST_F(Keep, ExportAsCsvHasOneHeader) {
  const std::string file = path("mentions.csv");
  const auto run_export = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"export", store_, "--format", "csv", "--output", file});
    return run(more);
  };
  const Finished first = run_export({});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  add(300, 50);
  const std::size_t last = first.err.find("--after ") + 8;
  ASSERT_EQ(run_export({"--after", first.err.substr(last, 25)}).exit_code, 0);
  const std::string rows = read_file(file);
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 1 + 35) << rows;
  EXPECT_EQ(rows.rfind("seq,cursor,mention_id,brand,created_at,source,post_id,", 0), 0);
  EXPECT_EQ(rows.find("seq,", 1), std::string::npos);
  EXPECT_NE(rows.find(",\"Adoro la moka nera, ve la consiglio! Numero 340\"\r\n"),
            std::string::npos);
}

}  // namespace
}  // namespace passaparola::testing
