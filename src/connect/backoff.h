// How long to wait before the next try. Pure but for its random numbers.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

#include "connect/failure.h"
#include "core/limits.h"

namespace passaparola::connect {

// From `first`, `factor` times longer with each try or, with a factor of 1, by `first` more.
struct Pace {
  std::chrono::milliseconds first{0};
  double factor = 2;
  std::chrono::milliseconds most{0};
};

// What a platform demands, or what is polite where it says nothing.
struct Paces {
  Pace broken{std::chrono::milliseconds(1000), 2, std::chrono::seconds(60)};
  Pace server{std::chrono::seconds(5), 2, std::chrono::seconds(320)};
  Pace rate{std::chrono::seconds(60), 2, std::chrono::seconds(kMaxBackoffSeconds)};
  // Somebody has to do something first: the circuit is open but for a look now and then.
  Pace hopeless{std::chrono::seconds(60), 2, std::chrono::seconds(kMaxBackoffSeconds)};
};

class Backoff {
 public:
  Backoff(const Paces& paces, std::uint64_t seed) : paces_(paces), random_(seed) {}

  // A first break is tried again at once; every wait is a fifth shorter or longer by chance, but
  // never shorter than what the other side asks for.
  std::chrono::milliseconds next(const Failure& failure);

  // The source works again.
  void reset() { tries_ = 0; }
  unsigned tries() const { return tries_; }  // that failed one after the other

 private:
  const Pace& pace_of(Trouble trouble) const;

  Paces paces_;
  std::mt19937_64 random_;
  unsigned tries_ = 0;
};

}  // namespace passaparola::connect
