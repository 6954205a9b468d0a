#include "store/keys.h"

#include <bit>

#include "core/check.h"

namespace passaparola::store {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

constexpr std::uint8_t kNoDigit = 16;

// The digits of ids are random: a table, because branches on them would be guessed wrongly.
constexpr auto kHexDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) digits[std::size_t{'0'} + i] = i;
  for (std::uint8_t i = 10; i < 16; ++i) digits[std::size_t{'a'} + i - 10] = i;
  return digits;
}();

template <typename T>
void put_big_endian(char* to, T value) {
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<T>(value >> 8)) {
    to[i] = static_cast<char>(value & 0xFF);
  }
}

std::uint64_t big_endian64(const char* from) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) {
    value = value << 8 | static_cast<unsigned char>(from[i]);
  }
  return value;
}

void put_instant(char* to, Timestamp instant) {
  put_big_endian(to, static_cast<std::uint64_t>(instant.milliseconds) ^ kSignBit);
}

Timestamp instant_at(const char* from) {
  return {static_cast<std::int64_t>(big_endian64(from) ^ kSignBit)};
}

}  // namespace

FeedKey feed_key(std::uint64_t seq) {
  FeedKey key;
  put_big_endian(key.data(), seq);
  return key;
}

AuthorKey author_key(BrandNumber brand, const KeyedHash& author) {
  AuthorKey key;
  put_big_endian(key.data(), brand);
  std::memcpy(key.data() + 4, author.data(), author.size());
  return key;
}

std::string rows_begin(std::string_view author_key) { return std::string(author_key) + '\0'; }

std::string rows_end(std::string_view author_key) {
  return std::string(author_key).append(sizeof(RowKey) - sizeof(AuthorKey), '\xFF');
}

RowKey row_key(const Row& row) {
  RowKey key;
  put_big_endian(key.data(), row.brand);
  std::memcpy(key.data() + 4, row.author.data(), row.author.size());
  put_instant(key.data() + 20, row.created_at);
  put_big_endian(key.data() + 28, row.seq);
  return key;
}

BucketKey bucket_key(BrandNumber brand, std::uint8_t size, Timestamp begin) {
  BucketKey key;
  put_big_endian(key.data(), brand);
  key[4] = static_cast<char>(size);
  put_instant(key.data() + 5, begin);
  return key;
}

ThreadKey thread_key(const KeyedHash& referred, std::uint64_t seq) {
  ThreadKey key;
  std::memcpy(key.data(), referred.data(), referred.size());
  put_big_endian(key.data() + referred.size(), seq);
  return key;
}

AuthorBrandKey author_brand_key(const KeyedHash& author, BrandNumber brand) {
  AuthorBrandKey key;
  std::memcpy(key.data(), author.data(), author.size());
  put_big_endian(key.data() + author.size(), brand);
  return key;
}

AuthorBrandKey author_brand_key(const AuthorKey& author) {
  AuthorBrandKey key;
  std::memcpy(key.data(), author.data() + 4, sizeof(KeyedHash));
  std::memcpy(key.data() + sizeof(KeyedHash), author.data(), 4);
  return key;
}

std::uint64_t seq_of(std::string_view feed_key) {
  return feed_key.size() == sizeof(FeedKey) ? big_endian64(feed_key.data()) : 0;
}

std::optional<Row> parse_row_key(std::string_view key) {
  if (key.size() != sizeof(RowKey)) return std::nullopt;
  Row row;
  for (std::size_t i = 0; i < 4; ++i) {
    row.brand = row.brand << 8 | static_cast<unsigned char>(key[i]);
  }
  row.author = keyed_hash_at(key, 4);
  row.created_at = instant_at(key.data() + 20);
  row.seq = big_endian64(key.data() + 28);
  return row;
}

std::optional<Timestamp> bucket_begin(std::string_view key) {
  if (key.size() != sizeof(BucketKey)) return std::nullopt;
  return instant_at(key.data() + 5);
}

