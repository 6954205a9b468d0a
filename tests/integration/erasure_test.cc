// Many people are erased from a serving store: nobody finds anything of them again, through the
// program or in the bytes of any file, and what is delivered once more stays out.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <unordered_set>

#include "integration/campaign.h"
#include "integration/http_client.h"

namespace passaparola::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTraceBytes = 10;

// Words that occur nowhere else. Compression keeps what never occurred before as it is, so that a
// search for them finds most of them in the files of a store.
class Traces {
 public:
  std::string draw() {
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string trace;
    while (trace.size() < kTraceBytes) trace += kLetters[random_() % kLetters.size()];
    all_.insert(trace);
    return trace;
  }

  std::size_t size() const { return all_.size(); }

  // How many of them `bytes` have.
  std::size_t count_in(const std::string& bytes) const {
    std::unordered_set<std::string_view> found;
    for (std::size_t i = 0; i + kTraceBytes <= bytes.size(); ++i) {
      const auto trace = all_.find(bytes.substr(i, kTraceBytes));
      if (trace != all_.end()) found.insert(*trace);
    }
    return found.size();
  }

  // How many of them some file of `folder` has; those of `files` that are named.
  std::size_t count_below(const fs::path& folder) const {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) all += read_file(entry.path()) + '\n';
    }
    return count_in(all);
  }

 private:
  std::mt19937_64 random_{15};
  std::unordered_set<std::string> all_;
};

struct Person {
  std::string id, handle, text;
};

std::string line(std::uint64_t number, const Person& person, const std::string& answered) {
  std::string post =
      R"({"source":"test","id":")" + std::to_string(number) + R"(","author":{"id":")" + person.id +
      R"(","handle":")" + person.handle +
      R"("},"lang":"it","created_at":"2026-11-01T10:00:00Z","text":"Adoro la moka )" +
      "nera, ve la consiglio! " + person.text + '"';
  if (!answered.empty()) {
    post += R"(,"reply_to":{"id":"x)" + std::to_string(number) + R"(","author_id":")" + answered +
            R"("})";
  }
  return post + "}\n";
}

class ErasureCampaign : public ::testing::Test {
 protected:
  // `gone_` are erased; everybody wrote, and somebody answered each of those.
  void SetUp() override {
    const std::uint64_t people = size_from("PASSAPAROLA_AUTHORS", 20'000);
    const std::uint64_t erased = size_from("PASSAPAROLA_ERASED", 100);
    std::uint64_t number = 0;
    for (std::uint64_t i = 0; i < people; ++i) {
      Person person{"author-" + std::to_string(i), "a" + std::to_string(i), std::to_string(i)};
      const bool is_gone = i % (people / erased) == 0;
      if (is_gone) {
        person = {traces_.draw(), traces_.draw() + ".example", traces_.draw()};
        gone_ += "test\t" + person.id + '\n';
      }
      posts_ += line(number++, person, "");
      const Person answers{"answers-" + std::to_string(i), "", ""};
      if (is_gone) posts_ += line(number++, answers, person.id);
    }
    site_.add(posts_);
    write_file(site_.path("gone"), gone_);
  }

  const Site site_;
  Traces traces_;
  std::string posts_, gone_;
};

TEST_F(ErasureCampaign, NothingOfThemIsFoundAndNothingComesBack) {
  const fs::path store = site_.store();
  // The posts as they were handed in are not the store's.
  const std::string handed_in = read_file(site_.path("added.ndjson"));
  EXPECT_EQ(traces_.count_in(handed_in), traces_.size());
  fs::remove(site_.path("added.ndjson"));
  fs::remove(site_.path("gone"));
  EXPECT_GT(2 * traces_.count_below(store), traces_.size()) << "or the search proves nothing";
  const std::size_t erased = static_cast<std::size_t>(std::count(gone_.begin(), gone_.end(), '\n'));

  Program server(site_.folder(), site_.serve(site_.store()));
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  const std::string url = listening_url(server.out());
  const fs::path list = fs::path(site_.store()).parent_path() / "list";
  write_file(list, gone_);
  const auto begin = std::chrono::steady_clock::now();
  const Finished proofs = site_.run({"forget", "--server", url, "--authors", list.string()});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fs::remove(list);
  EXPECT_EQ(proofs.exit_code, 0) << proofs.err;
  EXPECT_EQ(std::count(proofs.out.begin(), proofs.out.end(), '\n'), erased);
  std::printf("%zu erased in %.1f s\n", erased, took.count());

  const auto expect_gone = [&](const char* when) {
    SCOPED_TRACE(when);
    const Finished feed = site_.run({"feed", "--server", url});
    EXPECT_EQ(feed.exit_code, 0) << feed.err;
    EXPECT_EQ(traces_.count_in(feed.out), 0U);
    EXPECT_EQ(traces_.count_below(site_.folder()), 0U) << "files of the store, and what it logged";
  };
  expect_gone("erased");
  for (std::size_t at = 0; at < gone_.size(); at = gone_.find('\n', at) + 1) {
    const std::string id = gone_.substr(at + 5, kTraceBytes);
    const auto answer = http_request(url, "GET", "/api/v1/authors/test/" + id);
    ASSERT_TRUE(answer && answer->status == 404) << id;
  }
  // The same once more, in pushes that a body holds.
  for (std::size_t at = 0; at < handed_in.size();) {
    const std::size_t end = handed_in.find('\n', std::min(at + (4 << 20), handed_in.size() - 1));
    const auto pushed =
        http_request(url, "POST", "/api/v1/posts", handed_in.substr(at, end + 1 - at));
    ASSERT_TRUE(pushed && pushed->status == 200);
    at = end + 1;
  }
  expect_gone("delivered once more");
  server.signal(SIGKILL);
  server.wait();
  site_.expect_whole(site_.store());
  const Finished exported =
      site_.run({"export", site_.store(), "--output", site_.path("exported.ndjson")});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_EQ(traces_.count_below(site_.folder()), 0U);
}

}  // namespace
}  // namespace passaparola::testing
