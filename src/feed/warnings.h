// Warnings: how every brand of the store stands, from the feed itself: what was stored in the last
// weeks is read first, then what comes. What there is to tell is kept as a record, so that it has
// its number after a restart too, and becomes news.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "feed/news.h"
#include "store/store.h"
#include "warning/warning.h"

namespace passaparola::feed {

// How a brand stands now.
struct BrandStanding {
  std::string brand;
  warning::Level level = warning::Level::none;
  Timestamp since;  // of a level above none
  warning::Picture picture;
};

class Warnings {
 public:
  Warnings(store::Store& store, News& news, const warning::Settings& settings)
      : store_(store), news_(news), settings_(settings) {}

  // Reads what is new and tells what there is to tell of every brand at `at`. The first look reads
  // weeks, and stops where it is when `is_stopping` says so. One thread at a time. Errors: io,
  // corrupt, no_space; the next look goes on.
  Result<void> look(Timestamp at, const std::atomic<bool>& is_stopping);

  // As of the last look, by brand. Any thread.
  std::vector<BrandStanding> standing() const;

 private:
  Result<void> begin(Timestamp at);
  Result<void> read(Timestamp at, const std::atomic<bool>& is_stopping);
  Result<void> observe(const Mention& mention, Timestamp at);
  Result<void> raise(const std::string& brand, const warning::Alert& alert);
  warning::BrandWatch& watch_of(std::string_view brand);

  store::Store& store_;
  News& news_;
  const warning::Settings settings_;
  std::map<std::string, warning::BrandWatch, std::less<>> watches_;
  bool has_begun_ = false;
  std::uint64_t place_ = 0;   // in the feed
  std::uint64_t number_ = 0;  // of the last alert
  mutable std::mutex mutex_;
  std::vector<BrandStanding> standing_;  // protected by mutex_
};

// One alert as it is kept, and where in the feed it was told.
struct KeptAlert {
  std::uint64_t number = 0;
  std::uint64_t place = 0;  // everything up to this seq had been read
  // Whoever was sent a mention with a later seq was sent this before; not under `place`.
  std::uint64_t told_by = 0;
  std::string brand;
  std::string json;  // an object; see docs/FEED_PROTOCOL.md
};

// Those with a larger number than `after`, in order, until `visit` returns false. Any thread.
Result<void> visit_alerts(const store::Store& store, std::uint64_t after,
                          const std::function<bool(KeptAlert&&)>& visit);
// The number of the newest; 0: there is none.
Result<std::uint64_t> last_alert(const store::Store& store);

// The members of a picture, as part of an object.
void write_picture(JsonWriter& writer, const warning::Picture& picture);

}  // namespace passaparola::feed
