// PatientThread: does work that has time, on a thread that takes what the feed's workers leave of
// the processors, in small slices with rests between them (core/pace.h).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace passaparola::pipeline {

class PatientThread {
 public:
  PatientThread();
  ~PatientThread();  // nobody may wait in run()

  // Returns when the thread has done `work`. What others wait for (locks, the disk, whose journal
  // is everybody's) has no place in it: the thread may wait for a processor for long.
  void run(std::function<void()> work);
  // The same, but returns as soon as the thread has taken `work` on. Any thread but this one.
  void leave(std::function<void()> work);

  void hurry() { hurry_ = true; }  // from now on without rests

  std::chrono::nanoseconds processor_time();  // that it has taken so far

 private:
  void take_on(std::unique_lock<std::mutex>& lock, std::function<void()> work, bool* done);
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;  // protected by mutex_; empty: none waits or is under way
  bool* done_ = nullptr;        // protected by mutex_, what it points to as well
  bool stopping_ = false;       // protected by mutex_
  std::atomic<bool> hurry_{false};
  std::thread thread_;
};

}  // namespace passaparola::pipeline
