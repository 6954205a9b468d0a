#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <unordered_set>

#include "warning/warning.h"

namespace passaparola::warning {
namespace {

constexpr std::int64_t kHour = 60 * 60 * kMillisecondsPerSecond;
constexpr std::int64_t kHoursOfWeek = 24 * 7, kWeeks = 8, kWeek = kHoursOfWeek * kHour;
constexpr std::int64_t kLateHours = 2;
constexpr std::size_t kLeastHoursKnown = 8;
// What deviates in one half of the cases, over the standard deviation of a normal distribution.
constexpr double kMadToSigma = 1.4826;

std::int64_t hour_of(Timestamp at) { return at.milliseconds / kHour; }

// Counts made to spread alike whatever their size (Anscombe 1948): by 1 if they are of Poisson's.
double stabilised(double count) { return 2 * std::sqrt(std::max(count, 0.0) + 3.0 / 8); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

double weight_of(const std::unordered_map<std::uint64_t, double>& critics) {
  double sum = 0;
  for (const auto& [author, weight] : critics) sum += weight;
  return sum;
}

std::string said(double value) {
  return value < 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.0f}", value);
}

std::vector<std::string> reasons_of(const Picture& picture) {
  std::vector<std::string> reasons;
  reasons.push_back(fmt::format(
      "{} people spoke badly of it in the last hour; {} is usual at this hour of the week",
      picture.critics, said(picture.usual)));
  if (picture.growth >= 2) {
    reasons.push_back(fmt::format("{} times as many as in the hour before", said(picture.growth)));
  }
  if (picture.sources.size() > 1) {
    reasons.push_back(fmt::format("on {} sources", picture.sources.size()));
  }
  if (picture.turned_advocates > 0) {
    reasons.push_back(fmt::format("{} of them were advocates", picture.turned_advocates));
  }
  if (!picture.new_aspects.empty()) {
    reasons.push_back(fmt::format("new in a week: {}", fmt::join(picture.new_aspects, ", ")));
  }
  if (picture.defenders > 0) {
    reasons.push_back(fmt::format("{} people defend it", picture.defenders));
  }
  if (picture.set_aside > 0) {
    reasons.push_back(
        fmt::format("{} mentions of voices that are not free were set aside", picture.set_aside));
  }
  return reasons;
}

}  // namespace

std::string_view name_of(Level level) {
  constexpr std::array<std::string_view, kLevelCount> kNames{"none", "watch", "warn", "crisis"};
  return kNames[static_cast<std::size_t>(level)];
}

void BrandWatch::observe(const Observation& observation) {
  const std::int64_t hour = hour_of(observation.at);
  first_hour_ = std::min(first_hour_.value_or(hour), hour);
  recent_.push_back(observation);
  if (!observation.is_negative || !observation.is_authentic) return;
  note_aspect(observation);
  const double weight = observation.was_advocate ? settings_.advocate_weight : 1;
  if (hour < closed_until_) {
    closed_[hour] += weight;
    return;
  }
  double& known = open_[hour][observation.author];
  known = std::max(known, weight);
}

void BrandWatch::note_aspect(const Observation& observation) {
  if (observation.aspect.empty()) return;
  const auto [known, is_first] =
      aspects_.try_emplace(observation.aspect, observation.at, observation.at);
  auto& [since, last] = known->second;
  if (observation.at.milliseconds - last.milliseconds > kWeek) since = observation.at;
  last = std::max(last, observation.at);
}

// As long as the brand is known for less than a week, nothing is.
bool BrandWatch::is_new(const std::string& aspect, Timestamp at) const {
  const auto known = aspects_.find(aspect);
  if (aspect.empty() || known == aspects_.end()) return false;
  const bool is_brand_old = *first_hour_ * kHour < at.milliseconds - kWeek;
  return is_brand_old && known->second.first.milliseconds > at.milliseconds - kHour;
}

// Hours that are over for long enough become a number each.
void BrandWatch::close_hours(Timestamp at) {
  closed_until_ = std::max(closed_until_, hour_of(at) - kLateHours);
  while (!open_.empty() && open_.begin()->first < closed_until_) {
    closed_[open_.begin()->first] += weight_of(open_.begin()->second);
    open_.erase(open_.begin());
  }
  const std::int64_t oldest = hour_of(at) - kWeeks * kHoursOfWeek - 1;
  closed_.erase(closed_.begin(), closed_.lower_bound(oldest));
  const Timestamp kept{at.milliseconds - (kLateHours + 1) * kHour};
  std::erase_if(recent_, [&](const Observation& one) { return one.at < kept; });
}

// Weights of hours like the one before `at`: that of the week and its neighbours, in the weeks
// before; as long as there are few, that of the day in the days before.
std::vector<double> BrandWatch::usual_weights(Timestamp at) const {
  std::vector<double> weights;
  if (!first_hour_) return weights;
  const std::int64_t hour = hour_of({at.milliseconds - kHour / 2});
  const auto add = [&](std::int64_t other) {
    if (other < *first_hour_ || other >= hour - kLateHours) return;
    const auto found = closed_.find(other);
    weights.push_back(found == closed_.end() ? 0 : found->second);
  };
  for (std::int64_t week = 1; week <= kWeeks; ++week) {
    for (const std::int64_t beside : {-1, 0, 1}) add(hour - week * kHoursOfWeek + beside);
  }
  if (weights.size() >= kLeastHoursKnown) return weights;
  for (std::int64_t day = 1; day <= 7; ++day) {
    for (const std::int64_t beside : {-1, 0, 1}) add(hour - day * 24 + beside);
  }
  return weights;
}

Picture BrandWatch::picture(Timestamp at) const {
  Picture picture;
  std::unordered_map<std::uint64_t, double> critics, before;
  std::unordered_set<std::uint64_t> defenders, turned;
  std::map<std::string, std::unordered_set<std::uint64_t>> sources;
  std::set<std::string> aspects;
  std::vector<const Observation*> bad;
  for (const Observation& one : recent_) {
    const std::int64_t age = at.milliseconds - one.at.milliseconds;
    if (age < 0 || age >= 2 * kHour) continue;
    const double weight = one.was_advocate ? settings_.advocate_weight : 1;
    if (age >= kHour) {
      if (one.is_negative && one.is_authentic) before[one.author] = weight;
      continue;
    }
    if (one.defends && one.is_authentic) defenders.insert(one.author);
    if (!one.is_negative) continue;
    if (!one.is_authentic) {
      ++picture.set_aside;
      continue;
    }
    bad.push_back(&one);
    critics[one.author] = std::max(critics[one.author], weight);
    sources[one.source].insert(one.author);
    if (one.was_advocate) turned.insert(one.author);
    if (is_new(one.aspect, at)) aspects.insert(one.aspect);
  }
  picture.critics = critics.size();
  picture.weight = weight_of(critics);
  picture.growth = picture.weight / std::max(1.0, weight_of(before));
  picture.turned_advocates = turned.size();
  picture.defenders = defenders.size();
  for (const auto& [source, people] : sources) picture.sources[source] = people.size();
  picture.new_aspects.assign(aspects.begin(), aspects.end());
  std::sort(bad.begin(), bad.end(), [](const auto* a, const auto* b) { return a->seq > b->seq; });
  for (const Observation* one : bad) {
    if (picture.mentions.size() == kMentionsShown) break;
    picture.mentions.push_back(one->seq);
  }
  const std::vector<double> weights = usual_weights(at);
  if (weights.size() < kLeastHoursKnown) return picture;
  picture.usual = median(weights);
  std::vector<double> stable, away;
  for (const double weight : weights) stable.push_back(stabilised(weight));
  const double middle = median(stable);
  for (const double value : stable) away.push_back(std::abs(value - middle));
  const double spread = std::max(1.0, kMadToSigma * median(away));
  picture.z = (stabilised(picture.weight) - middle) / spread;
  return picture;
}

// What the picture asks for; the level that there is may hold for longer.
Level BrandWatch::level_of(const Picture& picture, Timestamp at) {
  const bool is_hot = picture.critics >= settings_.least_critics && picture.z >= settings_.watch_z;
  if (!is_hot) {
    hot_since_.reset();
    if (picture.z < settings_.calm_z) spread_since_.reset();
    return Level::none;
  }
  if (!hot_since_) hot_since_ = at;
  const auto spread =
      static_cast<std::size_t>(std::count_if(picture.sources.begin(), picture.sources.end(),
                                             [](const auto& source) { return source.second > 1; }));
  const bool is_spread = spread >= settings_.spread_sources;
  if (is_spread && !spread_since_) spread_since_ = at;
  const auto passed = [&](Timestamp since) {
    return std::chrono::milliseconds(at.milliseconds - since.milliseconds);
  };
  if (is_spread && passed(*spread_since_) >= settings_.crisis_after) return Level::crisis;
  // By chance alone a look in a thousand finds watch_z; what speaks from several sources at once
  // must be rarer than that, and need not be as rare as what does from one.
  const double spread_z = (settings_.watch_z + settings_.warn_z) / 2;
  if (picture.z >= (is_spread ? spread_z : settings_.warn_z)) return Level::warn;
  return passed(*hot_since_) >= settings_.watch_after ? Level::watch : Level::none;
}

void BrandWatch::resume(Level level, Timestamp since) {
  level_ = level;
  since_ = since;
}

std::optional<Alert> BrandWatch::evaluate(Timestamp at) {
  close_hours(at);
  Picture picture = this->picture(at);
  const Level wanted = level_of(picture, at);
  const bool is_calm = picture.z < settings_.calm_z;
  if (!is_calm) calm_since_.reset();
  if (is_calm && !calm_since_) calm_since_ = at;
  Alert alert;
  alert.before = level_;
  if (wanted > level_) {
    if (level_ == Level::none) since_ = at;
    level_ = wanted;
  } else if (level_ > Level::none && is_calm &&
             at.milliseconds - calm_since_->milliseconds >= settings_.calm_after.count()) {
    level_ = Level::none;
  } else {
    return std::nullopt;
  }
  alert.level = level_;
  alert.at = at;
  alert.since = since_;
  alert.reasons = reasons_of(picture);
  alert.picture = std::move(picture);
  return alert;
}

}  // namespace passaparola::warning
