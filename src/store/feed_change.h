// What a commit changes for those who read the feed, and why a history is less than it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace passaparola::store {

// Why a history is less than it was, from the least to the most that is to be said of it.
enum class Loss : std::uint8_t {
  none,           // it is not
  rescore,        // a mention comes to something else by other rules or lexicons
  hidden,         // who answered is hidden by their source
  source_edit,    // a post says something else now
  source_delete,  // a post or an author is gone from their source
  erasure,        // somebody asked to be forgotten
};
inline constexpr std::size_t kLossCount = 6;

// A mention that is not in the feed any more. One whose post was edited comes again, by the same id
// at a later seq, if it is still one.
struct Withdrawn {
  std::uint64_t seq = 0;
  std::string mention_id;
  std::string brand;
  Loss reason = Loss::none;
};

// What a commit changed for those who read the feed.
struct FeedChange {
  std::uint64_t last_seq = 0;  // of the newest mention
  std::vector<Withdrawn> withdrawn;
  // Mentions that stay may read otherwise, or be seen by other readers, than before it: somebody
  // was hidden or is shown again, or what was stored was scored again.
  bool rewrites = false;
};

}  // namespace passaparola::store
