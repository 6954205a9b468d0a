// The disk says EIO or ENOSPC now and then, to any write and any sync of the store: the server
// never acknowledges what was not synced, and goes on or ends with a reason. The recorder is this
// process, whose files do not fail.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "integration/campaign.h"
#include "integration/http_client.h"

namespace passaparola::testing {
namespace {

constexpr std::uint64_t kGroup = 20, kMatchEvery = 2, kPushes = 60;

std::string expected_ids(std::uint64_t posts) {
  std::string ids;
  for (std::uint64_t i = 0; i < posts; i += kMatchEvery) ids += std::to_string(i) + "\n";
  return ids;
}

class FailingDisk {
 public:
  FailingDisk(const Site& site, std::uint64_t seed) : log_(site.path("failed.log")) {
    environment_ = {"LD_PRELOAD=" PASSAPAROLA_FAILING_DISK, "FAILING_DISK_FOLDER=" + site.store(),
                    "FAILING_DISK_SEED=" + std::to_string(seed),
                    // From a disk that is dying to one that stumbles.
                    "FAILING_DISK_ODD=" + std::to_string(40 << (seed % 4)),
                    "FAILING_DISK_ERRNO=" + std::to_string(seed % 3 == 0 ? ENOSPC : EIO),
                    "FAILING_DISK_LOG=" + log_};
  }
  const std::vector<std::string>& environment() const { return environment_; }
  // How often which call failed.
  void count(std::map<std::string, int>& calls) const {
    const std::string lines = read_file(log_);
    for (std::size_t at = 0; at < lines.size(); at = lines.find('\n', at) + 1) {
      const std::string line = lines.substr(at, lines.find('\n', at) - at);
      ++calls[line.substr(0, line.find(' ')) + (line.ends_with("/LOG") ? " of LOG" : "")];
    }
  }

 private:
  std::string log_;
  std::vector<std::string> environment_;
};

// How a process that is still to end ends.
enum class End { asked, by_itself };

class IoError : public ::testing::Test {
 protected:
  // Pushes through a server on a failing disk. What was not acknowledged is pushed again.
  End push_on(const Site& site, const FailingDisk& disk, std::uint64_t& acknowledged) {
    Program server(site.folder(), site.serve(site.store()), disk.environment());
    if (server.wait_for_output("listening on ")) {
      const std::string url = listening_url(server.out());
      for (std::uint64_t i = 0; i < kPushes; ++i) {
        const auto answer = http_request(url, "POST", "/api/v1/posts",
                                         sample_posts(acknowledged, kGroup, kMatchEvery));
        if (!answer) break;
        if (answer->status == 200) {
          acknowledged += kGroup;
        } else {
          ++refused_;
          EXPECT_TRUE(answer->status == 503 || answer->status == 500) << answer->head;
        }
      }
      server.signal(SIGTERM);
    }
    const Finished finished = server.wait();
    EXPECT_EQ(finished.signal, 0) << finished.err;
    EXPECT_EQ(finished.err.find("AddressSanitizer"), std::string::npos) << finished.err;
    if (finished.exit_code == 0) return End::asked;
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_NE(finished.err.find("passaparola: "), std::string::npos) << "it ended without a word";
    return End::by_itself;
  }

  int refused_ = 0;
};

TEST_F(IoError, NothingIsAcknowledgedThatWasNotSynced) {
  const std::uint64_t first = size_from("PASSAPAROLA_SEED", 1);
  const std::uint64_t seeds = size_from("PASSAPAROLA_IO_SEEDS", 2);
  std::map<std::string, int> failed;
  int ended = 0;
  std::uint64_t pushed = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Site site;
    site.add(sample_posts(0, kGroup, kMatchEvery));
    std::uint64_t acknowledged = kGroup;
    const FailingDisk disk(site, seed);
    if (push_on(site, disk, acknowledged) == End::by_itself) ++ended;
    pushed += acknowledged;
    disk.count(failed);
    site.expect_whole(site.store());
    // What was refused may have landed; then it stands there once, and behind all the rest.
    const std::string ids = site.ids(site.store()), expected = expected_ids(acknowledged);
    EXPECT_TRUE(ids == expected || ids == expected_ids(acknowledged + kGroup));
  }
  std::printf(
      "%llu seeds: %llu posts acknowledged, %d pushes refused, %d servers ended with a "
      "reason; calls that failed:",
      static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(pushed), refused_,
      ended);
  for (const auto& [call, times] : failed) std::printf(" %s %d,", call.c_str(), times);
  std::printf("\n");
  EXPECT_FALSE(failed.empty()) << "nothing failed, so that nothing was shown";
}

}  // namespace
}  // namespace passaparola::testing
