// Crash points: places where a kill has to be harmless, named, so that tests can die at exactly
// these and prove it. In the program that users run, too: what is tested is what is shipped.
#pragma once

#include <array>
#include <string_view>

namespace passaparola {

inline constexpr auto kCrashPoints = std::to_array<std::string_view>({
    "commit.planned",       // the WriteBatch is worked out, nothing is written
    "commit.written",       // it is durable, nobody has been told
    "migrate.written",      // a part of an older store is brought to this format
    "migrate.finished",     // all of it is, and FORMAT does not say so yet
    "erase.marked",         // people are purged, their bytes are still in the files
    "erase.compacted",      // the files are written anew, the MANIFEST is not
    "erase.reopened",       // nothing is left, and the store does not know so yet
    "push.committed",       // what was pushed is durable, the answer is not made
    "rules.in_force",       // new rules are in force and on disk, not among the versions kept
    "replay.read",          // a chunk is judged, the writer does not have it
    "replay.committed",     // all is durable, the summary is not made
    "create.made",          // the database is there, and no FORMAT
    "create.finished",      // FORMAT is written
    "reopen.closed",        // between two handles of the database
    "ranks.written",        // some authors of a ranking are written
    "ranks.noted",          // a first ranking is whole
    "retention.marked",     // the day has its mark
    "retention.deleted",    // some old mentions are deleted, their bytes are still in files
    "retention.compacted",  // and now no more
    "rescore.written",      // a page of stored posts is judged anew
    "backup.listed",        // ERASED is written, the backup is not begun
    "backup.made",          // the backup is there, not read back
    "backup.verified",      // it is read back, older ones are still there
    "backup.purged",        // they are deleted
    "restore.copied",       // the files are there, the store is not made
    "restore.named",        // it has its new id
    "restore.placed",       // it is where it is to be, what was there before is not deleted
});

// Kills the process (SIGKILL) at its Nth passage when the environment variable PASSAPAROLA_CRASH_AT
// was "name:N" at the start; otherwise costs a look at one variable. `name` is one of kCrashPoints.
void crash_point(std::string_view name);

}  // namespace passaparola
