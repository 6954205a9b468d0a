// Signatures of Standard Webhooks by other hands than the program's.
#pragma once

#include <string>

namespace passaparola::testing {

// base64, without "v1,"; `key` in bytes, `second` since 1970.
std::string webhook_signature(const std::string& key, const std::string& id,
                              const std::string& second, const std::string& body);

}  // namespace passaparola::testing
