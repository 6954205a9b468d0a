#include "ingest/feed_time.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cstddef>

namespace passaparola::ingest {
namespace {

// All forms are rewritten to RFC 3339, so that one parser judges dates.
struct Parts {
  int year = 0;
  int month = 0;
  int day = 0;
  std::string_view clock;   // "08:13:54"
  std::string_view offset;  // "+00:00", "Z"
};

std::optional<Timestamp> instant_of(const Parts& parts) {
  std::array<char, 64> buffer;
  const auto written =
      fmt::format_to_n(buffer.data(), buffer.size(), "{:04}-{:02}-{:02}T{}{}", parts.year,
                       parts.month, parts.day, parts.clock, parts.offset);
  if (written.size > buffer.size()) return std::nullopt;
  return parse_rfc3339({buffer.data(), written.size});
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> number(std::string_view text, std::size_t fewest, std::size_t most) {
  if (text.size() < fewest || text.size() > most) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(a[i])) !=
        std::tolower(static_cast<unsigned char>(b[i]))) {
      return false;
    }
  }
  return true;
}

// 1..12 of "Jan", "January"; 0 for anything else. Feeds of Italy, Brazil and Portugal write RFC 822
// with months of their own language.
int month_number(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "January", "February", "March",     "April",   "May",      "June",
      "July",    "August",   "September", "October", "November", "December"};
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (same_letters(name, kMonths[i]) || same_letters(name, kMonths[i].substr(0, 3))) {
      return static_cast<int>(i) + 1;
    }
  }
  struct Month {
    std::string_view name;
    int number;
  };
  static constexpr std::array<Month, 13> kOthers = {{{"gen", 1},
                                                     {"fev", 2},
                                                     {"abr", 4},
                                                     {"mag", 5},
                                                     {"mai", 5},
                                                     {"giu", 6},
                                                     {"lug", 7},
                                                     {"ago", 8},
                                                     {"set", 9},
                                                     {"ott", 10},
                                                     {"out", 10},
                                                     {"dic", 12},
                                                     {"dez", 12}}};
  for (const Month& other : kOthers) {
    if (same_letters(name, other.name)) return other.number;
  }
  return 0;
}

// "+0100" as "+01:00" in `buffer`; other forms as they are.
std::string_view with_colon(std::string_view offset, std::array<char, 6>& buffer) {
  if (offset.size() != 5 || (offset[0] != '+' && offset[0] != '-')) return offset;
  buffer = {offset[0], offset[1], offset[2], ':', offset[3], offset[4]};
  return {buffer.data(), buffer.size()};
}

std::string_view offset_of_zone(std::string_view zone, std::array<char, 6>& buffer) {
  struct Zone {
    std::string_view name;
    std::string_view offset;
  };
  static constexpr std::array<Zone, 12> kZones = {{{"GMT", "Z"},
                                                   {"UT", "Z"},
                                                   {"UTC", "Z"},
                                                   {"Z", "Z"},
                                                   {"EST", "-05:00"},
                                                   {"EDT", "-04:00"},
                                                   {"CST", "-06:00"},
                                                   {"CDT", "-05:00"},
                                                   {"MST", "-07:00"},
                                                   {"MDT", "-06:00"},
                                                   {"PST", "-08:00"},
                                                   {"PDT", "-07:00"}}};
  if (zone.empty()) return "Z";
  for (const Zone& known : kZones) {
    if (same_letters(zone, known.name)) return known.offset;
  }
  return with_colon(zone, buffer);
}

bool is_separator(char c) { return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view next_word(std::string_view& text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && !is_separator(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::optional<int> full_year(std::string_view text) {
  const auto year = number(text, 2, 4);
  if (!year || text.size() == 3) return std::nullopt;
  if (text.size() == 4) return year;
  return *year < 70 ? 2000 + *year : 1900 + *year;
}

// "8:13", "08:13:54" as "08:13:54" in `buffer`.
std::string_view full_clock(std::string_view text, std::array<char, 8>& buffer) {
  const std::size_t colon = text.find(':');
  if (colon != 1 && colon != 2) return {};
  const std::string_view rest = text.substr(colon);
  if (rest.size() != 3 && rest.size() != 6) return {};
  buffer = {'0', '0', ':', '0', '0', ':', '0', '0'};
  buffer[1] = text[colon - 1];
  if (colon == 2) buffer[0] = text[0];
  for (std::size_t i = 0; i < rest.size(); ++i) buffer[2 + i] = rest[i];
  return {buffer.data(), buffer.size()};
}

std::optional<Timestamp> parse_rfc822(std::string_view text) {
  std::string_view word = next_word(text);
  if (!word.empty() && !is_digit(word.front())) word = next_word(text);
  const auto day = number(word, 1, 2);
  const int month = month_number(next_word(text));
  const auto year = full_year(next_word(text));
  std::array<char, 8> clock_buffer;
  const std::string_view clock = full_clock(next_word(text), clock_buffer);
  std::array<char, 6> offset_buffer;
  const std::string_view offset = offset_of_zone(next_word(text), offset_buffer);
  if (!day || month == 0 || !year || clock.empty()) return std::nullopt;
  return instant_of({*year, month, *day, clock, offset});
}

}  // namespace

std::optional<Timestamp> parse_x_time(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::array<char, 6> offset;
  constexpr std::size_t kStatusLength = 30;   // "Fri Jul 24 08:13:54 +0000 2015"
  constexpr std::size_t kArchiveLength = 25;  // "2015-07-24 08:13:54 +0000"
  if (text.size() == kStatusLength && !is_digit(text.front())) {
    const auto year = number(text.substr(26), 4, 4);
    const auto day = number(text.substr(8, 2), 2, 2);
    if (!year || !day) return std::nullopt;
    return instant_of({*year, month_number(text.substr(4, 3)), *day, text.substr(11, 8),
                       with_colon(text.substr(20, 5), offset)});
  }
  if (text.size() == kArchiveLength && text[19] == ' ') {
    const auto year = number(text.substr(0, 4), 4, 4);
    const auto month = number(text.substr(5, 2), 2, 2);
    const auto day = number(text.substr(8, 2), 2, 2);
    if (!year || !month || !day) return std::nullopt;
    return instant_of(
        {*year, *month, *day, text.substr(11, 8), with_colon(text.substr(20), offset)});
  }
  return parse_rfc3339(text);
}

std::optional<Timestamp> parse_time_or_utc(std::string_view text) {
  if (const auto instant = parse_rfc3339(text)) return instant;
  constexpr std::size_t kLongest = 40;  // more digits of a second than anybody writes
  if (text.size() > kLongest) return std::nullopt;
  std::array<char, kLongest + 1> with_zone;
  const auto written = fmt::format_to_n(with_zone.data(), with_zone.size(), "{}Z", text);
  return parse_rfc3339({with_zone.data(), written.size});
}

std::optional<Timestamp> parse_feed_time(std::string_view text) {
  while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
  if (const auto instant = parse_rfc3339(text)) return instant;
  constexpr std::size_t kDateLength = 10;
  if (text.size() == kDateLength && text[4] == '-' && text[7] == '-') {
    std::array<char, kDateLength + 10> midnight;
    const auto written = fmt::format_to_n(midnight.data(), midnight.size(), "{}T00:00:00Z", text);
    return parse_rfc3339({midnight.data(), written.size});
  }
  return parse_rfc822(text);
}

}  // namespace passaparola::ingest
