// Threads: which mentions refer to which posts, and how. A key for each post that a mention
// answers, quotes or reposts, written and deleted with the mention (docs/STORE_FORMAT.md).
// Internal.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/post.h"
#include "store/keys.h"
#include "store/store.h"

namespace passaparola::store {

// How a mention refers to a post, all that hold.
inline constexpr std::uint8_t kAnswers = 1, kQuotes = 2, kReposts = 4;

using ThreadValue = std::array<char, 2>;
ThreadValue thread_value(std::uint8_t kinds);
std::optional<std::uint8_t> thread_kinds(std::string_view value);

// What `post` refers to, itself left out.
PostReferences references_of(const HashKey& key, const PostView& post);

// The post that an answer's acts depend on; of a post that answers none, the one that it quotes.
inline const KeyedHash& parent_of(const PostReferences& to) {
  return is_known(to.parent) ? to.parent : to.quoted;
}

// Calls take(post, kinds) once for each post that is referred to.
template <typename Take>
void each_reference(const PostReferences& to, Take take) {
  const auto kinds_of = [&to](const KeyedHash& post) {
    return static_cast<std::uint8_t>((to.parent == post ? kAnswers : 0) |
                                     (to.quoted == post ? kQuotes : 0) |
                                     (to.original == post ? kReposts : 0));
  };
  if (is_known(to.parent)) take(to.parent, kinds_of(to.parent));
  if (is_known(to.quoted) && to.quoted != to.parent) take(to.quoted, kinds_of(to.quoted));
  if (is_known(to.original) && to.original != to.parent && to.original != to.quoted) {
    take(to.original, kinds_of(to.original));
  }
}

}  // namespace passaparola::store
