// passaparola backup: adds a backup of a store to a folder of backups.
#include <fmt/format.h>

#include "app/backup_json.h"
#include "app/cli.h"
#include "core/limits.h"

namespace passaparola::app {
namespace {

struct BackupArguments {
  std::string store, folder;
  std::uint32_t keep = 7;
  bool json = false;
};

Result<store::Backup> backup(const BackupArguments& arguments) {
  auto store = open_existing_store(arguments.store);
  if (!store && store.error().code == ErrorCode::in_use) {
    return fail(ErrorCode::in_use, store.error().message + ": stop it for the time of the backup");
  }
  if (!store) return store.error();
  return (*store)->backup(arguments.folder, arguments.keep);
}

void print(const store::Backup& made, bool json) {
  if (!json) {
    fmt::print("{}, verified\n", backup_text(made));
    return;
  }
  std::string text;
  JsonWriter writer(text);
  writer.StartObject();
  write_backup(writer, made);
  writer.EndObject();
  fmt::print("{}\n", text);
}

}  // namespace

void add_backup(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<BackupArguments>();
  CLI::App* command = app.add_subcommand(
      "backup",
      "Add a verified backup of a store to a folder; what did not change is not copied again");
  command->add_option("STORE", arguments->store, "folder of the store")->required();
  command->add_option("FOLDER", arguments->folder, "folder of its backups; made if need be")
      ->required();
  command->add_option("--keep", arguments->keep, "delete all but the newest N")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, kMaxBackups));
  command->add_flag("--json", arguments->json, "print the outcome as JSON");
  command->final_callback([arguments, &exit_code] {
    auto made = backup(*arguments);
    exit_code = made ? kSuccess : report(made.error());
    if (made) print(*made, arguments->json);
  });
}

}  // namespace passaparola::app
