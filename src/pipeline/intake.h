// Intake: posts that arrive one body at a time (HTTP push, connectors) go through the same stages
// as files, on a few worker threads of its own, and are answered when they are durable. Its judges
// can be replaced while it works.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "pipeline/pipeline.h"
#include "pipeline/processor.h"
#include "pipeline/writer.h"
#include "store/store.h"

namespace passaparola::pipeline {

// Whole records of one format, and the cursors of sources that are stored with what they come to.
struct Body {
  ingest::Format format = ingest::Format::native;
  std::string bytes;
  std::vector<store::SourceCursor> cursors;
};

struct IntakeOutcome {
  std::uint64_t records = 0;             // posts, rejected and ignored ones
  std::uint64_t accepted = 0;            // posts taken, whether or not they mention anybody
  std::uint64_t duplicates = 0;          // posts that the store had already
  std::vector<ingest::Reject> rejected;  // lines of the body, at most kMaxReportedRejects
  std::uint64_t rejected_count = 0;
  std::uint64_t mentions = 0;               // newly stored
  std::optional<Timestamp> oldest, newest;  // of the posts
};

class Intake {
 public:
  using Done = std::function<void(Result<IntakeOutcome>)>;

  // `store` and `writer` outlive the intake. `workers` 0: as many as there are cores.
  Intake(const Judges& judges, store::Store& store, Writer& writer, std::size_t workers);
  ~Intake();  // works off what is waiting, then ends the threads

  // Takes a body. Of one thread's bodies a later one may be durable before an earlier one: whoever
  // needs their order waits for each. `done` is called once, from any thread:
  // with the outcome when everything is durable, or an Error: overloaded (too much is waiting;
  // nothing was taken), or what the commit said.
  void push(Body body, Done done);

  // Lets every worker judge by `next` from its next body on; a body is judged by one set from its
  // first post to its last. Returns a sequence number: every mention with a larger one was judged
  // by `next` (or by what a later call gave); those up to it may be of either set. Blocks until no
  // body is under way by the earlier judges and all that they judged is committed; workers wait for
  // nothing. What takes time (scratch memory of the new set, destruction of the old one) is done on
  // the calling thread. Any thread but the writer's and a worker's; calls take turns.
  std::uint64_t replace_judges(const Judges& next);

  Counts counts() const;              // of everything since the start
  std::size_t waiting_bytes() const;  // bodies not yet worked on

 private:
  struct Task {
    Body body;
    Done done;
  };

  // One thread's own things. While it works on a body nobody else touches `processor`.
  struct Worker {
    explicit Worker(const Judges& judges) : processor(judges) {}
    Processor processor;
    std::unique_ptr<Seat> seat;  // protected by mutex_: the next one, then the one it had
    bool is_working = false;     // protected by mutex_
    bool must_swap = false;      // protected by mutex_: `seat` is the next one
  };

  void loop(Worker& worker);
  void work(Processor& processor, Task task);

  store::Preparer preparer_;
  Writer& writer_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_;       // protected by mutex_
  std::size_t waiting_bytes_ = 0;  // protected by mutex_
  Counts counts_;                  // protected by mutex_
  bool stopping_ = false;          // protected by mutex_
  std::condition_variable swapped_;
  std::mutex replacing_;  // one replacement at a time; taken before mutex_
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

}  // namespace passaparola::pipeline
