// The program dies at every named place (core/crash_point.h), and nothing comes of it: the store
// opens without help, what was acknowledged is there, nothing is there twice, and `verify` agrees.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>

#include "core/crash_point.h"
#include "integration/campaign.h"
#include "integration/http_client.h"
#include "store/store.h"

namespace passaparola::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMatchEvery = 5;

std::string sample_ids(std::uint64_t posts) {
  std::string ids;
  for (std::uint64_t i = 0; i < posts; i += kMatchEvery) ids += std::to_string(i) + "\n";
  return ids;
}

class CrashPoint : public ::testing::TestWithParam<std::string_view> {
 public:
  void die_pushing();
  void die_replaying();
  void die_creating();
  void die_forgetting();
  void die_ranking();
  void die_retaining();
  void die_rescoring();
  void die_changing_rules();
  void die_backing_up();
  void die_restoring();

 protected:
  static int kills() { return static_cast<int>(size_from("PASSAPAROLA_POINT_KILLS", 1)); }

  static std::vector<std::string> die_at(int passage) {
    return {"PASSAPAROLA_CRASH_AT=" + std::string(GetParam()) + ":" + std::to_string(passage)};
  }
  static void expect_died(const Finished& finished) {
    EXPECT_EQ(finished.signal, SIGKILL) << "it never came to " << GetParam() << finished.err;
  }
  void die(const std::vector<std::string>& arguments, int passage = 1) const {
    expect_died(site_.run(arguments, die_at(passage)));
  }
  void expect_whole(const std::string& store) {
    longest_ = std::max(longest_, site_.expect_whole(store));
  }

  void TearDown() override {
    std::printf("longest until ready: %lld ms\n", static_cast<long long>(longest_.count()));
  }

  const Site site_;
  std::chrono::milliseconds longest_{0};
};

void CrashPoint::die_pushing() {
  constexpr std::uint64_t kGroup = 10;
  std::uint64_t acknowledged = 0;
  {
    // Which rules are in force is written when they first are; later starts write nothing.
    Program server(site_.folder(), site_.serve(site_.store()));
    ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait().exit_code, 0);
  }
  for (int kill = 1; kill <= kills(); ++kill) {
    Program server(site_.folder(), site_.serve(site_.store()), die_at(kill));
    ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
    const std::string url = listening_url(server.out());
    const auto push = [&] {
      const auto answer = http_request(url, "POST", "/api/v1/posts",
                                       sample_posts(acknowledged, kGroup, kMatchEvery));
      return answer && answer->status == 200;
    };
    for (int pushed = 1; pushed < kill; ++pushed) {
      ASSERT_TRUE(push());
      acknowledged += kGroup;
    }
    EXPECT_FALSE(push());
    expect_died(server.wait());
    expect_whole(site_.store());
    // What was under way has landed whole, though nobody was told; or nothing of it.
    if (GetParam() != "commit.planned") acknowledged += kGroup;
    EXPECT_EQ(site_.ids(site_.store()), sample_ids(acknowledged));
  }
  site_.add(sample_posts(0, acknowledged, kMatchEvery));  // as whoever was not told pushes again
  EXPECT_EQ(site_.ids(site_.store()), sample_ids(acknowledged));
}

void CrashPoint::die_replaying() {
  const std::uint64_t files = static_cast<std::uint64_t>(kills()) + 2, posts = 30;
  const std::string folder = site_.path("posts");
  for (std::uint64_t i = 0; i < files; ++i) {
    write_file(folder + "/" + std::to_string(100 + i) + ".ndjson",
               sample_posts(i * posts, posts, kMatchEvery));
  }
  const std::string all = sample_ids(files * posts);
  const bool at_end = GetParam() == "replay.committed";
  for (int kill = 1; kill <= kills(); ++kill) {
    die(site_.replay(site_.store(), folder), at_end ? 1 : kill);
    expect_whole(site_.store());
    const std::string ids = site_.ids(site_.store());
    EXPECT_EQ(ids, all.substr(0, ids.size()));
    if (at_end) EXPECT_EQ(ids, all);
  }
  EXPECT_EQ(site_.run(site_.replay(site_.store(), folder)).exit_code, 0);
  EXPECT_EQ(site_.ids(site_.store()), all);
}

