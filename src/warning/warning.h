// warning: is something going wrong for a brand? Mentions in, alerts out. Counts who speaks badly
// of a brand against what is usual at that hour of the week, and says when it is more than chance,
// why, and by which mentions (FEATURES D.7). Pure: no I/O, no clock, no threads. What this module
// does not know: where mentions come from, who is told.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/time.h"

namespace passaparola::warning {

enum class Level : std::uint8_t { none, watch, warn, crisis };
inline constexpr std::size_t kLevelCount = 4;
std::string_view name_of(Level level);  // published: do not rename

// One mention of the brand, as far as it bears on this.
struct Observation {
  std::uint64_t seq = 0;  // of the mention
  Timestamp at;           // when it was written
  std::uint64_t author = 0;
  std::string source;
  std::string aspect;  // what of the brand is spoken of; empty: nothing known
  bool is_negative = false;
  bool is_authentic = true;  // no bot, no copy, not paid
  bool was_advocate = false;
  bool defends = false;
};

// When what is told. z counts how many times its usual spread something is above what is usual.
struct Settings {
  double watch_z = 3, warn_z = 5;
  std::size_t least_critics = 5;  // different ones, before anything is said
  // On so many sources, two critics each, half way from watch_z to warn_z is a warning.
  std::size_t spread_sources = 2;
  std::chrono::milliseconds watch_after{std::chrono::minutes(5)};  // what is no warning yet
  std::chrono::milliseconds crisis_after{std::chrono::hours(2)};   // a warning on so many sources
  // A level goes when z has been below for so long.
  double calm_z = 1.5;
  std::chrono::milliseconds calm_after{std::chrono::hours(1)};
  double advocate_weight = 3;  // of an advocate who turned, in critics
};

// The last hour beside what is usual.
struct Picture {
  std::size_t critics = 0;                     // different authentic authors who spoke badly
  double weight = 0;                           // of them, those who were advocates weighing more
  double usual = 0;                            // weight at this hour of the week: the median
  double z = 0;                                // 0 as long as too little is known of what is usual
  double growth = 0;                           // the weight over that of the hour before, or over 1
  std::map<std::string, std::size_t> sources;  // critics on each
  std::vector<std::string> new_aspects;        // spoken badly of, and not in the week before
  std::size_t turned_advocates = 0;
  std::size_t defenders = 0;            // different authentic authors
  std::size_t set_aside = 0;            // negative mentions of voices that are not free
  std::vector<std::uint64_t> mentions;  // seqs of what the critics said, newest first
};

struct Alert {
  Level before = Level::none, level = Level::none;
  Timestamp at, since;  // `since`: when it began
  Picture picture;
  std::vector<std::string> reasons;  // in words, one sentence each
};

inline constexpr std::size_t kMentionsShown = 20;

// One brand. Observations may come late by up to two hours; later ones count for what is usual only
// where their hour is not over. evaluate() is called with times that rise, every few minutes.
class BrandWatch {
 public:
  explicit BrandWatch(const Settings& settings) : settings_(settings) {}

  void observe(const Observation& observation);
  // Everything up to `at` but for what comes late has been observed: what is only needed to tell
  // how the last hours were is dropped. evaluate() does the same; who reads years at once calls it.
  void advance(Timestamp at) { close_hours(at); }
  // Goes on from a level that was told before, so that it is not told again.
  void resume(Level level, Timestamp since);
  // What there is to be told at `at`: a level that came or went; nullopt: nothing new.
  std::optional<Alert> evaluate(Timestamp at);

  Level level() const { return level_; }
  Timestamp since() const { return since_; }  // when the level above none began
  Picture picture(Timestamp at) const;

 private:
  using Critics = std::unordered_map<std::uint64_t, double>;  // weights by author

  void note_aspect(const Observation& observation);
  bool is_new(const std::string& aspect, Timestamp at) const;
  void close_hours(Timestamp at);
  std::vector<double> usual_weights(Timestamp at) const;
  Level level_of(const Picture& picture, Timestamp at);

  const Settings settings_;
  std::deque<Observation> recent_;        // of the last hours, as they came
  std::map<std::int64_t, Critics> open_;  // hours that may still change, by their number since 1970
  std::map<std::int64_t, double> closed_;  // weights of the hours before; absent: 0
  // Of each aspect: since when it is spoken badly of without a week of silence, and when last.
  std::unordered_map<std::string, std::pair<Timestamp, Timestamp>> aspects_;
  std::optional<std::int64_t> first_hour_;
  std::int64_t closed_until_ = 0;
  Level level_ = Level::none;
  Timestamp since_;
  std::optional<Timestamp> hot_since_, spread_since_, calm_since_;
};

}  // namespace passaparola::warning
