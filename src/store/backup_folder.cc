#include "store/backup_folder.h"

#include <fmt/format.h>
#include <rocksdb/iterator.h>
#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "store/database.h"
#include "store/format_file.h"
#include "store/keys.h"
#include "store/state.h"

namespace passaparola::store {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kBackupFormat = 1;
constexpr std::string_view kFormatText = "passaparola backup ";
constexpr std::string_view kErasedFile = "ERASED";
constexpr std::string_view kNoteStart = "passaparola 1";

}  // namespace

Result<void> check_backup_folder(const fs::path& folder) {
  std::ifstream file(folder / kFormatFile);
  std::string line;
  std::getline(file, line);
  unsigned version = 0;
  if (!line.starts_with(kFormatText) ||
      std::sscanf(line.c_str() + kFormatText.size(), "%u", &version) != 1) {
    return fail(ErrorCode::not_found, fmt::format("{} holds no backups", folder.string()));
  }
  if (version > kBackupFormat) {
    return fail(ErrorCode::unsupported,
                fmt::format("the backups in {} have format {}, this program knows up to {}",
                            folder.string(), version, kBackupFormat));
  }
  return {};
}

Result<void> prepare_backup_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / kFormatFile, error)) {
    const auto checked = check_backup_folder(folder);
    if (checked || checked.error().code != ErrorCode::not_found) return checked;
  }
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} holds something else than backups: name a new or an empty folder",
                            folder.string()));
  }
  const auto made = make_private_folder(folder);
  if (!made) return made.error();
  return write_private_file(folder / kFormatFile,
                            fmt::format("{}{}\n", kFormatText, kBackupFormat));
}

std::string key_name(const HashKey& key) {
  const KeyedHash name = keyed_hash(key, "passaparola", "backup");
  return to_hex(view(name));
}

std::string encode_note(const BackupNote& note) {
  return fmt::format("{} key {} last_seq {}", kNoteStart, note.key, note.last_seq);
}

std::optional<BackupNote> decode_note(const std::string& text) {
  if (!text.starts_with(kNoteStart)) return std::nullopt;
  std::istringstream in(text.substr(kNoteStart.size()));
  BackupNote note;
  std::string key, last_seq;
  in >> key >> note.key >> last_seq >> note.last_seq;
  if (!in || key != "key" || last_seq != "last_seq") return std::nullopt;
  return note;
}

Backup to_backup(const rocksdb::BackupInfo& info, const BackupNote& note) {
  return {info.backup_id,
          {info.timestamp * kMillisecondsPerSecond},
          note.last_seq,
          info.size,
          info.number_files};
}

Result<std::vector<KeyedHash>> read_erased(const fs::path& folder) {
  const fs::path path = folder / kErasedFile;
  std::vector<KeyedHash> erased;
  std::error_code error;
  if (!fs::exists(path, error)) return erased;
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    const auto author = parse_mention_id(line);  // 16 bytes in hexadecimal digits, like this
    if (!author) return fail(ErrorCode::corrupt, path.string() + " is damaged");
    erased.push_back(*author);
  }
  if (!file.eof()) return fail(ErrorCode::io, "cannot read " + path.string());
  return erased;
}

Result<void> write_erased(const fs::path& folder, std::vector<KeyedHash> erased) {
  std::sort(erased.begin(), erased.end());
  erased.erase(std::unique(erased.begin(), erased.end()), erased.end());
  std::string text;
  for (const KeyedHash& author : erased) text += to_hex(view(author)) + "\n";
  return write_private_file(folder / kErasedFile, text);
}

Result<std::vector<KeyedHash>> erased_authors(const Database& database) {
  std::vector<KeyedHash> erased;
  const auto scan = database.scan(Family::author_states);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const std::string_view key = to_view(scan->key()), state = to_view(scan->value());
    if (key.size() != sizeof(KeyedHash) || state.size() != 1) continue;
    if (state[0] == static_cast<char>(AuthorState::deleted)) {
      erased.push_back(keyed_hash_at(key, 0));
    }
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the states of authors");
  return erased;
}

}  // namespace passaparola::store