void CrashPoint::die_creating() {
  write_file(site_.path("posts.ndjson"), sample_posts(0, 30, kMatchEvery));
  for (int kill = 1; kill <= kills(); ++kill) {
    const std::string store = site_.path("store" + std::to_string(kill));
    die(site_.replay(store, site_.path("posts.ndjson")));
    expect_whole(store);
    EXPECT_EQ(site_.run(site_.replay(store, site_.path("posts.ndjson"))).exit_code, 0);
    EXPECT_EQ(site_.ids(store), sample_ids(30));
  }
}

void CrashPoint::die_forgetting() {
  site_.add(sample_posts(0, 300, kMatchEvery));
  for (int kill = 1; kill <= kills(); ++kill) {
    const std::string author = "author-" + std::to_string(kill * kMatchEvery);
    const std::vector<std::string> forget{"forget", "--store",  site_.store(), "--source",
                                          "test",   "--author", author};
    die(forget);
    expect_whole(site_.store());
    EXPECT_EQ(site_.run(forget).exit_code, 0) << "it can be asked for again";
    const Finished feed = site_.run({"feed", "--store", site_.store()});
    EXPECT_EQ(feed.out.find('"' + author + '"'), std::string::npos);
    EXPECT_FALSE(feed.out.empty());
  }
}

