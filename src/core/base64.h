// Base64 (RFC 4648). Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace passaparola {

std::string base64(std::string_view bytes);
// nullopt: not what base64() makes, to the last bit.
std::optional<std::string> unbase64(std::string_view text);
// Of URLs and tokens, without padding.
std::string base64_url(std::string_view bytes);

}  // namespace passaparola
