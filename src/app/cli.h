// What every command shares: exit codes, where things are, how errors are said.
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "ingest/ingest.h"
#include "match/match.h"
#include "pipeline/pipeline.h"
#include "store/store.h"

namespace passaparola::app {

inline constexpr int kSuccess = 0;
inline constexpr int kFailedRun = 1;
inline constexpr int kWrongUsage = 2;

// Says the error on stderr in one line and gives the exit code that fits it.
int report(const Error& error);

// Set by SIGINT and SIGTERM once watch_signals() was called: commands end cleanly.
const std::atomic<bool>& stop_requested();
void watch_signals();

// The folder of the lexicons: what was asked for, else PASSAPAROLA_LEXICONS, else beside `rules`,
// else where the program was built or installed. Errors: not_found, naming the places that were
// tried.
Result<std::filesystem::path> find_lexicons(const std::string& asked, const std::string& rules);

// Compiles rules in a process of this program's own and keeps what was compiled in
// PASSAPAROLA_CACHE, else XDG_CACHE_HOME/passaparola, else HOME/.cache/passaparola; without these
// nowhere.
match::PatternCompiler pattern_compiler();

// The flags that most commands share, with the same words everywhere.
struct JudgeFlags {
  std::string rules;
  std::string lexicons;
};
void add_judge_flags(CLI::App& command, JudgeFlags& flags);
Result<pipeline::Judges> load_judges(const JudgeFlags& flags);

struct FormatFlag {
  std::string name = "auto";
  ingest::Format format() const;
};
void add_format_flag(CLI::App& command, FormatFlag& flag);

// Where stored data is: a store of one's own, or a server that owns one.
struct StoreFlags {
  std::string store;
  std::string server;
};
void add_store_flags(CLI::App& command, StoreFlags& flags);
// --config, whose [advocacy] a command judges people by. A server judges by its own.
void add_config_flag(CLI::App& command, std::string& path);
Result<std::unique_ptr<store::Store>> open_existing_store(const std::string& path);

// Parses a time flag: RFC 3339, or a bare date (its first millisecond in UTC). Empty: `otherwise`.
Result<Timestamp> parse_time_flag(std::string_view name, const std::string& text,
                                  Timestamp otherwise);

// The place in the feed behind --after: a cursor, "start" (also when empty) or "now". Errors:
// invalid_argument.
Result<std::uint64_t> parse_after_flag(const std::string& cursor, const store::Store& store);

// Prints what is JSON, maybe with text from outside, and ends the line.
void print_json(std::string_view json);

// Writes to a file or, for "-", to standard output. Errors: io.
class OutputFile {
 public:
  static Result<OutputFile> open(const std::string& path, bool append = false);
  Result<void> write(std::string_view bytes);
  Result<void> write_json(std::string_view json);  // escaped as print_json() does
  Result<void> flush();
  Result<void> close();  // flushes; says what was lost

 private:
  struct Closer {
    void operator()(std::FILE* file) const;
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

// One function a command, in a file of its name. Each adds its subcommand, whose callback leaves
// the exit code in `exit_code`.
void add_replay(CLI::App& app, int& exit_code);
void add_match(CLI::App& app, int& exit_code);
void add_score(CLI::App& app, int& exit_code);
void add_feed(CLI::App& app, int& exit_code);
void add_history(CLI::App& app, int& exit_code);
void add_advocates(CLI::App& app, int& exit_code);
void add_stats(CLI::App& app, int& exit_code);
void add_rules(CLI::App& app, int& exit_code);
void add_rules_diff(CLI::App& rules, int& exit_code);  // below `rules`
void add_correct(CLI::App& app, int& exit_code);
void add_rescore(CLI::App& app, int& exit_code);
void add_forget(CLI::App& app, int& exit_code);
void add_backup(CLI::App& app, int& exit_code);
void add_restore(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_deliveries(CLI::App& app, int& exit_code);
void add_sources(CLI::App& app, int& exit_code);
void add_token(CLI::App& app, int& exit_code);
void add_serve(CLI::App& app, int& exit_code);

}  // namespace passaparola::app
