// What the two ends of a compile process say to each other.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "match/compile_process.h"

namespace passaparola::match {

// Before each step the process says which, so that its death is explained: one byte, and behind
// kTryingPattern the pattern's place as 4 bytes. kRefusingPattern, its place and the Refusal, 4
// bytes each, says what it leaves out of the set. Behind kAnswer comes the sealed answer.
inline constexpr char kTryingPattern = 'P';
inline constexpr char kRefusingPattern = 'X';
inline constexpr char kCompilingSet = 'S';
inline constexpr char kOutOfMemory = 'M';  // the step did not find the memory that it needed
inline constexpr char kAnswer = 'R';

std::string encode_task(const CompileTask& task);
Result<CompileTask> decode_task(std::string_view sealed);  // corrupt

// What a process said until it ended, or was killed: done, pattern, set or unreadable.
CompileOutcome read_messages(std::string_view said, const CompileTask& task);

}  // namespace passaparola::match
