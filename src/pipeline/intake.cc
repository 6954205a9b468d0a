#include "pipeline/intake.h"

#include <algorithm>
#include <future>

#include "core/crash_point.h"
#include "core/limits.h"

namespace passaparola::pipeline {
namespace {

// Decodes and prepares a body of any length, a chunk of whole lines at a time, so that a worker's
// memory stays that of one chunk. Line numbers are those of the body.
class BodyWork {
 public:
  BodyWork(Processor& processor, const store::Preparer& preparer, Body body)
      : processor_(processor),
        preparer_(preparer),
        format_(body.format),
        size_(body.bytes.size()),
        body_(std::move(body.bytes)) {
    body_.append(kInputPaddingBytes, '\0');
    prepared->cursors = std::move(body.cursors);
  }

  void run() {
    std::size_t at = 0;
    while (at < size_) {
      const std::string_view rest(body_.data() + at, size_ - at);
      std::size_t length = rest.size();
      if (length > kChunkBytes && !ingest::is_document(format_, rest)) {
        const std::string_view window = rest.substr(0, kChunkBytes);
        length = ingest::whole_records(format_, window);
      }
      if (length == 0) {
        length = skip_long_record(rest);
      } else {
        take(rest.substr(0, length));
      }
      lines_ += static_cast<std::uint64_t>(
          std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(length), '\n'));
      at += length;
    }
  }

  std::unique_ptr<store::PreparedBatch> prepared = std::make_unique<store::PreparedBatch>();
  Counts counts;
  IntakeOutcome outcome;

 private:
  void take(std::string_view chunk) {
    const std::uint64_t before = counts.records;
    const Judged judged = processor_.prepare(format_, chunk, preparer_, *prepared, counts);
    outcome.records += counts.records - before;
    outcome.accepted += judged.posts.size();
    for (const PostView& post : judged.posts) note_time(post);
    for (const ingest::Reject& reject : judged.rejects) reject_line(reject);
  }

  std::size_t skip_long_record(std::string_view rest) {
    const std::size_t newline = rest.find('\n');
    ++counts.records;
    ++outcome.records;
    ++counts.rejected[static_cast<std::size_t>(ingest::RejectReason::record_too_long)];
    reject_line({1, ingest::RejectReason::record_too_long});
    return newline == std::string_view::npos ? rest.size() : newline + 1;
  }

  void note_time(const PostView& post) {
    if (post.op != PostOp::create && post.op != PostOp::update) return;
    outcome.oldest = std::min(outcome.oldest.value_or(post.created_at), post.created_at);
    outcome.newest = std::max(outcome.newest.value_or(post.created_at), post.created_at);
  }

  void reject_line(ingest::Reject reject) {
    ++outcome.rejected_count;
    if (outcome.rejected.size() >= kMaxReportedRejects) return;
    reject.line += lines_;
    outcome.rejected.push_back(reject);
  }

  Processor& processor_;
  const store::Preparer& preparer_;
  const ingest::Format format_;
  std::size_t size_;
  std::string body_;
  std::uint64_t lines_ = 0;  // before the current chunk
};

}  // namespace

Intake::Intake(const Judges& judges, store::Store& store, Writer& writer, std::size_t workers)
    : preparer_(store.hash_key()), writer_(writer) {
  if (workers == 0) workers = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<Worker>(judges));
  for (const auto& worker : workers_) {
    threads_.emplace_back([this, &seat = *worker] { loop(seat); });
  }
}

Intake::~Intake() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Intake::push(Body body, Done done) {
  {
    const std::lock_guard lock(mutex_);
    const std::size_t bytes = body.bytes.size();
    const bool full = waiting_bytes_ + bytes > kMaxWaitingBodyBytes && !waiting_.empty();
    if (!full && !stopping_) {
      waiting_bytes_ += bytes;
      waiting_.push_back({std::move(body), std::move(done)});
      changed_.notify_one();
      return;
    }
  }
  done(fail(ErrorCode::overloaded, "too many posts are waiting: try again in a moment"));
}

Counts Intake::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::size_t Intake::waiting_bytes() const {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_;
}

void Intake::loop(Worker& worker) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= task.body.bytes.size();
    worker.is_working = true;
    lock.unlock();
    work(worker.processor, std::move(task));
    lock.lock();
    worker.is_working = false;
    if (!worker.must_swap) continue;
    worker.processor.swap_seat(worker.seat);
    worker.must_swap = false;
    swapped_.notify_all();
  }
}

std::uint64_t Intake::replace_judges(const Judges& next) {
  const std::lock_guard one_at_a_time(replacing_);
  std::vector<std::unique_ptr<Seat>> seats;
  for (std::size_t i = 0; i < workers_.size(); ++i) seats.push_back(std::make_unique<Seat>(next));
  {
    std::unique_lock lock(mutex_);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      Worker& worker = *workers_[i];
      worker.seat = std::move(seats[i]);
      worker.must_swap = worker.is_working;
      if (!worker.is_working) worker.processor.swap_seat(worker.seat);
    }
    // A worker swaps after it has given its body to the writer.
    swapped_.wait(lock, [this] {
      return std::none_of(workers_.begin(), workers_.end(),
                          [](const auto& worker) { return worker->must_swap; });
    });
    for (std::size_t i = 0; i < workers_.size(); ++i) seats[i] = std::move(workers_[i]->seat);
  }
  // All that the earlier judges judged is in the writer's queue, in front of this question.
  auto last_seq = std::make_shared<std::promise<std::uint64_t>>();
  auto answer = last_seq->get_future();
  writer_.run([last_seq](store::Store& store) { last_seq->set_value(store.last_seq()); });
  return answer.get();
}

void Intake::work(Processor& processor, Task task) {
  BodyWork body(processor, preparer_, std::move(task.body));
  body.run();
  {
    const std::lock_guard lock(mutex_);
    counts_ += body.counts;
  }
  Writer::Done acknowledge = [done = std::move(task.done), outcome = std::move(body.outcome)](
                                 const Result<store::CommitOutcome>& committed) mutable {
    if (!committed) return done(committed.error());
    crash_point("push.committed");
    outcome.duplicates = committed->duplicates;
    outcome.mentions = committed->mentions;
    outcome.accepted -= std::min(outcome.accepted, outcome.duplicates);
    done(std::move(outcome));
  };
  if (body.prepared->events.empty() && body.prepared->cursors.empty()) {
    // Nothing to store: the answer need not wait for the writer.
    acknowledge(store::CommitOutcome{});
    return;
  }
  writer_.submit(std::move(body.prepared), std::move(acknowledge));
}

}  // namespace passaparola::pipeline
