// What backup and restore say of a backup.
#pragma once

#include <string>

#include "core/json.h"
#include "store/backup.h"

namespace passaparola::app {

// Members of the object being written.
void write_backup(JsonWriter& writer, const store::Backup& backup);

// "backup 3 of 2026-11-21T10:00:00.000Z: up to mention 4711, 12.3 MiB in 14 files".
std::string backup_text(const store::Backup& backup);

}  // namespace passaparola::app
