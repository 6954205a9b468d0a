#include "feed/parameters.h"

#include <charconv>

namespace passaparola::feed {

Problem bad_parameter(std::string detail) { return {400, "bad-parameter", std::move(detail)}; }

std::optional<std::uint64_t> number_parameter(const Target& target, std::string_view name) {
  const std::string_view text = target.parameter(name).value_or("0");
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::size_t> count_parameter(const Target& target, std::string_view name,
                                           std::size_t fallback, std::size_t max) {
  if (!target.parameter(name)) return fallback;
  const auto value = number_parameter(target, name);
  if (!value || *value < 1 || *value > max) return std::nullopt;
  return value;
}

std::optional<Timestamp> time_parameter(const Target& target, std::string_view name,
                                        Timestamp fallback) {
  const auto text = target.parameter(name);
  return text ? parse_rfc3339(*text) : fallback;
}

std::optional<bool> flag_parameter(const Target& target, std::string_view name) {
  const std::string_view text = target.parameter(name).value_or("false");
  if (text != "true" && text != "false") return std::nullopt;
  return text == "true";
}

}  // namespace passaparola::feed
