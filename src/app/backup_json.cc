#include "app/backup_json.h"

#include <fmt/format.h>

namespace passaparola::app {

void write_backup(JsonWriter& writer, const store::Backup& backup) {
  writer.field("backup", std::uint64_t{backup.number});
  writer.field("made_at", format_rfc3339(backup.made_at));
  writer.field("last_seq", backup.last_seq);
  writer.field("bytes", backup.bytes);
  writer.field("files", backup.files);
}

std::string backup_text(const store::Backup& backup) {
  return fmt::format("backup {} of {}: up to mention {}, {:.1f} MiB in {} files", backup.number,
                     format_rfc3339(backup.made_at), backup.last_seq,
                     static_cast<double>(backup.bytes) / (1 << 20), backup.files);
}

}  // namespace passaparola::app
