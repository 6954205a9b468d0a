// The process that compiles: bounds itself first, then takes the task.
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <ctime>

#include "core/limits.h"
#include "match/compile_messages.h"
#include "match/descriptor.h"
#include "match/match.h"
#include "match/sealed.h"

namespace passaparola::match {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PASSAPAROLA_BIG_ADDRESS_SPACE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PASSAPAROLA_BIG_ADDRESS_SPACE 1
#endif
#endif
#ifdef PASSAPAROLA_BIG_ADDRESS_SPACE
constexpr bool kBoundsAddressSpace = false;  // a sanitizer's shadow memory takes terabytes of it
#else
constexpr bool kBoundsAddressSpace = true;
#endif

constexpr std::size_t kMaxTaskBytes = kMaxRuleFileBytes;
constexpr int kExitBadTask = 3;

// Whoever started this process may have set less already.
bool limit(decltype(RLIMIT_CPU) what, rlim_t most) {
  rlimit both{};
  if (::getrlimit(what, &both) != 0) return false;
  both.rlim_max = std::min(both.rlim_max, most);
  both.rlim_cur = std::min(both.rlim_cur, both.rlim_max);
  return ::setrlimit(what, &both) == 0;
}

bool limit_process() {
  constexpr rlim_t kSeconds = kMaxPatternSetCompileMs / 1'000 + 1;
  return limit(RLIMIT_CORE, 0) && limit(RLIMIT_CPU, kSeconds) && limit(RLIMIT_FSIZE, 0) &&
         (!kBoundsAddressSpace || limit(RLIMIT_AS, kMaxPatternCompileBytes));
}

// SIGPROF, whose default is death, comes after so much more processor time. 0: never.
void die_after(std::uint32_t milliseconds) {
  itimerval timer{};
  timer.it_value.tv_sec = milliseconds / 1'000;
  timer.it_value.tv_usec = static_cast<suseconds_t>(milliseconds % 1'000) * 1'000;
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

std::uint64_t used_milliseconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000 +
         static_cast<std::uint64_t>(used.tv_nsec) / 1'000'000;
}

// Looks at the patterns one by one and says what it does.
class Screening {
 public:
  Screening(const CompileTask& task, int out, PatternDatabases& result)
      : task_(task), out_(out), result_(result) {}

  // Those that Hyperscan takes, each alone, in time; the others are in the result's `refused`.
  // False when nobody listens.
  bool run(std::vector<SoughtPattern>& taken) {
    const std::uint64_t last = used_milliseconds() + task_.screening_ms;
    for (std::uint32_t i = 0; i < task_.patterns.size(); ++i) {
      const SoughtPattern& pattern = task_.patterns[i];
      if (i < task_.screen_from) {
        taken.push_back(pattern);
      } else if (used_milliseconds() >= last) {
        if (!refuse(i, Refusal::no_time_left)) return false;
      } else {
        if (!say(kTryingPattern, i)) return false;
        die_after(task_.pattern_ms);
        const Trial trial = try_pattern(pattern);
        die_after(0);
        const bool unknown = trial == Trial::refused;
        if (trial == Trial::good) {
          taken.push_back(pattern);
        } else if (!refuse(i, unknown ? Refusal::unknown_to_it : Refusal::too_large)) {
          return false;
        }
      }
    }
    return true;
  }

 private:
  bool say(char what, std::uint32_t place) {
    std::string message(1, what);
    put_u32(message, place);
    return write_all(out_, message);
  }

  bool refuse(std::uint32_t place, Refusal why) {
    result_.refused.push_back({task_.patterns[place].id, why});
    std::string reason;
    put_u32(reason, static_cast<std::uint32_t>(why));
    return say(kRefusingPattern, place) && write_all(out_, reason);
  }

  const CompileTask& task_;
  int out_;
  PatternDatabases& result_;
};

}  // namespace

int serve_compile_request(int in, int out) {
  std::string sealed;
  if (!limit_process() || !read_all(in, kMaxTaskBytes, sealed)) return kExitBadTask;
  ::signal(SIGPROF, SIG_DFL);
  const Result<CompileTask> task = decode_task(sealed);
  if (!task) return kExitBadTask;
  std::vector<SoughtPattern> patterns;
  PatternDatabases result;
  if (!Screening(*task, out, result).run(patterns)) return kExitBadTask;
  if (!write_all(out, {&kCompilingSet, 1})) return kExitBadTask;
  die_after(task->set_ms);
  if (!compile_databases(patterns, result)) {
    write_all(out, {&kOutOfMemory, 1});
    return kExitBadTask;
  }
  std::string answer(1, kAnswer);
  answer += seal(key_of(task->patterns), encode(result));
  return write_all(out, answer) ? 0 : kExitBadTask;
}

}  // namespace passaparola::match
