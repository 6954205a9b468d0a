#include "pipeline/replay.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "core/check.h"
#include "core/crash_point.h"
#include "core/limits.h"
#include "pipeline/input.h"
#include "pipeline/ordered.h"
#include "pipeline/processor.h"
#include "pipeline/writer.h"

namespace passaparola::pipeline {
namespace {

constexpr std::size_t kInFlightPerWorker = 4;  // DATAFLOW: chunks in flight
constexpr std::chrono::milliseconds kLinger{20};

// A replayed file's cursor is "OFFSET HEAD": how far it was read, and a hash of its first bytes
// that tells whether it is still the same file.
std::string cursor_text(std::uint64_t offset, const std::string& head_hash) {
  return fmt::format("{} {}", offset, head_hash);
}

std::string cursor_name(const Input& input) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(input.path, error);
  return "replay:" + (error ? input.path : absolute.string());
}

// Where to go on in `input`. A file that was read to its end is read again from the start: the
// store knows what it has.
std::uint64_t resume_offset(const Input& input, const store::Store& store) {
  if (input.head_hash.empty()) return 0;
  const auto cursor = store.source_cursor(cursor_name(input));
  if (!cursor) return 0;
  std::uint64_t offset = 0;
  const char* end = cursor->data() + cursor->size();
  const auto parsed = std::from_chars(cursor->data(), end, offset);
  if (parsed.ec != std::errc() || parsed.ptr == end) return 0;
  if (std::string_view(parsed.ptr + 1, end) != input.head_hash) return 0;
  return offset < input.size ? offset : 0;
}

struct ChunkItem : Item {
  std::unique_ptr<Chunk> chunk;
  std::unique_ptr<store::PreparedBatch> prepared;
  Counts counts;
};

// One run. The stages are its member functions; run_ordered says which runs when.
class Run {
 public:
  Run(const Judges& judges, store::Store& store, const ReplayOptions& options,
      std::vector<Input> inputs)
      : store_(store),
        options_(options),
        preparer_(store.hash_key()),
        reader_(std::move(inputs), options.format, pool_),
        writer_(store, {.linger = kLinger, .stop_at_error = true}) {
    std::size_t workers = options.workers;
    if (workers == 0) workers = std::max(1U, std::thread::hardware_concurrency());
    processors_.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) processors_.emplace_back(judges);
    for (const Input& input : reader_.inputs()) progress_.total_bytes += input.size - input.start;
  }

  Result<ReplaySummary> run() {
    const auto begin = std::chrono::steady_clock::now();
    const OrderedStages stages{[this] { return produce(); },
                               [this](Item& item, std::size_t worker) { work(item, worker); },
                               [this](std::unique_ptr<Item> item) { consume(std::move(item)); }};
    run_ordered(processors_.size(), processors_.size() * kInFlightPerWorker, stages);
    writer_.drain();
    crash_point("replay.committed");
    const std::lock_guard lock(mutex_);
    if (error_) return *error_;
    summary_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return summary_;
  }

 private:
  std::unique_ptr<Item> produce() {
    if (failed_.load(std::memory_order_relaxed)) return nullptr;
    if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) return nullptr;
    auto chunk = reader_.next();
    if (!chunk) {
      fail_with(chunk.error());
      return nullptr;
    }
    if (!*chunk) return nullptr;
    auto item = std::make_unique<ChunkItem>();
    item->chunk = std::move(*chunk);
    return item;
  }

  void work(Item& item, std::size_t worker) {
    CHECK(worker < processors_.size(), "a worker has a processor of its own");
    auto& work = static_cast<ChunkItem&>(item);
    work.prepared = std::make_unique<store::PreparedBatch>();
    const Chunk& chunk = *work.chunk;
    processors_[worker].prepare(chunk.format, chunk.bytes(), preparer_, *work.prepared,
                                work.counts);
    constexpr auto kTooLong = static_cast<std::size_t>(ingest::RejectReason::record_too_long);
    work.counts.records += chunk.skipped;
    work.counts.rejected[kTooLong] += chunk.skipped;
    const Input& input = reader_.inputs()[chunk.input];
    if (!input.head_hash.empty()) {
      work.prepared->cursors.push_back(
          {cursor_name(input), cursor_text(chunk.end_offset, input.head_hash)});
    }
  }

  void consume(std::unique_ptr<Item> item) {
    auto& done = static_cast<ChunkItem&>(*item);
    pool_.give_back(std::move(done.chunk));
    crash_point("replay.read");
    writer_.submit(std::move(done.prepared),
                   [this, counts = done.counts](const Result<store::CommitOutcome>& outcome) {
                     committed(counts, outcome);
                   });
  }

  // On the writer thread, batch by batch in order.
  void committed(const Counts& counts, const Result<store::CommitOutcome>& outcome) {
    if (!outcome) {
      fail_with(outcome.error());
      return;
    }
    if (options_.visit && outcome->mentions > 0) visit(*outcome);
    const std::lock_guard lock(mutex_);
    summary_.counts += counts;
    summary_.stored += *outcome;
    progress_.bytes += counts.bytes;
    progress_.posts += counts.posts;
    progress_.mentions += outcome->mentions;
    if (options_.progress) options_.progress(progress_);
  }

  // What is exported is what was stored, read back from there.
  void visit(const store::CommitOutcome& outcome) {
    store::FeedQuery query;
    query.after = outcome.first_seq - 1;
    query.limit = kMaxPageItems;
    while (query.after < outcome.last_seq) {
      auto page = store_.read_feed(query);
      if (!page) return fail_with(page.error());
      for (const store::StoredMention& mention : page->mentions) {
        if (mention->seq <= outcome.last_seq) options_.visit(*mention);
      }
      if (page->next_after <= query.after) return;
      query.after = page->next_after;
    }
  }

  void fail_with(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    failed_.store(true, std::memory_order_relaxed);
  }

  store::Store& store_;
  const ReplayOptions& options_;
  store::Preparer preparer_;
  ChunkPool pool_;
  ChunkReader reader_;
  std::vector<Processor> processors_;
  std::mutex mutex_;
  std::optional<Error> error_;  // protected by mutex_
  ReplaySummary summary_;       // protected by mutex_
  ReplayProgress progress_;     // the writer thread's, once running
  std::atomic<bool> failed_{false};
  Writer writer_;  // last: its thread ends before what it calls into dies
};

}  // namespace

Result<ReplaySummary> replay(const Judges& judges, store::Store& store,
                             const ReplayOptions& options) {
  auto inputs = open_inputs(options.inputs);
  if (!inputs) return inputs.error();
  bool resumed = false;
  for (Input& input : *inputs) {
    input.start = resume_offset(input, store);
    resumed = resumed || input.start > 0;
  }
  auto summary = Run(judges, store, options, std::move(*inputs)).run();
  if (summary) summary->resumed = resumed;
  return summary;
}

}  // namespace passaparola::pipeline