std::optional<std::uint64_t> thread_seq(std::string_view key) {
  if (key.size() != sizeof(ThreadKey)) return std::nullopt;
  return big_endian64(key.data() + sizeof(KeyedHash));
}

std::optional<BrandNumber> brand_of_author(std::string_view key) {
  if (key.size() != sizeof(AuthorBrandKey)) return std::nullopt;
  BrandNumber brand = 0;
  for (const char byte : key.substr(sizeof(KeyedHash))) {
    brand = brand << 8 | static_cast<unsigned char>(byte);
  }
  return brand;
}

KeyedHash keyed_hash_at(std::string_view key, std::size_t offset) {
  KeyedHash hash{};
  CHECK(key.size() >= offset + hash.size(), "a key is shorter than its form");
  std::memcpy(hash.data(), key.data() + offset, hash.size());
  return hash;
}

std::optional<MentionId> parse_mention_id(std::string_view hex) {
  MentionId id{};
  if (hex.size() != 2 * id.size()) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); ++i) {
    const std::uint8_t digit = kHexDigits[static_cast<unsigned char>(hex[i])];
    if (digit == kNoDigit) return std::nullopt;
    id[i / 2] = static_cast<char>(static_cast<unsigned char>(id[i / 2]) << 4 | digit);
  }
  return id;
}

namespace {

template <typename T>
void append_big_endian(std::string& to, T value) {
  to.resize(to.size() + sizeof value);
  put_big_endian(to.data() + to.size() - sizeof value, value);
}

}  // namespace

std::string rank_prefix(RankKind kind, BrandNumber brand) {
  std::string key(1, static_cast<char>(kind));
  append_big_endian(key, brand);
  return key;
}

std::string rank_entry_key(BrandNumber brand, const KeyedHash& author) {
  return rank_prefix(RankKind::entry, brand).append(author.data(), author.size());
}

std::string rank_place_key(BrandNumber brand, std::uint8_t list, double value,
                           const KeyedHash& author) {
  std::string key = rank_prefix(RankKind::place, brand);
  key += static_cast<char>(list);
  append_big_endian(key, ~std::bit_cast<std::uint64_t>(value));
  return key.append(author.data(), author.size());
}

std::string rank_due_key(BrandNumber brand, Timestamp due, const KeyedHash& author) {
  std::string key = rank_prefix(RankKind::due, brand);
  key.resize(key.size() + sizeof due.milliseconds);
  put_instant(key.data() + kRankPrefixBytes, due);
  return key.append(author.data(), author.size());
}

std::string rank_mark_key(std::string_view author_key, std::uint64_t stamp) {
  std::string key(1, static_cast<char>(RankKind::mark));
  key += author_key;
  append_big_endian(key, stamp);
  return key;
}

std::string revision_key(BrandNumber brand, std::uint64_t number) {
  std::string key = rank_prefix(RankKind::revision, brand);
  append_big_endian(key, number);
  return key;
}

std::string revised_by_prefix(const KeyedHash& author) {
  return std::string(1, static_cast<char>(RankKind::revised_by))
      .append(author.data(), author.size());
}

std::string revised_by_key(const KeyedHash& author, std::string_view revision_key) {
  return revised_by_prefix(author).append(revision_key.substr(1));
}

std::optional<Timestamp> rank_due_of(std::string_view key) {
  if (key.size() != kRankPrefixBytes + 8 + sizeof(KeyedHash)) return std::nullopt;
  return instant_at(key.data() + kRankPrefixBytes);
}

std::optional<std::uint64_t> revision_number(std::string_view key) {
  if (key.size() != kRankPrefixBytes + sizeof(std::uint64_t)) return std::nullopt;
  return big_endian64(key.data() + kRankPrefixBytes);
}

std::string revision_of(std::string_view key) {
  constexpr std::size_t kAuthorEnd = 1 + sizeof(KeyedHash);
  if (key.size() != kAuthorEnd + sizeof(BrandNumber) + sizeof(std::uint64_t)) return {};
  return std::string(1, static_cast<char>(RankKind::revision)).append(key.substr(kAuthorEnd));
}

}  // namespace passaparola::store
