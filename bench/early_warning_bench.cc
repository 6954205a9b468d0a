// What early warning is worth: made-up brands of several sizes, with crises of several kinds and
// without any. How soon each level is told, how much of the criticism was still to come then, and
// how often something is told for nothing. No time is measured. SEEDS (default 20).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/check.h"
#include "unit/warning/made_up_brand.h"

namespace passaparola::warning {
namespace {

constexpr std::int64_t kCrisisDays = 3;

struct Run {
  std::vector<Alert> alerts;
  std::vector<Timestamp> critics;  // of the days of the crisis, in order
};

Run live(const MadeUpBrand& brand) {
  BrandWatch watch({});
  Run run;
  const Timestamp end{brand.onset().milliseconds + kCrisisDays * kDay};
  brand.live(
      [&](const Observation& one) {
        watch.observe(one);
        if (one.is_authentic && one.at >= brand.onset() && one.at < end) {
          run.critics.push_back(one.at);
        }
      },
      [&](Timestamp at) {
        if (auto alert = watch.evaluate(at)) run.alerts.push_back(*std::move(alert));
      });
  std::sort(run.critics.begin(), run.critics.end());
  return run;
}

// When a level was told first within the days of the crisis.
std::optional<Timestamp> told(const Run& run, Level level, Timestamp onset) {
  for (const Alert& alert : run.alerts) {
    const std::int64_t after = alert.at.milliseconds - onset.milliseconds;
    if (after >= 0 && after < kCrisisDays * kDay && alert.level >= level) return alert.at;
  }
  return std::nullopt;
}

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string minutes(const std::vector<double>& values, std::size_t of) {
  if (values.empty()) return fmt::format("{:>22}", "never");
  const double worst = *std::max_element(values.begin(), values.end());
  return fmt::format("{:>3}/{:<3} {:>5.0f} ({:>5.0f})", values.size(), of, median(values), worst);
}

void print_crisis(const char* name, Crisis crisis, double rate, std::uint64_t seeds) {
  std::vector<double> to_come;
  std::string line = fmt::format("{:<22} {:>5.1f}", name, rate);
  for (const Level level : {Level::watch, Level::warn, Level::crisis}) {
    std::vector<double> after;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const MadeUpBrand brand{.critics_an_hour = rate, .crisis = crisis, .seed = seed};
      const Run run = live(brand);
      const auto at = told(run, level, brand.onset());
      if (!at) continue;
      const std::int64_t since = at->milliseconds - brand.onset().milliseconds;
      after.push_back(static_cast<double>(since) / kMinute);
      const auto behind = std::upper_bound(run.critics.begin(), run.critics.end(), *at);
      if (level == Level::watch) {
        to_come.push_back(static_cast<double>(run.critics.end() - behind) /
                          static_cast<double>(std::max<std::size_t>(1, run.critics.size())));
      }
    }
    line += "  " + minutes(after, seeds);
  }
  fmt::print("{}  {:>6.0f} %\n", line, 100 * median(to_come));
}

// The second half of the time, when weeks are known, and the first.
void print_quiet(double rate, std::uint64_t seeds) {
  int early = 0, late = 0, warned = 0;
  double months = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const MadeUpBrand brand{.critics_an_hour = rate, .days = 120, .seed = seed};
    const Run run = live(brand);
    months += static_cast<double>(brand.days) / 2 / 30;
    for (const Alert& alert : run.alerts) {
      if (alert.before != Level::none) continue;
      (alert.at.milliseconds < brand.days / 2 * kDay ? early : late) += 1;
      warned += alert.level >= Level::warn;
    }
  }
  fmt::print("{:>5.1f} {:>16.2f} {:>16.2f} {:>16.2f}\n", rate, early / months, late / months,
             warned / (2 * months));
}

}  // namespace
}  // namespace passaparola::warning

int main(int argc, char** argv) {
  using namespace passaparola::warning;
  const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
  CHECK(seeds > 0, "SEEDS is a number above zero");
  constexpr std::array kRates{0.3, 1.0, 3.0, 10.0, 30.0};
  fmt::print(
      "minutes from the beginning of a crisis until a level is told: in how many of {} runs,"
      " median (worst)\n",
      seeds);
  fmt::print("{:<22} {:>5}  {:>22}  {:>22}  {:>22}  {:>8}\n", "crisis", "usual", "watch", "warn",
             "crisis", "to come");
  struct Kind {
    const char* name;
    Crisis crisis;
  };
  for (const Kind& kind :
       {Kind{"sudden, one source", Crisis::sudden}, Kind{"slow, two sources", Crisis::slow},
        Kind{"spreading to three", Crisis::spreading}, Kind{"bots", Crisis::bots}}) {
    for (const double rate : kRates) print_crisis(kind.name, kind.crisis, rate, seeds);
  }
  fmt::print("\nfalse alarms a month, when nothing happens\n{:>5} {:>16} {:>16} {:>16}\n", "usual",
             "in two months", "afterwards", "warn and more");
  for (const double rate : kRates) print_quiet(rate, seeds);
}
