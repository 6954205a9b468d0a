#include "integration/campaign.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <random>

#include "integration/http_client.h"

namespace passaparola::testing {

std::uint64_t size_from(const char* variable, std::uint64_t usual) {
  const char* wanted = std::getenv(variable);
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

std::uint64_t random_seed() {
  const std::uint64_t seed = size_from("PASSAPAROLA_SEED", std::random_device{}());
  std::printf("seed %llu (PASSAPAROLA_SEED repeats it)\n", static_cast<unsigned long long>(seed));
  return seed;
}

Finished Site::run(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& environment) const {
  return run_program(folder_.path(), arguments, environment);
}

std::vector<std::string> Site::serve(const std::string& store) const {
  return {"serve", "--rules", rules_, "--store", store, "--listen", "127.0.0.1:0"};
}

std::vector<std::string> Site::replay(const std::string& store, const std::string& file) const {
  return {"replay", "--quiet", "--rules", rules_, "--store", store, file};
}

void Site::add(const std::string& posts) const {
  write_file(path("added.ndjson"), posts);
  const Finished replayed = run(replay(store_, path("added.ndjson")));
  EXPECT_EQ(replayed.exit_code, 0) << replayed.err;
}

std::string Site::ids(const std::string& store) const {
  const Finished feed = run({"feed", "--store", store});
  EXPECT_EQ(feed.exit_code, 0) << feed.err;
  return post_ids(feed.out);
}

std::chrono::milliseconds Site::expect_whole(const std::string& store) const {
  const auto begin = std::chrono::steady_clock::now();
  Program server(folder_.path(), serve(store));
  const bool listens = server.wait_for_output("listening on ");
  EXPECT_TRUE(listens) << server.wait().err;
  if (!listens) return {};
  const auto ready = http_request(listening_url(server.out()), "GET", "/readyz");
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_TRUE(ready && ready->status == 200);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  const Finished verified = run({"verify", store});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  return std::chrono::duration_cast<std::chrono::milliseconds>(took);
}

}  // namespace passaparola::testing
