// connect: the real feeds, for months. One supervised connector for each configured source: it
// reads a stream or polls, hands over what came, whole records of a wire format, and goes on behind
// what is durable. What this module does not know: posts, rules, storage; records go out and
// cursors and gaps come and go through functions.
//
// Threads: one of its own, on which all sources are read. Failures: a source that cannot be read is
// tried again for ever, and says why; it never stops the process.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connect/failure.h"
#include "core/result.h"
#include "core/source_gap.h"
#include "core/time.h"
#include "ingest/ingest.h"

namespace passaparola::connect {

// One [[source]] of the configuration.
struct SourceConfig {
  std::string name;                     // in cursors, /sources and metrics
  std::string type;                     // one of source_types()
  std::string token;                    // the secret, already read
  std::string proxy;                    // http://HOST:PORT; empty: none
  std::string ca_file;                  // further authorities to trust
  bool allow_private = false;           // addresses that are not of the public internet
  std::uint64_t silence_seconds = 0;    // without a record: it is taken for dead; 0: the type's own
  std::uint64_t requests_per_hour = 0;  // that it may make; 0: the type's own
  // What only this type has, by name; each a list, of one when it was given as one.
  std::map<std::string, std::vector<std::string>, std::less<>> settings;
};

// What came, in order: whole records, which are not given to anybody until these are durable.
struct Delivery {
  ingest::Format format = ingest::Format::native;
  std::string bytes;
  std::string cursor;  // of the source, once these are stored; empty: as before
};

struct Delivered {
  std::uint64_t records = 0, posts = 0, duplicates = 0, mentions = 0, rejected = 0;
  std::optional<Timestamp> oldest, newest;  // of the posts
};

// What a platform that only sends what it is asked for is asked for.
struct Wanted {
  std::string name;                  // of a brand
  std::vector<std::string> phrases;  // a post with none of them is of no use
  bool operator==(const Wanted&) const = default;
};

// Posts that are stored.
struct StoredPosts {
  std::vector<std::string> ids;  // each once
  std::uint64_t next_after = 0;  // give it as `after` to go on
  bool is_end = false;           // there were no more by now
};

// What the rest of the program gives the connectors. Each calls `done` once, from any thread.
struct Services {
  // Durable on done. Errors are tried again: overloaded, no_space, io.
  std::function<void(const std::string& source, Delivery delivery,
                     std::function<void(Result<Delivered>)> done)>
      deliver;
  // Keeps a gap of a source; durable on done, with its number.
  std::function<void(SourceGap gap, std::function<void(Result<SourceGap>)> done)> note_gap;
  std::function<std::optional<std::string>(const std::string& source)> cursor;
  // At most `limit` posts of the feed that have this source, behind the place `after` (0: from the
  // first); may be none and not be the end. Empty: nothing is ever asked for again.
  std::function<void(const std::string& source_of_posts, std::uint64_t after, std::size_t limit,
                     std::function<void(Result<StoredPosts>)> done)>
      stored_posts;
  // What is wanted right now; may be empty. Any thread.
  std::function<std::vector<Wanted>()> wanted;
  // Is told in words of every trouble, for a log; may be empty.
  std::function<void(const std::string& source, const std::string& trouble)> say;
};

enum class SourceState : std::uint8_t { starting, connecting, reading, waiting, stopped };
inline constexpr std::size_t kSourceStateCount = 5;
std::string_view name_of(SourceState state);

struct SourceStatus {
  std::string name, type;
  SourceState state = SourceState::starting;
  Timestamp since;         // in this state
  std::string place;       // where it reads, or read last; no secrets
  std::string last_error;  // empty: none yet
  std::optional<Trouble> last_trouble;
  std::optional<Timestamp> last_error_at;
  std::optional<Timestamp> next_try_at;     // while it waits
  std::optional<Timestamp> last_record_at;  // when the newest record came
  std::optional<Timestamp> last_event_at;   // when that event happened, as the platform says
  std::optional<Timestamp> cursor_at;       // when the cursor was stored
  std::string cursor;
  std::uint64_t connections = 0;
  std::uint64_t records = 0, posts = 0, duplicates = 0, mentions = 0, rejected = 0, bytes = 0;
  double records_per_second = 0;                        // over the last minute or so
  std::uint64_t gaps = 0;                               // noted since the start
  std::array<std::uint64_t, kTroubleCount> troubles{};  // by kind, since the start
};

// The types that there are, and whether the settings of `config` are ones that its type has.
std::vector<std::string_view> source_types();
Result<void> check_source(const SourceConfig& config);  // Errors: invalid_argument

class Sources {
 public:
  // Reads every source until stop(). `time_scale`: waits are so much longer; tests want them
  // shorter. Errors: those of check_source(), invalid_file (ca_file).
  static Result<std::unique_ptr<Sources>> start(const std::vector<SourceConfig>& configs,
                                                Services services, double time_scale = 1);
  ~Sources();  // stop() if not stopped

  // Ends every connection and waits until nothing is on its way any more.
  void stop();

  std::vector<SourceStatus> status() const;  // any thread, in the order of the configuration

 private:
  struct State;
  explicit Sources(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::connect
