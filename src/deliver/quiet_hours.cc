#include "deliver/quiet_hours.h"

#include <optional>

namespace passaparola::deliver {
namespace {

constexpr std::int64_t kMinutesOfDay = 24 * 60;
constexpr std::int64_t kMinute = 60 * kMillisecondsPerSecond;
constexpr std::int64_t kMostOffset = 14 * 60;

// "07:05" in minutes; nullopt: no time of a day.
std::optional<std::int64_t> read_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const std::int64_t hour = (text[0] - '0') * 10 + (text[1] - '0');
  const std::int64_t minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

std::int64_t positive_rest(std::int64_t value, std::int64_t of) { return ((value % of) + of) % of; }

}  // namespace

Result<QuietHours> QuietHours::parse(std::string_view hours, std::string_view utc_offset) {
  const auto wrong = [](const char* why) { return fail(ErrorCode::invalid_argument, why); };
  QuietHours quiet;
  const bool has_form = hours.size() == 11 && hours[5] == '-';
  const auto begin = has_form ? read_time(hours.substr(0, 5)) : std::nullopt;
  const auto end = has_form ? read_time(hours.substr(6)) : std::nullopt;
  if (!begin || !end || *begin == *end) return wrong("quiet_hours must be such as \"22:00-07:00\"");
  quiet.begin_ = *begin;
  quiet.end_ = *end;
  if (utc_offset.empty()) return quiet;
  const bool is_signed = utc_offset[0] == '+' || utc_offset[0] == '-';
  const auto offset = is_signed ? read_time(utc_offset.substr(1)) : std::nullopt;
  if (!offset || *offset > kMostOffset) return wrong("utc_offset must be such as \"+01:00\"");
  quiet.offset_ = utc_offset[0] == '-' ? -*offset : *offset;
  return quiet;
}

std::int64_t QuietHours::minute_of(Timestamp at) const {
  const std::int64_t there = at.milliseconds + offset_ * kMinute;
  return positive_rest(there, kMillisecondsPerDay) / kMinute;
}

bool QuietHours::holds(Timestamp at) const {
  const std::int64_t minute = minute_of(at);
  if (begin_ < end_) return begin_ <= minute && minute < end_;
  return minute >= begin_ || minute < end_;
}

Timestamp QuietHours::end(Timestamp at) const {
  const std::int64_t left = positive_rest(end_ - minute_of(at), kMinutesOfDay);
  const std::int64_t into = positive_rest(at.milliseconds, kMinute);
  return {at.milliseconds - into + (left == 0 ? kMinutesOfDay : left) * kMinute};
}

}  // namespace passaparola::deliver
