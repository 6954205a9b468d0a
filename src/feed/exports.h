// Export jobs: files of mentions, written in the background from the feed as it was when the job
// began. A file lies beside the store, for its owner alone, and is kept for a day; it does not
// outlive an erasure. A job that a restart cuts short goes on where it was.
//
// Threads: one of its own; every call from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "feed/caller.h"
#include "feed/feed.h"

namespace passaparola::feed {

struct ExportRequest {
  std::string brand, where;  // empty: all
  bool is_csv = false;
  std::uint64_t after = 0, until = 0;  // mentions with a seq in (after, until]
};

enum class ExportState : std::uint8_t { waiting, running, done, failed };
std::string_view name_of(ExportState state);  // published: do not rename

struct ExportJob {
  std::string id;
  ExportRequest request;
  std::string by;                   // who asked for it
  std::vector<std::string> brands;  // that they see; empty: all
  ExportState state = ExportState::waiting;
  std::string error;  // of one that failed, in words
  Timestamp created_at;
  std::optional<Timestamp> finished_at;
  std::uint64_t place = 0;  // written up to this seq
  std::uint64_t mentions = 0, bytes = 0;

  double progress() const;  // 0 to 1
  // A workspace sees what it asked for itself.
  bool is_for(const Caller& caller) const;
};

class Exports {
 public:
  // Takes up what a stop or a kill has left. `services` outlive it. Errors: io, corrupt.
  static Result<std::unique_ptr<Exports>> open(const Services& services, const std::string& folder);
  ~Exports();  // stop() if not stopped

  // Ends what is under way, which goes on after the next start.
  void stop();

  // Errors: overloaded (kMaxExports are kept), invalid_argument (where), no_space, io.
  Result<ExportJob> add(const ExportRequest& request, const Caller& caller);
  std::vector<ExportJob> list(const Caller& caller) const;  // oldest first
  std::optional<ExportJob> find(std::string_view id, const Caller& caller) const;
  std::string file_of(const ExportJob& job) const;
  // False: there is no such job. Errors: no_space, io.
  Result<bool> remove(std::string_view id, const Caller& caller);

  // Somebody was erased: files may hold them. On return none is there; a job that was done has
  // failed and says why, one under way begins anew. Errors: io.
  Result<void> forget_all();

 private:
  struct State;
  explicit Exports(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::feed
