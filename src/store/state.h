// What an open store holds in memory. Internal.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/bursts.h"
#include "store/copies.h"
#include "store/database.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/witness.h"

namespace passaparola::store {

// Lets many use the database while one may close and reopen it. A thread that already reads may
// read again (a visitor that asks the store), so waiting to close never waits for itself.
class Gate {
 public:
  // A right to use the database; database() is null while the store could not be reopened.
  class Lease {
   public:
    explicit Lease(const Gate& gate);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    const Database* database() const { return gate_.database_.get(); }
    const Error& error() const { return gate_.error_; }

   private:
    const Gate& gate_;
    const Gate* outer_;
  };

  // Waits until nobody uses the database, closes it, and puts what `open` gives in its place.
  // Not while holding a lease.
  Result<void> replace(const std::function<Result<std::unique_ptr<Database>>()>& open);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::size_t readers_ = 0;
  bool closing_ = false;
  std::unique_ptr<Database> database_;
  Error error_ = fail(ErrorCode::io, "the store is not open");
};

enum class AuthorState : char { present = 0, hidden = 1, deleted = 2 };

// Which authors may be hidden or deleted: a Bloom filter in memory over the author_states family,
// so that the common answer, neither, costs no read. Bits are only added. Any thread.
class AuthorFilter {
 public:
  void add(const KeyedHash& author);
  bool maybe(const KeyedHash& author) const;
  bool empty() const { return empty_.load(std::memory_order_acquire); }

 private:
  static constexpr std::size_t kWords = 1 << 16;  // 512 KiB
  std::atomic<bool> empty_{true};
  std::unique_ptr<std::atomic<std::uint64_t>[]> words_ =
      std::make_unique<std::atomic<std::uint64_t>[]>(kWords);
};

// Who is hidden, by the first 8 bytes of their keyed hash, which is all that an answer knows of
// whom it comes from. Few: people hide others by hand. Any thread.
class HiddenPeople {
 public:
  void add(const KeyedHash& author);
  void remove(const KeyedHash& author);
  void clear();
  bool contains(std::uint64_t first_bytes) const;

 private:
  mutable std::shared_mutex mutex_;
  std::atomic<bool> empty_{true};
  std::set<std::uint64_t> people_;
};

// The numbers of brands in keys. Any thread.
class BrandRegistry {
 public:
  std::optional<BrandNumber> find(std::string_view brand) const;
  std::string name(BrandNumber number) const;  // empty: no brand has it
  void add(std::string_view brand, BrandNumber number);
  std::map<std::string, BrandNumber, std::less<>> all() const;
  BrandNumber next() const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, BrandNumber, std::less<>> numbers_;
  std::map<BrandNumber, std::string> names_;
};

// Brands whose people have been ranked, so that a commit notes whose history it changed. Any
// thread.
class RankedBrands {
 public:
  bool contains(BrandNumber brand) const;
  void add(BrandNumber brand);

 private:
  mutable std::shared_mutex mutex_;
  std::set<BrandNumber> brands_;
};

// Remembers which author records were written lately, so that an unchanged one is not written with
// every mention. Forgetting is always allowed. The writer's.
class RecordCache {
 public:
  // Whether `record` must be written; remembers it as written.
  bool changed(const AuthorKey& author, std::string_view record);
  void forget(const AuthorKey& author);
  void clear();

 private:
  static constexpr std::size_t kSlots = 1 << 16;
  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(kSlots);
};

struct Store::State {
  std::filesystem::path path;
  StoreOptions options;
  HashKey key{};
  std::uint32_t id = 0;
  std::atomic<std::uint64_t> last_seq{0};
  Gate gate;
  BrandRegistry brands;
  AuthorFilter barred;  // hidden or deleted
  AuthorFilter hidden;
  HiddenPeople hidden_people;
  RecordCache records;
  CopyWindow copies;                         // the writer's
  BurstWindow bursts;                        // filled and cleared with it
  Witness witness;                           // the writer's
  std::atomic<bool> has_corrections{false};  // false: there is none, and nobody need look
  std::atomic<bool> has_triage{false};       // the same
  std::mutex writing;  // held from working out what to write until it is written
  RankedBrands ranked;
  std::atomic<std::uint64_t> erasures{0};  // grows before each
  std::mutex ranking;                      // held by who brings ranks up to date
  std::mutex listeners_mutex;
  std::vector<std::function<void(const FeedChange&)>> listeners;

  // Opens the database and reads what is kept in memory.
  Result<std::unique_ptr<Database>> open_database();
  // Closes and opens again; the Error of the opening stays until one succeeds.
  Result<void> reopen();
  Result<AuthorState> author_state(const Database& database, const KeyedHash& author) const;
  // Whether readers must not see mentions of `author`.
  Result<bool> is_hidden(const Database& database, const KeyedHash& author) const;
  Result<bool> is_hidden(const Database& database, const PostView& post) const;

 private:
  Result<void> load(Database& database);
  Result<void> make(Database& database);
};

// Keys of the meta family.
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kStoreIdKey = "store_id";
inline constexpr std::string_view kHashKeyKey = "hash_key";
inline constexpr std::string_view kLastSeqKey = "last_seq";
inline constexpr std::string_view kBrandPrefix = "brand/";    // + name -> number
inline constexpr std::string_view kGapPrefix = "gap/";        // + source, 0, number -> gap
inline constexpr std::string_view kCursorPrefix = "cursor/";  // + source -> cursor
// + source, empty: all others -> up to which seq old posts were taken away
inline constexpr std::string_view kRetainedPrefix = "retained/";
inline constexpr std::string_view kErasingPrefix = "erasing/";  // + author -> proof, files to do
inline constexpr std::string_view kErasedPrefix = "erased/";    // + author -> proof, finished
inline constexpr std::string_view kRankedPrefix = "ranked/";    // + brand -> what ranks go by

}  // namespace passaparola::store
