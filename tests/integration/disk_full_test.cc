// The disk becomes full and free again, many times, under a server that takes posts: it lives, is
// read, says what is the matter, goes on by itself, and has lost nothing that it acknowledged.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "integration/campaign.h"
#include "integration/http_client.h"

namespace passaparola::testing {
namespace {

constexpr std::uint64_t kGroup = 40, kMatchEvery = 2;

// A small file system in memory. is_there(): mounting needs root.
class SmallDisk {
 public:
  explicit SmallDisk(std::string place) : place_(std::move(place)) {
    std::filesystem::create_directories(place_);
    is_there_ = ::mount("tmpfs", place_.c_str(), "tmpfs", 0, "size=64m") == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(place_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool is_there() const { return is_there_; }

  // Takes every byte that is left.
  void fill() const {
    const int file = ::open((place_ + "/ballast").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string bytes(16 << 10, 'x');
    while (::write(file, bytes.data(), bytes.size()) > 0) {
    }
    ::close(file);
  }
  void free() const { std::filesystem::remove(place_ + "/ballast"); }

 private:
  std::string place_;
  bool is_there_ = false;
};

class DiskFull : public ::testing::TestWithParam<int> {
 protected:
  std::optional<HttpAnswer> get(const std::string& target) const {
    return http_request(url_, "GET", target);
  }
  std::optional<HttpAnswer> push() const {
    return http_request(url_, "POST", "/api/v1/posts",
                        sample_posts(acknowledged_, kGroup, kMatchEvery));
  }
  // Pushes until a push is refused, while the disk runs full.
  std::optional<HttpAnswer> push_until_refused() {
    while (true) {
      auto answer = push();
      if (!answer || answer->status != 200) return answer;
      acknowledged_ += kGroup;
    }
  }
  void expect_refused(const std::optional<HttpAnswer>& answer) const {
    ASSERT_TRUE(answer) << "it died";
    EXPECT_EQ(answer->status, 503) << answer->body;
    EXPECT_NE(answer->head.find("Retry-After: "), std::string::npos) << answer->head;
  }
  // Pushes until it goes on; how long that took.
  std::chrono::milliseconds push_until_taken() {
    const auto begin = std::chrono::steady_clock::now();
    const auto patience = begin + std::chrono::seconds(60);
    while (true) {
      const auto answer = push();
      const auto now = std::chrono::steady_clock::now();
      if (answer && answer->status == 200) {
        acknowledged_ += kGroup;
        return std::chrono::duration_cast<std::chrono::milliseconds>(now - begin);
      }
      EXPECT_TRUE(answer) << "it died";
      EXPECT_LT(now, patience) << "it does not go on: " << (answer ? answer->body : "");
      if (!answer || now >= patience) return std::chrono::minutes(1);
    }
  }

  std::string url_;
  std::uint64_t acknowledged_ = 0;
};

// The parameter: min_free_mib. With 0 the guard is out of the way, and the disk itself says no.
TEST_P(DiskFull, ServeGoesOnByItself) {
  const Site site;
  const SmallDisk disk(site.path("disk"));
  if (!disk.is_there()) {
    std::printf("not permitted to mount a file system: not tried\n");
    return;
  }
  const std::string store = site.path("disk/store"), config = site.path("passaparola.toml");
  write_file(config, "[rules]\npath = \"" + site.rules() + "\"\n[store]\npath = \"" + store +
                         "\"\nmemory_mib = 16\nmin_free_mib = " + std::to_string(GetParam()) +
                         "\n[server]\nlisten = \"127.0.0.1:0\"\n");
  Program server(site.folder(), {"serve", "--config", config});
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  url_ = listening_url(server.out());
  const std::uint64_t cycles = size_from("PASSAPAROLA_DISK_CYCLES", 2);
  std::chrono::milliseconds longest{0};
  unsigned by_the_disk = 0;  // refused not by the guard
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    longest = std::max(longest, push_until_taken());
    std::thread filler([&] { disk.fill(); });
    const auto refused = push_until_refused();
    filler.join();
    expect_refused(refused);
    if (refused->body.find("No space left") != std::string::npos) ++by_the_disk;
    expect_refused(push());
    ASSERT_TRUE(server.running()) << server.wait().err;
    const auto health = get("/healthz"), ready = get("/readyz"), feed = get("/api/v1/mentions");
    ASSERT_TRUE(health && ready && feed);
    EXPECT_EQ(health->body, R"({"status":"degraded"})");
    EXPECT_EQ(ready->status, 503);
    EXPECT_EQ(feed->status, 200) << feed->body;
    disk.free();
    longest = std::max(longest, push_until_taken());
    EXPECT_EQ(get("/readyz")->status, 200);
  }
  std::printf(
      "%llu cycles, %u refused by the disk itself, %llu posts acknowledged, "
      "at most %lld ms from free space to an answer\n",
      static_cast<unsigned long long>(cycles), by_the_disk,
      static_cast<unsigned long long>(acknowledged_), static_cast<long long>(longest.count()));
  EXPECT_LE(longest, std::chrono::seconds(5));
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  std::string expected;
  for (std::uint64_t i = 0; i < acknowledged_; i += kMatchEvery) {
    expected += std::to_string(i) + "\n";
  }
  EXPECT_TRUE(site.ids(store) == expected);
  const Finished verified = site.run({"verify", store});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

INSTANTIATE_TEST_SUITE_P(MinFreeMib, DiskFull, ::testing::Values(8, 0));

}  // namespace
}  // namespace passaparola::testing
