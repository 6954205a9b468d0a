#include "match/pattern_compiler.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "core/limits.h"
#include "match/compile_process.h"
#include "match/pattern_cache.h"

namespace passaparola::match {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using End = CompileOutcome::End;

constexpr std::uint32_t kMsOfOneMore = 5;          // what an ordinary pattern adds to a set's time
constexpr std::uint32_t kLeastMsAlone = 100;       // plenty for an ordinary one
constexpr std::uint32_t kLargestFirstMs = 12'000;  // of the time for a set, before screening

// Compiles one set in processes, one after the other. All at once first, for most sets are
// harmless. If that goes too far, each pattern is compiled alone, the cheapest first, and those
// that go too far are left out; and if the rest together still goes too far, its costlier half.
class Compilation {
 public:
  Compilation(const std::filesystem::path& program, std::vector<SoughtPattern> patterns)
      : program_(program), deadline_(Clock::now() + milliseconds(kMaxPatternSetCompileMs)) {
    task_.patterns = std::move(patterns);
  }

  Result<PatternDatabases> run() {
    for (std::size_t tries = 0; tries < kMaxPatternCompileTries; ++tries) {
      if (task_.patterns.empty() || left_ms() == 0) break;
      plan();
      const Clock::time_point begin = Clock::now();
      CompileOutcome outcome = run_compile_process(program_, task_, deadline_);
      if (screens()) {
        screened_ms_ += std::chrono::ceil<milliseconds>(Clock::now() - begin).count();
      }
      if (outcome.end == End::unreadable) {
        return fail(ErrorCode::io, "the rules' regular expressions cannot be compiled by " +
                                       program_.string() + ": " + outcome.reason);
      }
      if (outcome.end == End::done) {
        take(std::move(outcome.databases));
        return finish();
      }
      if (outcome.end == End::deadline) break;
      learn(outcome);
    }
    hurried_ |= !task_.patterns.empty();
    drop_from(0);
    return finish();
  }

  // Not when it was the clock that decided: on a quieter day more may be possible.
  bool is_worth_keeping() const { return !hurried_; }

 private:
  static constexpr std::uint32_t kNever = 0xFFFFFFFF;

  bool screens() const { return task_.screen_from < task_.patterns.size(); }

  std::uint32_t left_ms() const {
    const auto left = std::chrono::floor<milliseconds>(deadline_ - Clock::now()).count();
    return static_cast<std::uint32_t>(std::max<long>(left, 0));
  }

  void plan() {
    const auto count = static_cast<std::uint32_t>(task_.patterns.size());
    if (first_) {
      task_.set_ms = std::min<std::uint32_t>(kMaxPatternCompileMs + (count - 1) * kMsOfOneMore,
                                             kLargestFirstMs);
      task_.screen_from = kNever;
      return;
    }
    task_.set_ms = std::max<std::uint32_t>(left_ms() / 2, 1);
    const long left = std::max<long>(kMaxPatternScreeningMs - screened_ms_, 0);
    task_.screening_ms = static_cast<std::uint32_t>(left);
    // A quarter of what is left: the more bombs there were, the less the next one may take.
    task_.pattern_ms =
        std::clamp<std::uint32_t>(task_.screening_ms / 4, kLeastMsAlone, kMaxPatternCompileMs);
  }

  void learn(const CompileOutcome& outcome) {
    const Refusal why = outcome.out_of_time ? Refusal::too_slow : Refusal::too_large;
    const bool was_first = std::exchange(first_, false);
    const bool is_one = outcome.end == End::pattern || task_.patterns.size() == 1;
    if (is_one) {
      const std::uint32_t culprit = outcome.end == End::pattern ? outcome.culprit : 0;
      refused_.push_back({task_.patterns[culprit].id, why});
      task_.patterns.erase(task_.patterns.begin() + culprit);
      task_.screen_from = culprit;
    } else if (was_first) {
      task_.screen_from = 0;
    }
    leave_out(outcome.databases.refused);
    if (is_one || was_first) return;
    drop_from(task_.patterns.size() / 2);
    task_.screen_from = kNever;
  }

  // What a process refused before it died.
  void leave_out(const std::vector<RefusedPattern>& refused) {
    for (const RefusedPattern& one : refused) {
      const auto found = std::find_if(task_.patterns.begin(), task_.patterns.end(),
                                      [&](const SoughtPattern& p) { return p.id == one.id; });
      if (found == task_.patterns.end()) continue;
      if (found - task_.patterns.begin() < task_.screen_from) --task_.screen_from;
      task_.patterns.erase(found);
      refused_.push_back(one);
      hurried_ |= one.why == Refusal::no_time_left;
    }
  }

  void drop_from(std::size_t first) {
    for (std::size_t i = first; i < task_.patterns.size(); ++i) {
      refused_.push_back({task_.patterns[i].id, Refusal::no_time_left});
    }
    task_.patterns.resize(first);
  }

  void take(PatternDatabases databases) {
    for (const RefusedPattern& refused : databases.refused) {
      hurried_ |= refused.why == Refusal::no_time_left;
    }
    refused_.insert(refused_.end(), databases.refused.begin(), databases.refused.end());
    result_ = std::move(databases);
  }

  PatternDatabases finish() {
    const auto by_id = [](const RefusedPattern& a, const RefusedPattern& b) { return a.id < b.id; };
    std::sort(refused_.begin(), refused_.end(), by_id);
    result_.refused = std::move(refused_);
    return std::move(result_);
  }

  const std::filesystem::path& program_;
  const Clock::time_point deadline_;
  CompileTask task_;
  bool first_ = true;
  bool hurried_ = false;
  long screened_ms_ = 0;
  std::vector<RefusedPattern> refused_;
  PatternDatabases result_;
};

}  // namespace

Result<PatternDatabases> compile_patterns(const PatternCompiler& compiler,
                                          std::vector<SoughtPattern> patterns) {
  if (patterns.empty()) return PatternDatabases();
  std::sort(patterns.begin(), patterns.end(), [](const SoughtPattern& a, const SoughtPattern& b) {
    return std::tie(a.cost, a.id) < std::tie(b.cost, b.id);
  });
  const PatternCache cache(compiler.cache);
  const std::string key = key_of(patterns);
  if (const auto known = cache.find(key)) {
    Result<PatternDatabases> databases = decode(*known, patterns);
    if (databases) return databases;
  }
  if (compiler.program.empty()) {
    PatternDatabases databases;
    if (!compile_databases(patterns, databases)) {
      return fail(ErrorCode::io, "not enough memory for the rules' regular expressions");
    }
    cache.keep(key, encode(databases));
    return databases;
  }
  Compilation compilation(compiler.program, patterns);
  Result<PatternDatabases> databases = compilation.run();
  if (databases && compilation.is_worth_keeping()) cache.keep(key, encode(*databases));
  return databases;
}

}  // namespace passaparola::match
