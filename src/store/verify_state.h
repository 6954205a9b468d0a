// What the parts of a check share: one state of the database, names for its keys, and where
// differences go. Internal; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/mention.h"
#include "store/history_scan.h"
#include "store/keys.h"
#include "store/row_codec.h"
#include "store/state.h"
#include "store/verify.h"

namespace rocksdb {
struct ReadOptions;
class Snapshot;
}  // namespace rocksdb

namespace passaparola::store {

// What the feed says of one mention: where everything about it must be.
struct Expected {
  std::uint64_t seq = 0;
  std::optional<BrandNumber> brand;  // nullopt: the store has no number for its name
  KeyedHash post{}, author{};        // the author all zero: unknown
  Timestamp created_at;
  MentionId id{};
  AuthorCounters author_adds{};
  BucketCounters bucket_adds{};
  Label label = Label::neutral;
  ActSet acts;
  PostReferences references;  // as far as its text still says them

  RowKey row() const { return row_key({*brand, author, created_at, seq}); }
};

class VerifyState {
 public:
  VerifyState(const Store::State& state, const Database& database, const VisitDifference& visit);
  ~VerifyState();
  VerifyState(const VerifyState&) = delete;
  VerifyState& operator=(const VerifyState&) = delete;

  // Reads the names of brands. Errors: corrupt, io.
  Result<void> begin();

  Result<std::optional<std::string>> get(Family family, std::string_view key) const;
  // Every key of any family, in order. Leaves the block cache to get().
  std::unique_ptr<rocksdb::Iterator> scan(Family family) const;
  Result<AuthorState> author_state(const KeyedHash& author) const;
  HistoryScan histories() const;

  // nullopt: the value is damaged.
  std::optional<Expected> expected(std::uint64_t seq, std::string_view value);
  // The mention that the feed holds as `seq`; nullopt: there is none, or it is damaged.
  Result<std::optional<Expected>> in_feed(std::uint64_t seq);
  // Whether the feed may have no post any more for a mention that is counted: it was too old.
  bool may_be_gone(std::uint64_t seq) const { return seq <= retained_; }
  // Where the response that a mention is must be; nullopt: it is none.
  Result<std::optional<RowKey>> response_of(const Expected& mention, const PostEntry& post) const;

  const std::map<BrandNumber, std::string>& brands() const { return names_; }
  std::string brand_name(BrandNumber number) const;  // "brand moka_nera", "brand number 7"
  void differs(std::string_view family, std::string key, std::string stored, std::string recounted);

  Verified found;
  std::uint64_t rows = 0;  // of the mentions family

 private:
  const Store::State& state_;
  const Database& database_;
  const VisitDifference& visit_;
  const rocksdb::Snapshot* snapshot_;
  std::uint64_t retained_ = 0;  // up to which seq old posts were taken away, of any source
  std::map<BrandNumber, std::string> names_;
  std::map<std::string, BrandNumber, std::less<>> numbers_;
  Arena arena_{64 << 10};
};

// The parts, in the order in which they are called.
Result<void> verify_people(VerifyState& state);         // profiles, rows, buckets
Result<void> verify_author_brands(VerifyState& state);  // which brands authors have
Result<void> verify_feed(VerifyState& state);           // the feed, and whatever points into it
Result<void> verify_corrections(VerifyState& state);    // what people said of mentions
Result<void> verify_triage(VerifyState& state);         // what people did with mentions
Result<void> verify_ranks(VerifyState& state, const RankCheck& check);  // where people stand

inline constexpr std::string_view kNothing = "nothing";
inline constexpr std::string_view kDamaged = "damaged bytes";

}  // namespace passaparola::store
