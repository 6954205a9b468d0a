// The newsroom: makes news beside the feed, on a thread of its own: figures of brands for who
// watches them, warnings, people whose standing was revised.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "feed/feed.h"
#include "feed/metrics.h"
#include "feed/news.h"
#include "feed/warnings.h"

namespace passaparola::feed {

class Newsroom {
 public:
  // All outlive it.
  Newsroom(const Services& services, News& news, Metrics& metrics);
  ~Newsroom();  // stop() if not stopped

  void start();
  void stop();  // waits for what is under way, a few thousand mentions at most

  // How brands stand, as of the last look. Any thread.
  std::vector<BrandStanding> standing() const { return warnings_.standing(); }

 private:
  void run();
  void tell_figures(Timestamp at);
  void tell_revisions();
  void count_failure(const Result<void>& done);

  const Services& services_;
  News& news_;
  Metrics& metrics_;
  Warnings warnings_;
  std::map<std::string, std::string> figures_;         // of each brand, as told last
  std::map<std::string, std::uint64_t> revised_upto_;  // of each brand
  bool is_followed_ = false;                           // somebody reads of changes
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::atomic<bool> is_stopping_{false};
  std::thread thread_;
};

}  // namespace passaparola::feed
