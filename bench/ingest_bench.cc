// Decoding of native lines against a plain DOM parse of the same lines, on one core: what our own
// reading costs on top of simdjson. Counts are checked before anything is timed.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/limits.h"
#include "ingest/ingest.h"

namespace passaparola::ingest {
namespace {

constexpr std::size_t kPosts = 200'000;
constexpr std::size_t kPostBytes = 721;  // a post of docs/PERFORMANCE.md
constexpr int kRounds = 5;

std::string make_line(std::size_t i) {
  std::string line = fmt::format(
      R"({{"op":"create","source":"bluesky","id":"at://did:plc:author{0}/app.bsky.feed.post/{1}",)"
      R"("kind":"post","author":{{"id":"did:plc:author{0}","handle":"author{0}.example",)"
      R"("name":"Author {0}","followers":{0},"following":90,"posts":1204}},"text":"Adoro la )"
      R"(#MokaNera numero {1}, perch\u00e9 fa un caff\u00e8 \"vero\": ve la consiglio a tutti )"
      R"(quelli che amano il caff\u00e8 del mattino, anche a chi ha fretta.","lang":"it",)"
      R"("created_at":"2026-11-21T10:00:00Z","url":"https://bsky.app/profile/author{0}/post/{1}",)"
      R"("links":["https://mokanera.example/{1}"],"engagement":{{"likes":3,"reposts":1}})",
      i % 50'000, i);
  line += R"(,"thread":")";
  const std::size_t close = 3;  // quote, brace, line end
  while (line.size() + close < kPostBytes) line += 'x';
  return line + "\"}\n";
}

// Runs `work` for every chunk; the median time of kRounds rounds in seconds.
template <typename Work>
double median_seconds(std::string_view input, Work work) {
  std::array<double, kRounds> rounds{};
  for (double& seconds : rounds) {
    const auto start = std::chrono::steady_clock::now();
    for (std::string_view rest = input; !rest.empty();) {
      const std::size_t cut = whole_records(Format::native, rest.substr(0, kChunkBytes));
      work(rest.substr(0, cut));
      rest.remove_prefix(cut);
    }
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::sort(rounds.begin(), rounds.end());
  return rounds[kRounds / 2];
}

void print(std::string_view name, double seconds, std::size_t bytes) {
  fmt::print("{:<16} {:>10.0f} posts/s {:>8.0f} MB/s {:>7.0f} ns/post\n", name, kPosts / seconds,
             static_cast<double>(bytes) / seconds / 1e6, seconds / kPosts * 1e9);
}

void run() {
  std::string bytes;
  for (std::size_t i = 0; i < kPosts; ++i) bytes += make_line(i);
  const std::size_t size = bytes.size();
  bytes.append(kInputPaddingBytes, '\0');
  const std::string_view input(bytes.data(), size);
  Decoder decoder;
  PostBatch batch;
  std::size_t posts = 0;
  const auto decode = [&](std::string_view chunk) {
    batch.clear();
    decoder.decode(Format::native, chunk, batch);
    CHECK(batch.rejects.empty(), "every line is a post");
    posts += batch.posts.size();
  };
  simdjson::dom::parser parser;
  std::size_t parsed = 0;
  const auto parse = [&](std::string_view chunk) {
    while (!chunk.empty()) {
      const std::size_t end = chunk.find('\n');
      const auto error = parser.parse(chunk.data(), end, false).error();
      CHECK(error == simdjson::SUCCESS, "every line is JSON");
      chunk.remove_prefix(end + 1);
      ++parsed;
    }
  };
  const double decoded = median_seconds(input, decode);
  CHECK(posts == kRounds * kPosts, "every post was decoded");
  const double plain = median_seconds(input, parse);
  CHECK(parsed == kRounds * kPosts, "every line was parsed");
  print("decode", decoded, size);
  print("plain DOM parse", plain, size);
  fmt::print("{:<16} {:>42.0f} ns/post\n", "on top", (decoded - plain) / kPosts * 1e9);
}

}  // namespace
}  // namespace passaparola::ingest

int main() {
  passaparola::ingest::run();
  return 0;
}
