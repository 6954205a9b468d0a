// Backups: a folder of them belongs to one store, and files that did not change between two are
// kept once. Made by Store::backup() from an open store; listed and restored without one.
//
// A backup holds what is erased later. The folder therefore also lists the keyed hashes of erased
// authors, as of the newest backup, and restoring an older one erases them again. What was erased
// after the newest backup it cannot know, unless the store that is replaced still says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace passaparola::store {

struct Backup {
  std::uint32_t number = 0;  // from 1; larger ones are newer
  Timestamp made_at;
  std::uint64_t last_seq = 0;  // of the store when it was made
  std::uint64_t bytes = 0;     // of all its files, also those that other backups need too
  std::uint64_t files = 0;
};

// By number. Backups whose files are missing are left out. Errors: not_found (the folder holds no
// backups), unsupported (of the future), corrupt, io.
Result<std::vector<Backup>> list_backups(const std::filesystem::path& folder);

struct RestoreRequest {
  std::filesystem::path folder;  // of backups
  std::filesystem::path store;   // where the store is to be
  std::uint32_t number = 0;      // 0: the newest
  bool replace = false;          // put it in place of the store that is there, which is deleted
};

struct Restored {
  Backup backup;
  std::uint64_t erased_again = 0;  // mentions of authors who had been erased after the backup
  // Why the erasures of the store that was replaced could not be asked for; empty: they were, or
  // nothing was replaced.
  std::string unknown_erasures;
};

// Checks every file against its checksum, and puts the store in place only when it is whole. It has
// another id than the store had: cursors of the old feed are refused and not misread, because seqs
// behind the backup are given out anew. Errors: not_found, invalid_argument (the place is taken,
// and replace is off or it is no store), in_use, corrupt, unsupported, no_space, io.
Result<Restored> restore(const RestoreRequest& request);

}  // namespace passaparola::store
