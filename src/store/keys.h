// Keys (docs/STORE_FORMAT.md, "Keys"). All of fixed size; numbers big-endian and instants with the
// sign bit turned, so that bytes sort as the values do. A brand is its number in this store.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/hash.h"
#include "core/time.h"

namespace passaparola::store {

using BrandNumber = std::uint32_t;
using MentionId = std::array<char, 16>;

template <std::size_t N>
using Key = std::array<char, N>;

template <std::size_t N>
std::string_view view(const std::array<char, N>& key) {
  return {key.data(), N};
}

using FeedKey = Key<8>;              // seq
using AuthorKey = Key<4 + 16>;       // brand, author
using RowKey = Key<4 + 16 + 16>;     // brand, author, created_at, seq: mentions and responses
using BucketKey = Key<4 + 1 + 8>;    // brand, size, begin
using ThreadKey = Key<16 + 8>;       // referred post, seq
using AuthorBrandKey = Key<16 + 4>;  // author, brand

struct Row {
  BrandNumber brand = 0;
  KeyedHash author{};
  Timestamp created_at;
  std::uint64_t seq = 0;
};

FeedKey feed_key(std::uint64_t seq);
AuthorKey author_key(BrandNumber brand, const KeyedHash& author);
RowKey row_key(const Row& row);
// What sorts behind an author's profile and before their rows, and what sorts behind those.
std::string rows_begin(std::string_view author_key);
std::string rows_end(std::string_view author_key);
BucketKey bucket_key(BrandNumber brand, std::uint8_t size, Timestamp begin);
ThreadKey thread_key(const KeyedHash& referred, std::uint64_t seq);
AuthorBrandKey author_brand_key(const KeyedHash& author, BrandNumber brand);
AuthorBrandKey author_brand_key(const AuthorKey& author);

// Keys of the ranks family: a kind, a brand, and what that kind needs.
enum class RankKind : char {
  entry = 'e',       // author -> Rank
  place = 'p',       // list 1, value 8 falling, author
  due = 'd',         // instant, author
  mark = 'm',        // author, stamp 8: their history changed -> Loss, or nothing
  revision = 'r',    // number 8 -> Revision
  revised_by = 'a',  // (author before the brand) number 8: whose revision that is
};
std::string rank_prefix(RankKind kind, BrandNumber brand);
std::string rank_entry_key(BrandNumber brand, const KeyedHash& author);
// `value` is not negative.
std::string rank_place_key(BrandNumber brand, std::uint8_t list, double value,
                           const KeyedHash& author);
std::string rank_due_key(BrandNumber brand, Timestamp due, const KeyedHash& author);
std::string rank_mark_key(std::string_view author_key, std::uint64_t stamp);
std::string revision_key(BrandNumber brand, std::uint64_t number);
std::string revised_by_prefix(const KeyedHash& author);
std::string revised_by_key(const KeyedHash& author, std::string_view revision_key);
inline constexpr std::size_t kRankPrefixBytes = 1 + 4;

// nullopt or zero for bytes that are no such key.
std::uint64_t seq_of(std::string_view feed_key);
std::optional<Row> parse_row_key(std::string_view key);
std::optional<Timestamp> bucket_begin(std::string_view key);
std::optional<std::uint64_t> thread_seq(std::string_view key);
std::optional<BrandNumber> brand_of_author(std::string_view key);
std::optional<Timestamp> rank_due_of(std::string_view key);
std::optional<std::uint64_t> revision_number(std::string_view key);
// The key of the revision that a key of revised_by names; empty: it is no such key.
std::string revision_of(std::string_view key);

// The first 16 of a key's bytes behind the brand: the author.
KeyedHash keyed_hash_at(std::string_view key, std::size_t offset);

std::optional<MentionId> parse_mention_id(std::string_view hex);

inline bool is_known(const KeyedHash& author) { return author != KeyedHash{}; }

// All that is kept of whom an answer comes from.
inline std::uint64_t first_bytes(const KeyedHash& author) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, author.data(), sizeof bytes);
  return bytes;
}

struct KeyedHashHash {
  std::size_t operator()(const KeyedHash& hash) const {
    std::size_t first = 0;
    std::memcpy(&first, hash.data(), sizeof first);  // keyed, so already as good as random
    return first;
  }
};

}  // namespace passaparola::store