void CrashPoint::die_ranking() {
  // Three times as many people as are written together.
  constexpr std::uint64_t kPeople = 4100, kPosts = 4600;
  constexpr int kRounds = 3;
  site_.add(praising_posts(0, kPosts, kPeople, 40));
  const std::string more = site_.path("more.ndjson");
  write_file(more, praising_posts(kPosts, kPeople, kPeople, 40));
  const auto advocates = [](const std::string& store) {
    return std::vector<std::string>{"advocates", "--store", store,   "--brand", "moka_nera",
                                    "--format",  "csv",     "--top", "100"};
  };
  const auto people = [&](const std::string& store, const std::string& as_of) {
    std::vector<std::string> arguments = advocates(store);
    if (!as_of.empty()) arguments.insert(arguments.end(), {"--as-of", as_of});
    const Finished finished = site_.run(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return csv_column(finished.out, 2);
  };
  for (int kill = 1; kill <= kills(); ++kill) {
    const std::string store = site_.path("store" + std::to_string(kill));
    fs::copy(site_.store(), store);
    const bool is_whole = GetParam() == "ranks.noted";
    die(advocates(store), is_whole ? 1 : 1 + kill % kRounds);
    expect_whole(store);
    if (!is_whole) die(advocates(store), kRounds);  // a ranking that began anew
    // Those whose history changes are judged again, and that may be cut short too.
    EXPECT_EQ(site_.run(site_.replay(store, more)).exit_code, 0);
    if (!is_whole) die(advocates(store), 1 + kill % kRounds);
    const std::string ranked = people(store, "");
    EXPECT_GE(std::count(ranked.begin(), ranked.end(), '\n'), 40);
    // Asked as of a time, it reads every history and no rank.
    EXPECT_EQ(ranked, people(store, praise_end()));
  }
}

// Whether any file of the folder holds the bytes.
bool is_on_disk(const std::string& folder, const std::string& bytes) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && read_file(entry.path()).find(bytes) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// serve takes away what is old; that takes days, so that here a process of its own asks the store
// as of another day. Nothing else in this program opens a store, whose threads would not survive
// the fork.
int retain_on_day(const std::string& path, int day, const std::vector<std::string>& environment) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const std::string& setting : environment) {
      const std::size_t equals = setting.find('=');
      ::setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
    }
    bool done = false;
    {
      const auto store = store::Store::open(path, {});
      const Timestamp at{1'795'996'800'000 + day * kMillisecondsPerDay};
      store::Retention policy;
      policy.days = 30;
      done = store && (*store)->retain(policy, at);
    }
    ::_exit(done ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

// Letters that compression leaves as they are.
std::string hard_to_compress(int number) {
  std::mt19937 random(static_cast<unsigned>(number));
  std::string letters;
  for (int i = 0; i < 24; ++i) letters.push_back(static_cast<char>('a' + random() % 26));
  return letters;
}

void CrashPoint::die_retaining() {
  std::uint64_t posts = 0;
  for (int kill = 1; kill <= kills(); ++kill) {
    const int day = 100 * kill;
    const std::string old = hard_to_compress(kill);
    site_.add(sample_posts(posts, 50, kMatchEvery, 97, old));
    posts += 50;
    EXPECT_TRUE(is_on_disk(site_.store(), old)) << "or the search below proves nothing";
    ASSERT_EQ(retain_on_day(site_.store(), day, {}), 0);
    site_.add(sample_posts(posts, 50, kMatchEvery));
    posts += 50;
    const std::string all = sample_ids(posts);
    EXPECT_EQ(retain_on_day(site_.store(), day + 31, die_at(1)), -SIGKILL)
        << "it never came to " << GetParam();
    expect_whole(site_.store());
    ASSERT_EQ(retain_on_day(site_.store(), day + 31, {}), 0);
    expect_whole(site_.store());
    EXPECT_EQ(site_.ids(site_.store()), all.substr(sample_ids(posts - 50).size()));
    EXPECT_FALSE(is_on_disk(site_.store(), old)) << "deleted, and still in a file";
  }
}

void CrashPoint::die_rescoring() {
  // More than are judged in one write. The other rules find the same and one brand more.
  constexpr std::uint64_t kPosts = 6'000;
  site_.add(sample_posts(0, kPosts, kMatchEvery));
  const std::string rules = site_.path("other") + "/both.rules";
  const auto store_of = [&](int number) {
    std::string store = site_.path("store" + std::to_string(number));
    fs::copy(site_.store(), store);
    return store;
  };
  const auto rescore = [&](const std::string& store) {
    return std::vector<std::string>{"rescore", "--rules", rules, "--store", store};
  };
  write_file(rules, read_file(site_.rules() + "/moka.rules") +
                        "brand numero \"Numero\" {\n  terms numero\n}\n");
  const std::string whole = store_of(0);
  EXPECT_EQ(site_.run(rescore(whole)).exit_code, 0);
  for (int kill = 1; kill <= kills(); ++kill) {
    const std::string store = store_of(kill);
    die(rescore(store), 1 + kill % 2);
    expect_whole(store);
    const Finished rest = site_.run(rescore(store));
    EXPECT_NE(rest.out.find("\"resumed\":true"), std::string::npos) << rest.out << rest.err;
    expect_whole(store);
    EXPECT_EQ(site_.run({"feed", "--store", store}).out, site_.run({"feed", "--store", whole}).out);
  }
}

// What is in force is kept as a version by the next start; only who put it there is not known.
void CrashPoint::die_changing_rules() {
  for (int kill = 1; kill <= kills(); ++kill) {
    Program server(site_.folder(), site_.serve(site_.store()), die_at(1));
    ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
    const std::string text = "brand numero" + std::to_string(kill) + " \"N\" { terms numero }";
    EXPECT_FALSE(
        http_request(listening_url(server.out()), "PUT", "/api/v1/rules", text, "text/plain"));
    expect_died(server.wait());
    expect_whole(site_.store());
    Program again(site_.folder(), site_.serve(site_.store()));
    ASSERT_TRUE(again.wait_for_output("listening on ")) << again.wait().err;
    const std::string url = listening_url(again.out());
    const auto rules = http_request(url, "GET", "/api/v1/rules");
    const auto versions = http_request(url, "GET", "/api/v1/rules/versions");
    again.signal(SIGTERM);
    EXPECT_EQ(again.wait().exit_code, 0);
    ASSERT_TRUE(rules && versions);
    const std::string hash = rules->body.substr(0, rules->body.find(','));  // {"hash":"…"
    EXPECT_NE(rules->body.find("numero" + std::to_string(kill)), std::string::npos);
    EXPECT_TRUE(versions->body.starts_with("{\"versions\":[" + hash)) << versions->body;
    EXPECT_NE(versions->body.find("\"by\":\"start\""), std::string::npos);
  }
}

void CrashPoint::die_backing_up() {
  const std::string backups = site_.path("backups"), other = site_.path("other");
  std::uint64_t posts = 0;
  const auto add = [&] {
    site_.add(sample_posts(posts, 20, kMatchEvery));
    posts += 20;
  };
  add();
  ASSERT_EQ(site_.run({"backup", site_.store(), backups}).exit_code, 0);
  const auto restored = [&] {
    const Finished done = site_.run({"restore", backups, other, "--replace"});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return site_.ids(other);
  };
  for (int kill = 1; kill <= kills(); ++kill) {
    add();
    die({"backup", site_.store(), backups, "--keep", "2"});
    expect_whole(site_.store());
    EXPECT_EQ(site_.ids(site_.store()), sample_ids(posts));
    const std::string ids = restored();
    EXPECT_TRUE(ids == sample_ids(posts) || ids == sample_ids(posts - 20)) << ids;
    EXPECT_EQ(site_.run({"backup", site_.store(), backups, "--keep", "2"}).exit_code, 0);
    EXPECT_EQ(restored(), sample_ids(posts));
  }
  expect_whole(other);
}

void CrashPoint::die_restoring() {
  const std::string backups = site_.path("backups");
  site_.add(sample_posts(0, 100, kMatchEvery));
  ASSERT_EQ(site_.run({"backup", site_.store(), backups}).exit_code, 0);
  site_.add(sample_posts(100, 100, kMatchEvery));
  for (int kill = 1; kill <= kills(); ++kill) {
    // In the place of a store, and onto nothing.
    const bool replaces = kill % 2 == 1;
    const std::string place = site_.path("place" + std::to_string(kill));
    if (replaces) fs::copy(site_.store(), place);
    const std::vector<std::string> restore{"restore", backups, place, "--replace"};
    die(restore);
    const bool placed = GetParam() == "restore.placed";
    EXPECT_EQ(fs::exists(place), replaces || placed);
    if (fs::exists(place)) {
      expect_whole(place);
      EXPECT_EQ(site_.ids(place), sample_ids(placed ? 100 : 200));
    }
    const Finished again = site_.run(restore);
    EXPECT_EQ(again.exit_code, 0) << again.err;
    expect_whole(place);
    EXPECT_EQ(site_.ids(place), sample_ids(100));
    EXPECT_FALSE(fs::exists(place + ".restoring")) << "who was there before is not left behind";
  }
}

TEST_P(CrashPoint, IsHarmless) {
  using Scenario = void (CrashPoint::*)();
  static const std::map<std::string_view, Scenario> kScenarios{
      {"commit", &CrashPoint::die_pushing},    {"push", &CrashPoint::die_pushing},
      {"replay", &CrashPoint::die_replaying},  {"create", &CrashPoint::die_creating},
      {"reopen", &CrashPoint::die_forgetting}, {"erase", &CrashPoint::die_forgetting},
      {"ranks", &CrashPoint::die_ranking},     {"retention", &CrashPoint::die_retaining},
      {"rescore", &CrashPoint::die_rescoring}, {"backup", &CrashPoint::die_backing_up},
      {"restore", &CrashPoint::die_restoring}, {"rules", &CrashPoint::die_changing_rules}};
  const std::string_view kind = GetParam().substr(0, GetParam().find('.'));
  const auto scenario = kScenarios.find(kind);
  ASSERT_NE(scenario, kScenarios.end()) << "a place where nobody dies proves nothing";
  (this->*scenario->second)();
}

std::string_view kind_of(std::string_view point) { return point.substr(0, point.find('.')); }

// Every place where the kills are asked for, one of each kind in every run. No program makes stores
// of an older format: unit/store/migrate_test.cc dies at those.
std::vector<std::string_view> places() {
  std::vector<std::string_view> places;
  for (const std::string_view point : kCrashPoints) {
    if (kind_of(point) == "migrate") continue;
    const bool is_further = !places.empty() && kind_of(places.back()) == kind_of(point);
    if (is_further && std::getenv("PASSAPAROLA_POINT_KILLS") == nullptr) places.pop_back();
    places.push_back(point);
  }
  return places;
}

INSTANTIATE_TEST_SUITE_P(Every, CrashPoint, ::testing::ValuesIn(places()), [](const auto& point) {
  std::string name(point.param);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
});

}  // namespace
}  // namespace passaparola::testing
