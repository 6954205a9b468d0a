// The [[token]] tables of the configuration: who may ask what.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "core/result.h"
#include "feed/token.h"

namespace passaparola::app {

// Every token, checked. `file` is named in errors, with the line, the token's name and the key;
// what stands in the place of a hash is not repeated, as it may be the token itself. Errors:
// invalid_argument.
Result<std::vector<feed::Token>> read_tokens(const toml::table& root, const std::string& file);

// The table of a token, as `passaparola token` prints it.
std::string token_table(const feed::Token& token);

}  // namespace passaparola::app
