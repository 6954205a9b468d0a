// A brand of which people speak by chance, more by day than by night, with or without a crisis: for
// measuring what warns of it, how soon, and how often for nothing.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "warning/warning.h"

namespace passaparola::warning {

inline constexpr std::int64_t kMinute = 60 * kMillisecondsPerSecond;
inline constexpr std::int64_t kMadeHour = 60 * kMinute, kDay = 24 * kMadeHour;
inline constexpr std::int64_t kStep = 5 * kMinute;

enum class Crisis : std::uint8_t {
  none,
  sudden,     // twenty times as many critics at once, on one source, fading over hours
  slow,       // from nothing to ten times as many in a day, on two sources
  spreading,  // eight times as many for six hours, on one source, then on two, then on three
  bots,       // two hundred voices in an hour that are not free
};

struct MadeUpBrand {
  double critics_an_hour = 1;  // on an average day
  std::int64_t days = 84;
  std::int64_t crisis_day = 70;  // begins at nine in the morning
  Crisis crisis = Crisis::none;
  std::uint64_t seed = 1;

  Timestamp onset() const { return {crisis_day * kDay + 9 * kMadeHour}; }

  // Calls observe() and then at() for every five minutes.
  template <typename Observe, typename At>
  void live(Observe observe, At at) const {
    std::mt19937_64 random(seed);
    std::uint64_t seq = 0;
    for (std::int64_t time = 0; time < days * kDay; time += kStep) {
      const double usual = critics_an_hour * of_day(time) * kStep / kMadeHour;
      for (const auto& [source, rate] : rates(time, usual)) {
        for (int i = std::poisson_distribution<int>(rate)(random); i > 0; --i) {
          Observation one;
          one.seq = ++seq;
          one.at = {time + static_cast<std::int64_t>(random() % kStep)};
          one.author = random() % 200'000;
          one.source = source;
          one.is_negative = true;
          one.aspect = crisis != Crisis::none && one.at >= onset() ? "safety" : "price";
          observe(one);
        }
      }
      const bool by_bots = crisis == Crisis::bots && time >= onset().milliseconds &&
                           time < onset().milliseconds + kMadeHour;
      for (int i = 0; by_bots && i < 17; ++i) {
        Observation one;
        one.seq = ++seq;
        one.at = {time};
        one.author = random();
        one.source = "bluesky";
        one.is_negative = true;
        one.is_authentic = false;
        observe(one);
      }
      at(Timestamp{time + kStep});
    }
  }

 private:
  static double of_day(std::int64_t time) {
    constexpr double kPi = 3.14159265358979;
    const double hour = static_cast<double>(time % kDay) / kMadeHour;
    const double weekend = time / kDay % 7 >= 5 ? 0.7 : 1.1;
    return weekend * (1 + 0.8 * std::sin((hour - 9) * 2 * kPi / 24));
  }

  std::vector<std::pair<std::string, double>> rates(std::int64_t time, double usual) const {
    std::vector<std::pair<std::string, double>> rates{
        {"bluesky", 0.6 * usual}, {"reddit", 0.25 * usual}, {"mastodon", 0.15 * usual}};
    const double hours = static_cast<double>(time - onset().milliseconds) / kMadeHour;
    if (hours < 0) return rates;
    const double base = critics_an_hour * kStep / kMadeHour;
    if (crisis == Crisis::sudden && hours < 12) rates[0].second += 20 * base * std::exp(-hours / 3);
    if (crisis == Crisis::slow && hours < 48) {
      const double times = 10 * std::min(hours / 24, 1.0);
      rates[0].second += 0.6 * times * base;
      rates[1].second += 0.4 * times * base;
    }
    if (crisis == Crisis::spreading && hours < 6) {
      rates[0].second += 8 * base;
      if (hours >= 1) rates[1].second += 8 * base;
      if (hours >= 2) rates[2].second += 8 * base;
    }
    return rates;
  }
};

}  // namespace passaparola::warning
