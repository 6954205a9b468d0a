// Compiling in a process of its own: what a hostile expression can burn there is that process's
// time and memory, and then it is gone. Both ends of the pipe are here: run_compile_process()
// starts a program that calls serve_compile_request().
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "match/hyperscan_database.h"

namespace passaparola::match {

struct CompileTask {
  std::vector<SoughtPattern> patterns;  // at most kMaxRules
  // Patterns from this place on are first compiled each alone, to find those that go too far.
  std::uint32_t screen_from = 0xFFFFFFFF;
  std::uint32_t pattern_ms = 0;    // of processor time, for each alone
  std::uint32_t screening_ms = 0;  // of processor time, for all of these; then the rest is refused
  std::uint32_t set_ms = 0;        // of processor time, for all together
};

struct CompileOutcome {
  enum class End : std::uint8_t {
    done,        // `databases` is what came back
    pattern,     // it died of patterns[culprit]
    set,         // it died of all together
    deadline,    // it was killed at the deadline
    unreadable,  // it ended otherwise: it could not start, or answered nonsense
  };
  End end = End::unreadable;
  PatternDatabases databases;
  std::uint32_t culprit = 0;
  bool out_of_time = false;  // it died of its time, not of its memory
  std::string reason;        // why it is unreadable, for a person
};

// Starts `program` with kCompileCommand, gives it the task and waits for the answer until
// `deadline`, at which it is killed. It inherits nothing but the environment and its three
// descriptors. Thread-safe.
CompileOutcome run_compile_process(const std::filesystem::path& program, const CompileTask& task,
                                   std::chrono::steady_clock::time_point deadline);

}  // namespace passaparola::match
