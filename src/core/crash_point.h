// Crash points: places where a kill has to be harmless, named, so that tests can die at exactly
// these and prove it. In the program that users run, too: what is tested is what is shipped.
#pragma once

#include <array>
#include <string_view>

namespace passaparola {

inline constexpr std::array<std::string_view, 7> kCrashPoints{
    "commit.planned",    // the WriteBatch is worked out, nothing is written
    "commit.written",    // it is durable, nobody has been told
    "migrate.written",   // a part of an older store is brought to this format
    "migrate.finished",  // all of it is, and FORMAT does not say so yet
    "erase.marked",      // people are purged, their bytes are still in the files
    "erase.compacted",   // the files are written anew, the MANIFEST is not
    "erase.reopened",    // nothing is left, and the store does not know so yet
};

// Kills the process (SIGKILL) at its Nth passage when the environment variable PASSAPAROLA_CRASH_AT
// was "name:N" at the start; otherwise costs a look at one variable. `name` is one of kCrashPoints.
void crash_point(std::string_view name);

}  // namespace passaparola
