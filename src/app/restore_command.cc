// passaparola restore: a store from a backup, and which backups there are.
#include <fmt/format.h>

#include "app/backup_json.h"
#include "app/cli.h"
#include "core/terminal.h"

namespace passaparola::app {
namespace {

struct RestoreArguments {
  std::string folder, store;
  std::uint32_t number = 0;
  bool replace = false, list = false, json = false;
};

Result<std::string> list(const RestoreArguments& arguments) {
  const auto backups = store::list_backups(arguments.folder);
  if (!backups) return backups.error();
  std::string text;
  if (!arguments.json) {
    for (const store::Backup& backup : *backups) text += backup_text(backup) + "\n";
    return text;
  }
  JsonWriter writer(text);
  writer.StartObject();
  writer.key("backups");
  writer.StartArray();
  for (const store::Backup& backup : *backups) {
    writer.StartObject();
    write_backup(writer, backup);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return text + "\n";
}

Result<std::string> restore(const RestoreArguments& arguments) {
  const auto restored =
      store::restore({arguments.folder, arguments.store, arguments.number, arguments.replace});
  if (!restored) return restored.error();
  if (!restored->unknown_erasures.empty()) {
    fmt::print(stderr,
               "passaparola: the store that was replaced could not be asked whom it had erased "
               "({}): repeat every forget since the newest backup\n",
               terminal_safe(restored->unknown_erasures));
  }
  if (!arguments.json) {
    return fmt::format("restored {}; {} mentions of people erased since were erased again\n",
                       backup_text(restored->backup), restored->erased_again);
  }
  std::string text;
  JsonWriter writer(text);
  writer.StartObject();
  write_backup(writer, restored->backup);
  writer.field("erased_again", restored->erased_again);
  writer.field("replaced_store_was_read", restored->unknown_erasures.empty());
  writer.EndObject();
  return text + "\n";
}

Result<std::string> run(const RestoreArguments& arguments) {
  if (arguments.list) return list(arguments);
  if (!arguments.store.empty()) return restore(arguments);
  return fail(ErrorCode::invalid_argument, "restore needs the folder of the new store, or --list");
}

}  // namespace

void add_restore(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<RestoreArguments>();
  CLI::App* command =
      app.add_subcommand("restore", "Make a store from a backup, every file checked on the way");
  command->add_option("FOLDER", arguments->folder, "folder of the backups")->required();
  command->add_option("STORE", arguments->store, "folder of the new store");
  command->add_option("--backup", arguments->number, "number of the backup (default: the newest)")
      ->check(CLI::PositiveNumber);
  command->add_flag("--replace", arguments->replace,
                    "there is a store at STORE: delete it once the restored one is whole");
  command->add_flag("--list", arguments->list, "print which backups there are");
  command->add_flag("--json", arguments->json, "print the outcome as JSON");
  command->final_callback([arguments, &exit_code] {
    auto text = run(*arguments);
    exit_code = text ? kSuccess : report(text.error());
    if (text) fmt::print("{}", *text);
  });
}

}  // namespace passaparola::app
