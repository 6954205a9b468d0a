// What the long campaigns share: their sizes, a place to work in, and what must hold afterwards.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {

// How much of a campaign to run: the environment variable, else `usual`.
std::uint64_t size_from(const char* variable, std::uint64_t usual);

// PASSAPAROLA_SEED, else a new one; printed, so that a failure can be repeated.
std::uint64_t random_seed();

// A folder with rules and a store, and the real program to ask about them.
class Site {
 public:
  Finished run(const std::vector<std::string>& arguments,
               const std::vector<std::string>& environment = {}) const;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  const std::filesystem::path& folder() const { return folder_.path(); }
  const std::string& store() const { return store_; }
  const std::string& rules() const { return rules_; }

  std::vector<std::string> serve(const std::string& store) const;
  std::vector<std::string> replay(const std::string& store, const std::string& file) const;
  // Stores `posts` through the program.
  void add(const std::string& posts) const;

  // The ids of the posts of the feed, one a line.
  std::string ids(const std::string& store) const;
  // Starts the server on a store that was left by a kill, which must be ready without help and stop
  // when it is asked to; then `verify` must find no difference. Gives how long it took to be ready.
  std::chrono::milliseconds expect_whole(const std::string& store) const;

 private:
  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
};

}  // namespace passaparola::testing
