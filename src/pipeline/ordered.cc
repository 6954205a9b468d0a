#include "pipeline/ordered.h"

#include <algorithm>
#include <mutex>
#include <vector>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PASSAPAROLA_PLAIN_THREADS 1
#endif
#endif

#if defined(PASSAPAROLA_PLAIN_THREADS)
#include <condition_variable>
#include <deque>
#include <thread>
#else
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>
#endif

namespace passaparola::pipeline {

#if defined(PASSAPAROLA_PLAIN_THREADS)

// Debian's oneTBB is not instrumented, so ThreadSanitizer sees races where there are none; under it
// plain threads do the same work.
namespace {

class PlainPool {
 public:
  PlainPool(std::size_t in_flight, const OrderedStages& stages)
      : in_flight_(in_flight), stages_(stages) {}

  void run(std::size_t workers) {
    std::vector<std::thread> threads;
    for (std::size_t worker = 0; worker < workers; ++worker) {
      threads.emplace_back([this, worker] { work(worker); });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  struct Slot {
    std::unique_ptr<Item> item;
    bool done = false;
  };

  void work(std::size_t worker) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || slots_.size() < in_flight_; });
      if (ended_) return;
      std::unique_ptr<Item> item = stages_.produce();
      if (!item) {
        ended_ = true;
        changed_.notify_all();
        return;
      }
      slots_.push_back({std::move(item), false});
      Slot& slot = slots_.back();
      lock.unlock();
      stages_.work(*slot.item, worker);
      lock.lock();
      slot.done = true;
      while (!slots_.empty() && slots_.front().done) {
        stages_.consume(std::move(slots_.front().item));
        slots_.pop_front();
      }
      changed_.notify_all();
    }
  }

  const std::size_t in_flight_;
  const OrderedStages& stages_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Slot> slots_;
  bool ended_ = false;
};

}  // namespace

void run_ordered(std::size_t workers, std::size_t in_flight, const OrderedStages& stages) {
  PlainPool(in_flight, stages).run(workers);
}

#else

namespace {

// Lends each running task a worker number of its own.
class WorkerNumbers {
 public:
  std::size_t take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return next_++;
    const std::size_t number = free_.back();
    free_.pop_back();
    return number;
  }
  void give_back(std::size_t number) {
    const std::lock_guard lock(mutex_);
    free_.push_back(number);
  }

 private:
  std::mutex mutex_;
  std::vector<std::size_t> free_;
  std::size_t next_ = 0;
};

}  // namespace

void run_ordered(std::size_t workers, std::size_t in_flight, const OrderedStages& stages) {
  WorkerNumbers numbers;
  const auto produce = [&stages](tbb::flow_control& control) -> Item* {
    std::unique_ptr<Item> item = stages.produce();
    if (!item) control.stop();
    return item.release();
  };
  const auto work = [&stages, &numbers](Item* item) -> Item* {
    const std::size_t worker = numbers.take();
    stages.work(*item, worker);
    numbers.give_back(worker);
    return item;
  };
  const auto consume = [&stages](Item* item) { stages.consume(std::unique_ptr<Item>(item)); };

  tbb::task_arena arena(static_cast<int>(workers));
  arena.execute([&] {
    tbb::parallel_pipeline(
        in_flight, tbb::make_filter<void, Item*>(tbb::filter_mode::serial_in_order, produce) &
                       tbb::make_filter<Item*, Item*>(tbb::filter_mode::parallel, work) &
                       tbb::make_filter<Item*, void>(tbb::filter_mode::serial_in_order, consume));
  });
}

#endif

}  // namespace passaparola::pipeline
