// Writer: the one thread that commits. Batches queue here in order, are committed in groups (one
// synced write for as many as are waiting), and only then acknowledged.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/result.h"
#include "store/store.h"

namespace passaparola::pipeline {

class Writer {
 public:
  // Called on the writer thread when the batch is durable, or could not be made so.
  using Done = std::function<void(const Result<store::CommitOutcome>&)>;

  struct Options {
    std::size_t max_queued_bytes = 64 << 20;  // of encoded values; more makes submit wait
    std::chrono::milliseconds linger{0};      // how long a small group waits for company
    std::size_t enough_bytes = 1 << 20;       // a group of this size does not linger
    // After a failed commit every later batch fails alike: for input whose cursor must not run
    // ahead.
    bool stop_at_error = false;
  };

  // `store` outlives the writer, and nobody else commits to it.
  Writer(store::Store& store, const Options& options);
  ~Writer();  // commits what is queued, then ends the thread

  // Queues a batch; waits while the queue is full. Any thread; one thread's batches keep their
  // order.
  void submit(std::unique_ptr<store::PreparedBatch> batch, Done done);
  // Queues something else that only the committing thread may do, such as an erasure.
  void run(std::function<void(store::Store&)> task);

  // Waits until everything queued so far is committed and acknowledged.
  void drain();

  std::size_t queued_bytes() const;

 private:
  struct Entry {
    std::unique_ptr<store::PreparedBatch> batch;  // null for a task
    Done done;
    std::function<void(store::Store&)> task;
    std::size_t bytes = 0;
  };

  void push(Entry entry);
  void loop();
  std::vector<Entry> next_group(std::unique_lock<std::mutex>& lock);
  void commit(std::vector<Entry>& group);

  store::Store& store_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> queue_;       // protected by mutex_
  std::size_t queued_bytes_ = 0;  // protected by mutex_
  bool busy_ = false;             // protected by mutex_: a group is being committed
  bool stopping_ = false;         // protected by mutex_
  std::optional<Error> failed_;   // the writer thread's own
  std::thread thread_;
};

}  // namespace passaparola::pipeline
