// How a text is written: depth, both sides, specifics (FEATURES D.1), and its fingerprint.
#pragma once

#include <cstdint>
#include <span>

#include "core/mention.h"
#include "sentiment/lexicons.h"
#include "sentiment/tokens.h"

namespace passaparola::sentiment {

// depth = min(1, log2(1 + words) / log2(151)). Specifics: a number with a unit, or a name that
// mixes letters and digits ("XR300"). Of the handles in an answer the first is whom it answers.
Quality judge_quality(const Lexicons& lexicons, std::span<const Token> tokens,
                      std::string_view text, bool two_sided, bool answers);

// Whether the bio, the name or the handle has a word of a role in public.
bool has_public_role(const Lexicons& lexicons, const AuthorView& author);

// See core/fingerprint.h. Of the folded letters of words and hashtags, without links, handles,
// digits, punctuation and white space. From 8 words on one that copies with a few other words share
// nearly; for 4 to 7 a hash that only equal letters have; 0 for fewer.
std::uint64_t fingerprint_of(std::span<const Token> tokens);

}  // namespace passaparola::sentiment
