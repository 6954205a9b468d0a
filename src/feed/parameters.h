// What the query of a request says, parameter by parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "feed/http.h"

namespace passaparola::feed {

Problem bad_parameter(std::string detail);

// A whole number in [1, max]; `fallback` when absent; nullopt: something else.
std::optional<std::size_t> count_parameter(const Target& target, std::string_view name,
                                           std::size_t fallback, std::size_t max);

// Any whole number, as a page begins behind; 0 when absent; nullopt: something else.
std::optional<std::uint64_t> number_parameter(const Target& target, std::string_view name);

// An RFC 3339 time; `fallback` when absent; nullopt: something else.
std::optional<Timestamp> time_parameter(const Target& target, std::string_view name,
                                        Timestamp fallback);

// "true" or "false", which it is when absent; nullopt: something else.
std::optional<bool> flag_parameter(const Target& target, std::string_view name);

}  // namespace passaparola::feed
