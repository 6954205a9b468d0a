#include "pipeline/patient_thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>

#include "core/pace.h"

namespace passaparola::pipeline {
namespace {

// The workers may use every core: they go first. Besides, what is done without a pause costs a
// tenth of a core, spread evenly; but no work rests for longer than kMostRest, for it is waited
// for.
constexpr int kNice = 19;
constexpr int kRests = 9;
constexpr std::chrono::milliseconds kSlice{1};
constexpr std::chrono::milliseconds kMostRest{250};

// Of this thread alone. SCHED_BATCH: it never interrupts a worker when it wakes up.
void take_less_than_workers() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  const sched_param no_priority{};
  ::sched_setscheduler(0, SCHED_BATCH, &no_priority);
}

}  // namespace

PatientThread::PatientThread() : thread_([this] { loop(); }) {}

PatientThread::~PatientThread() {
  hurry();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PatientThread::take_on(std::unique_lock<std::mutex>& lock, std::function<void()> work,
                            bool* done) {
  changed_.wait(lock, [this] { return !work_; });
  work_ = std::move(work);
  done_ = done;
  changed_.notify_all();
}

void PatientThread::run(std::function<void()> work) {
  bool done = false;
  std::unique_lock lock(mutex_);
  take_on(lock, std::move(work), &done);
  changed_.wait(lock, [&done] { return done; });
}

void PatientThread::leave(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  take_on(lock, std::move(work), nullptr);
}

std::chrono::nanoseconds PatientThread::processor_time() {
  clockid_t clock{};
  timespec time{};
  if (::pthread_getcpuclockid(thread_.native_handle(), &clock) != 0) return {};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void PatientThread::loop() {
  take_less_than_workers();
  Pace pace(kRests, kSlice, kMostRest, hurry_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || work_; });
    if (!work_) return;
    lock.unlock();
    pace.begin();
    work_();
    const Pace::Duration rest = pace.owed();
    lock.lock();
    work_ = nullptr;
    if (done_ != nullptr) *done_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, rest, [this] { return stopping_ || hurry_; });
  }
}

}  // namespace passaparola::pipeline
