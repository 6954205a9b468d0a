// Pace: how a thread that has time works beside threads that have none. Long work calls give_way()
// between its small steps; on a thread with a pace that is where it rests, elsewhere nothing.
#pragma once

#include <atomic>
#include <chrono>

namespace passaparola {

// The pace of the thread that makes it, for as long as it lives; one at a time.
class Pace {
 public:
  using Duration = std::chrono::nanoseconds;

  // After a slice of work the thread rests `rests` times as long as that took of a processor, but
  // in all no longer than `most` from one begin() to the next. Once `hurry` is set it rests no
  // more.
  Pace(int rests, Duration slice, Duration most, const std::atomic<bool>& hurry);
  ~Pace();
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  void begin();        // another piece of work
  Duration owed();     // what it should still rest for that piece, once it is done
  void rest_if_due();  // see give_way()

 private:
  const int rests_;
  const Duration slice_;
  const Duration most_;
  const std::atomic<bool>& hurry_;
  Duration first_{0};                            // processor time of the thread at begin()
  Duration worked_{0};                           // the same when it rested last
  Duration left_{0};                             // of most_
  std::chrono::steady_clock::time_point since_;  // it rested last
};

// Hold no lock that others wait for. Costs some nanoseconds.
void give_way();

}  // namespace passaparola
