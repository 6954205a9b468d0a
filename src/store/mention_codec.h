// The stored form of a mention (docs/STORE_FORMAT.md, "Mention"). Versioned; decoding anything is
// safe and gives an Error when the bytes are not what encoding makes.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/arena.h"
#include "core/mention.h"
#include "core/result.h"

namespace passaparola::store {

// Encoded into `arena`. Without seq.
std::string_view encode_mention(const Mention& mention, Arena& arena);

// Strings point into `value`, lists into `arena`.
Result<Mention> decode_mention(std::uint64_t seq, std::string_view value, Arena& arena);

// The brand of an encoded mention without decoding the rest; empty when the bytes are damaged.
std::string_view brand_of(std::string_view value);

// A hash of everything that the source said about the post, without the operation and what changes
// though nobody edits: engagement, and how many followers and posts the author has.
std::uint64_t content_of(const PostView& post);

// The author's id, and ids and quotes that contain it, taken out of an answer to that author.
void forget_answered_author(PostView& post);

// What is quoted and by which id, the links that have the id, and the matches in what is quoted.
void forget_quote(Mention& mention, Arena& arena);

}  // namespace passaparola::store
