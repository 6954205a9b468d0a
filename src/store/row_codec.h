// The stored forms of everything that is not a mention itself (docs/STORE_FORMAT.md). Versioned;
// decoding anything is safe: nullopt when the bytes are not what encoding makes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/facts.h"
#include "store/keys.h"
#include "store/store.h"

namespace passaparola::store {

// --- a row of the mentions family; created_at and seq are in its key ---
struct MentionRow {
  MentionFacts facts;
  std::int8_t nps = -1;
  KeyedHash post{};
  MentionId id{};
};
void encode_row(const MentionRow& row, std::string& out);
std::optional<MentionRow> decode_row(std::string_view value);

// --- a row of the responses family ---
void encode_response(const ResponseFacts& response, std::string& out);
std::optional<ResponseFacts> decode_response(std::string_view value);

// --- an entry of the ranks family ---
inline constexpr Timestamp kNeverDue{INT64_MAX};
std::string encode_rank(const Rank& rank);
std::optional<Rank> decode_rank(std::string_view value);

// --- what is told of a changed rank: the number is in its key, of the author only the key kept ---
std::string encode_revision(const Revision& revision);
std::optional<Revision> decode_revision(std::string_view value);

// --- what is known of a post ---
struct PostMention {
  BrandNumber brand = 0;
  std::uint64_t seq = 0;
};
struct PostEntry {
  bool tombstone = false;  // deleted: nothing else is kept, and a redelivery stays out
  bool erased = false;     // a tombstone because its author was deleted, or it repeated such a post
  std::uint64_t content = 0;
  KeyedHash author{};
  KeyedHash reply_author{};
  PostReferences references;  // of the mentions, to other posts
  Timestamp created_at;
  std::vector<PostMention> mentions;
};
void encode_post(const PostEntry& post, std::string& out);
std::optional<PostEntry> decode_post(std::string_view value);
// Tombstone flag and content hash alone, for the common case of a redelivery.
struct PostSummary {
  bool tombstone = false;
  bool erased = false;
  std::uint64_t content = 0;
};
std::optional<PostSummary> summary_of_post(std::string_view value);

// --- counters, as sums and as what is to be added ---
template <std::size_t N>
using Counters = std::array<std::int64_t, N>;
using BucketCounters = Counters<13>;             // in the order of Bucket
using AuthorCounters = Counters<5 + kActCount>;  // in the order of AuthorAggregate

AuthorCounters author_counters(const MentionFacts& facts);
BucketCounters bucket_counters(const MentionFacts& facts, std::int8_t nps);
AuthorAggregate to_aggregate(const AuthorCounters& counters, Timestamp first, Timestamp last);
Bucket to_bucket(Timestamp begin, const BucketCounters& counters);

template <std::size_t N>
void add(Counters<N>& sum, const Counters<N>& other, std::int64_t sign = 1) {
  for (std::size_t i = 0; i < N; ++i) {
    sum[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum[i]) +
                                       static_cast<std::uint64_t>(sign * other[i]));
  }
}

void encode_bucket(const BucketCounters& counters, std::string& out);
std::optional<BucketCounters> decode_bucket(std::string_view value);

// --- what is known of an author and brand: a sum, or what a commit adds to it ---
struct Profile {
  AuthorCounters counters{};
  // Instants of the first and last mention. A change that purged mentions knows them outright;
  // one that only added widens what was there.
  Timestamp first_seen, last_seen;
  bool exact_span = false;
  std::string_view record;  // encode_record(); empty: as before
};
void encode_profile(const Profile& profile, std::string& out);
std::optional<Profile> decode_profile(std::string_view value);  // record points into value
Profile merged(const Profile& earlier, const Profile& later);   // associative

std::string_view encode_record(const PostView& post, Arena& arena);
std::optional<AuthorRecord> decode_record(std::string_view value);

}  // namespace passaparola::store
