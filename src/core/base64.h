// Base64 (RFC 4648). Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace passaparola {

std::string base64(std::string_view bytes);
// Of URLs and tokens, without padding.
std::string base64_url(std::string_view bytes);

}  // namespace passaparola
