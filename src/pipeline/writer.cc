#include "pipeline/writer.h"

#include "core/check.h"
#include "core/limits.h"

namespace passaparola::pipeline {

Writer::Writer(store::Store& store, const Options& options)
    : store_(store), options_(options), thread_([this] { loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Writer::push(Entry entry) {
  queued_bytes_ += entry.bytes;
  queue_.push_back(std::move(entry));
  changed_.notify_all();
}

void Writer::submit(std::unique_ptr<store::PreparedBatch> batch, Done done) {
  const std::size_t bytes = batch->bytes();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queued_bytes_ < options_.max_queued_bytes; });
  push({std::move(batch), std::move(done), nullptr, bytes});
}

void Writer::run(std::function<void(store::Store&)> task) {
  const std::lock_guard lock(mutex_);
  push({nullptr, nullptr, std::move(task), 0});
}

void Writer::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

std::size_t Writer::queued_bytes() const {
  const std::lock_guard lock(mutex_);
  return queued_bytes_;
}

void Writer::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    if (options_.linger.count() > 0) {
      changed_.wait_for(lock, options_.linger,
                        [this] { return stopping_ || queued_bytes_ >= options_.enough_bytes; });
    }
    std::vector<Entry> group = next_group(lock);
    busy_ = true;
    lock.unlock();
    commit(group);
    lock.lock();
    busy_ = false;
    for (const Entry& entry : group) queued_bytes_ -= entry.bytes;
    changed_.notify_all();
  }
}

// Either one task, or the batches in front of the next task up to kCommitGroupBytes. Called with
// the queue not empty and the lock held.
std::vector<Writer::Entry> Writer::next_group(std::unique_lock<std::mutex>& lock) {
  CHECK(lock.owns_lock() && !queue_.empty(), "a group is taken from a queue that is held");
  std::vector<Entry> group;
  std::size_t bytes = 0;
  while (!queue_.empty()) {
    Entry& entry = queue_.front();
    const bool is_task = !entry.batch;
    if (!group.empty() && (is_task || bytes + entry.bytes > kCommitGroupBytes)) break;
    bytes += entry.bytes;
    group.push_back(std::move(entry));
    queue_.pop_front();
    if (is_task) break;
  }
  return group;
}

void Writer::commit(std::vector<Entry>& group) {
  if (!group.front().batch) {
    group.front().task(store_);
    return;
  }
  std::vector<const store::PreparedBatch*> batches;
  batches.reserve(group.size());
  for (const Entry& entry : group) batches.push_back(entry.batch.get());
  using Outcomes = Result<std::vector<store::CommitOutcome>>;
  const Outcomes outcomes = failed_ ? Outcomes(*failed_) : store_.commit(batches);
  if (!outcomes && options_.stop_at_error) failed_ = outcomes.error();
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!group[i].done) continue;
    if (outcomes) {
      group[i].done((*outcomes)[i]);
    } else {
      group[i].done(outcomes.error());
    }
  }
}

}  // namespace passaparola::pipeline
