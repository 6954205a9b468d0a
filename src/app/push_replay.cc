#include "app/push_replay.h"

#include <simdjson.h>

#include <chrono>
#include <thread>

#include "app/server_client.h"
#include "core/json.h"
#include "pipeline/input.h"

namespace passaparola::app {
namespace {

constexpr std::size_t kGroupBytes = 256 << 10;  // of one request at full speed
constexpr int kTries = 20;                      // while the server says that it is overloaded
constexpr std::chrono::milliseconds kRetryAfter{250};

class Sender {
 public:
  Sender(ServerClient client, double posts_per_second, const std::atomic<bool>& stop)
      : client_(std::move(client)), rate_(posts_per_second), stop_(stop) {}

  Result<void> add(const PostView& post) {
    JsonWriter writer(body_);
    write_post(writer, post);
    body_.push_back('\n');
    ++posts_;
    // At a human pace each post goes out when its turn comes; at full speed in large groups.
    if (rate_ > 0) {
      wait_for_turn();
      return send();
    }
    return body_.size() >= kGroupBytes ? send() : Result<void>();
  }

  Result<void> send() {
    if (body_.empty()) return {};
    for (int attempt = 1;; ++attempt) {
      auto answer = client_.post("/api/v1/posts", body_);
      if (answer) {
        body_.clear();
        return take(*answer);
      }
      const bool again = answer.error().code == ErrorCode::overloaded && attempt < kTries;
      if (!again || stop_.load()) return answer.error();
      std::this_thread::sleep_for(kRetryAfter);
    }
  }

  PushReplayOutcome outcome;

 private:
  void wait_for_turn() {
    const auto turn =
        begin_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                     std::chrono::duration<double>(static_cast<double>(posts_) / rate_));
    while (!stop_.load() && std::chrono::steady_clock::now() < turn) {
      std::this_thread::sleep_until(
          std::min(turn, std::chrono::steady_clock::now() + std::chrono::milliseconds(100)));
    }
  }

  Result<void> take(const std::string& answer) {
    simdjson::dom::parser parser;
    const auto parsed = parser.parse(answer);
    std::uint64_t accepted = 0;
    std::uint64_t duplicates = 0;
    simdjson::dom::array rejected;
    if (parsed["accepted"].get(accepted) || parsed["duplicates"].get(duplicates) ||
        parsed["rejected"].get(rejected)) {
      return fail(ErrorCode::io, "the server's answer to a push is not understood");
    }
    outcome.accepted += accepted;
    outcome.duplicates += duplicates;
    outcome.rejected += rejected.size();
    return {};
  }

  ServerClient client_;
  double rate_;
  const std::atomic<bool>& stop_;
  std::string body_;
  std::uint64_t posts_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<PushReplayOutcome> push_replay(const PushReplayOptions& options,
                                      const std::atomic<bool>& stop) {
  auto inputs = pipeline::open_inputs(options.inputs);
  if (!inputs) return inputs.error();
  auto client = ServerClient::connect(options.server);
  if (!client) return client.error();
  Sender sender(std::move(*client), options.posts_per_second, stop);
  pipeline::ChunkPool pool;
  pipeline::ChunkReader reader(std::move(*inputs), options.format, pool);
  ingest::Decoder decoder;
  ingest::PostBatch batch;
  while (!stop.load()) {
    auto chunk = reader.next();
    if (!chunk) return chunk.error();
    if (!*chunk) break;
    batch.clear();
    decoder.decode((*chunk)->format, (*chunk)->bytes(), batch);
    sender.outcome.rejected += batch.rejects.size() + (*chunk)->skipped;
    for (const PostView& post : batch.posts) {
      if (stop.load()) break;
      if (auto sent = sender.add(post); !sent) return sent.error();
    }
    pool.give_back(std::move(*chunk));
  }
  if (auto sent = sender.send(); !sent) return sent.error();
  return sender.outcome;
}

}  // namespace passaparola::app
