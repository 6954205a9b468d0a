// Which language a text is in.
#pragma once

#include <span>
#include <string_view>

#include "sentiment/lexicons.h"
#include "sentiment/tokens.h"

namespace passaparola::sentiment {

// The primary subtag of a BCP 47 tag in lower case ("en-US" gives "en"); "ita" and "eng" give the
// two letters; empty for no tag, a malformed one and those that name no language. The result
// points into `tag` or to static storage.
std::string_view primary_subtag(std::string_view tag);

// Stop words when they are clear, else CLD2, else "und". Looks at the first 4 KiB. Static storage.
// `tokens` are those of `text`.
std::string_view detect_language(const Lexicons& lexicons, std::string_view text,
                                 std::span<const Token> tokens);
std::string_view detect_language(const Lexicons& lexicons, std::string_view text);

}  // namespace passaparola::sentiment
