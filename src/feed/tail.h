// Tail: the newest end of the feed, read from the store once, judged once by every different filter
// and encoded once, for all live readers together. Whoever is further behind than the tail reaches
// reads the store himself. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/limits.h"
#include "core/result.h"
#include "feed/feed.h"
#include "feed/watcher.h"
#include "store/store.h"

namespace passaparola::feed {

// Mentions of one filter with seq in (from, to], encoded. Immutable once shared.
struct Chunk {
  struct Piece {
    std::uint64_t seq = 0;
    std::size_t begin = 0;  // bytes of `json`: one mention
    std::size_t end = 0;
  };
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string json;  // the mentions with a comma between them
  std::vector<Piece> pieces;
  std::vector<std::uint64_t> too_large;  // seqs that do not fit in kMaxUnsentBytes
  std::chrono::steady_clock::time_point made;

  bool is_empty() const { return pieces.empty() && too_large.empty(); }
  std::uint64_t last() const;  // its newest mention; 0 when it is empty
};

// A chunk from its first piece that a reader has not had.
struct Slice {
  std::shared_ptr<const Chunk> chunk;
  std::size_t first = 0;
  std::size_t first_too_large = 0;

  std::string_view json() const;  // empty when no piece is left
};

// What a reader at `after` gets next. Moves on even when nothing matched.
struct Batch {
  std::vector<Slice> slices;
  std::uint64_t next_after = 0;
  std::size_t bytes = 0;
  std::size_t mentions = 0;

  void add(std::shared_ptr<const Chunk> chunk, std::uint64_t after);
};

// One filter with its part of the tail. Held by the subscriptions that use it.
struct View {
  std::string brand;
  Filter where;
  // Guarded by the tail's mutex.
  std::deque<std::shared_ptr<const Chunk>> chunks;  // in order, none empty
  std::uint64_t matches_from = 0;  // all its mentions behind this, up to reach_to, are in `chunks`
  std::uint64_t reach_to = 0;      // so far it was asked of every mention
  std::unordered_map<const Watcher*, std::weak_ptr<Watcher>> watchers;
  // Read from the store by somebody who is further behind, for others who are; in any order.
  std::deque<std::shared_ptr<const Chunk>> older;
  std::size_t bytes = 0;  // of all chunks
};

// What a live reader asks for, and may see.
struct Wanted {
  std::string brand;                // empty: every one
  std::string where;                // as it was asked
  std::vector<std::string> within;  // of these brands alone; empty: of all
};

class Tail {
 public:
  // How long a chunk may be served. What was withdrawn is forgotten at once (forget_all); this is
  // for the rest, such as mentions that were kept long enough.
  static constexpr std::chrono::milliseconds kFreshFor{10'000};

  // `most_bytes`: of encoded mentions; over it the oldest half goes.
  explicit Tail(const store::Store& store, std::size_t most_bytes = kMaxTailBytes,
                std::chrono::milliseconds fresh_for = kFreshFor);

  // The view of a filter, shared by all who ask for the same in the same words and may see the same
  // brands. `where` is what wanted.where says. One that reads histories is never offered what is
  // new, for all others would wait for it: its readers ask the store. Errors: overloaded.
  Result<std::shared_ptr<View>> join(const Wanted& wanted, Filter where);

  // Up to about kMaxFrameBytes behind `after`. nullopt: neither does the tail reach back so far nor
  // has somebody just read it, use read_store(). next_after == after: nothing new yet.
  std::optional<Batch> next(const View& view, std::uint64_t after) const;

  // The same from the store, unless somebody else has read it meanwhile; blocks. Others who are as
  // far behind are given it too: when a burst leaves the tail behind, all of a view are at one
  // place. Errors: io, corrupt.
  Result<Batch> read_store(View& view, std::uint64_t after);

  // Reads what was committed since and wakes who watches a view that it belongs to; blocks. Not
  // from two threads at once. Error: io, corrupt; the tail then begins behind what could not be
  // read, and all are woken.
  Result<void> refresh();

  void watch(View& view, const std::shared_ptr<Watcher>& watcher);
  void unwatch(View& view, const Watcher* watcher);

  // After mentions were withdrawn or rewritten: nothing that was read before is served again.
  void forget_all();

 private:
  std::vector<std::shared_ptr<View>> views_to_offer();
  // What was read in refresh(), of so many erasures.
  struct Span {
    std::uint64_t from = 0, to = 0;
    std::uint64_t erasures = 0;
  };
  void append(const std::vector<std::shared_ptr<View>>& views,
              std::vector<std::shared_ptr<Chunk>>& chunks, const Span& span);
  std::uint64_t erasures() const;
  void wake_all(const std::vector<std::shared_ptr<View>>& views);
  std::optional<Batch> next_locked(const View& view, std::uint64_t after) const;
  static void add_chunk(View& view, std::shared_ptr<const Chunk> chunk);
  static void drop_all(View& view);
  static void drop_oldest_chunk(View& view);
  static void add_watchers(View& view, std::vector<std::shared_ptr<Watcher>>& out);
  void keep(View& view, std::shared_ptr<const Chunk> chunk, std::uint64_t erasures);
  void prune();
  void make_room(std::size_t bytes);

  const store::Store& store_;
  const std::size_t most_bytes_;
  const std::chrono::milliseconds fresh_for_;
  mutable std::mutex mutex_;
  std::map<std::string, std::weak_ptr<View>> views_;
  std::uint64_t end_ = 0;       // everything up to here was offered to the views
  std::uint64_t erasures_ = 0;  // calls of forget_all()
};

}  // namespace passaparola::feed
