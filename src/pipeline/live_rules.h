// LiveRules: the rules of a server that runs. Compiles new ones beside the feed, on a thread that
// gives way to the workers; a set that is good is written to disk, given to the workers, and
// answered for when all that the earlier one judged is committed. That is done by a thread that
// gives way to nobody, for others may wait for what it holds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "match/match.h"
#include "pipeline/intake.h"
#include "pipeline/patient_thread.h"
#include "pipeline/rule_folder.h"
#include "sentiment/sentiment.h"

namespace passaparola::pipeline {

struct RuleVerdict {
  std::vector<match::Diagnostic> diagnostics;  // errors among them: nothing was changed
  bool is_stale = false;    // the set in force is not the one that was asked for; nothing changed
  RuleSet set;              // what was compiled; no rules if there are errors
  std::uint64_t after = 0;  // activate, reload: mentions with a larger seq were judged by `set`
  std::string mentions;     // check: a JSON array of what the sample's posts mention
  std::vector<ingest::Reject> rejected;  // check: lines of the sample that are no posts
};

class LiveRules {
 public:
  using Done = std::function<void(Result<RuleVerdict>)>;

  // `path` is where `first` was loaded from; `intake` works by `first` and outlives this.
  // `compiler` is for the sets to come.
  LiveRules(std::filesystem::path path, RuleSet first,
            std::shared_ptr<const sentiment::Scorer> scorer, Intake& intake,
            match::PatternCompiler compiler = {});
  ~LiveRules();  // works off what is waiting, then ends the thread

  std::shared_ptr<const RuleSet> current() const;  // any thread; never waits for a compilation

  // What compiling has taken of a processor so far. Any thread.
  std::chrono::nanoseconds processor_time() { return patient_.processor_time(); }

  // Each returns at once; `done` is called once, on the rules' thread, or on the caller's with the
  // Error overloaded when kMaxWaitingRuleRequests are waiting. Errors: invalid_argument (names of
  // files), io, no_space (the disk; the old rules stay).

  // Puts a whole set into force and on disk. `only_over` (empty: any) is the hash of the set that
  // must be in force.
  void activate(std::vector<match::RuleFile> files, std::string only_over, Done done);
  // The same with what is on disk now.
  void reload(Done done);
  // Only says what activate() would; with the posts of `sample` (native, one a line) judged.
  void check(std::vector<match::RuleFile> files, std::string sample, Done done);

 private:
  void enqueue(std::function<Result<RuleVerdict>()> work, Done done);
  void loop();
  Result<RuleVerdict> patiently(std::function<Result<RuleVerdict>()> work);
  Result<RuleVerdict> compiled(std::vector<match::RuleFile> files) const;
  Result<RuleVerdict> activated(std::vector<match::RuleFile> files, std::string_view only_over);
  Result<RuleVerdict> reloaded();
  Result<RuleVerdict> loaded() const;
  Result<RuleVerdict> checked(std::vector<match::RuleFile> files, std::string sample);
  void put_into_force(RuleVerdict& verdict);

  const std::filesystem::path path_;
  const std::shared_ptr<const sentiment::Scorer> scorer_;
  Intake& intake_;
  const match::PatternCompiler compiler_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const RuleSet> current_;     // protected by mutex_
  std::deque<std::function<void()>> waiting_;  // protected by mutex_
  bool stopping_ = false;                      // protected by mutex_
  PatientThread patient_;                      // compiles and destroys sets
  std::thread thread_;                         // writes them to disk and swaps them
};

}  // namespace passaparola::pipeline
