#include "app/cli.h"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/terminal.h"

namespace passaparola::app {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> g_stop{false};

void request_stop(int) { g_stop.store(true); }

fs::path program_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path();
}

}  // namespace

int report(const Error& error) {
  std::string_view rest = error.message;  // diagnostics of rules take several lines
  for (std::string_view prefix = "passaparola: "; !rest.empty(); prefix = "") {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    fmt::print(stderr, "{}{}\n", prefix, terminal_safe(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return error.code == ErrorCode::invalid_argument ? kWrongUsage : kFailedRun;
}

const std::atomic<bool>& stop_requested() { return g_stop; }

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESETHAND;  // the second signal ends the process at once
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Result<fs::path> find_lexicons(const std::string& asked, const std::string& rules) {
  if (!asked.empty()) return fs::path(asked);
  const char* variable = std::getenv("PASSAPAROLA_LEXICONS");
  if (variable != nullptr && *variable != 0) return fs::path(variable);
  const fs::path program = program_folder();
  const std::vector<fs::path> places{
      fs::path(rules) / "lexicons", fs::path(rules).parent_path() / "lexicons",
      program / "../../rules/lexicons", program / "../share/passaparola/lexicons"};
  std::string tried;
  for (const fs::path& place : places) {
    std::error_code error;
    if (fs::is_directory(place, error)) return place;
    tried += (tried.empty() ? "" : ", ") + place.lexically_normal().string();
  }
  return fail(
      ErrorCode::not_found,
      fmt::format("no lexicons found (looked in {}): name their folder with --lexicons", tried));
}

match::PatternCompiler pattern_compiler() {
  // This very program, also when its file has been replaced since it started.
  match::PatternCompiler compiler{"/proc/self/exe", {}};
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value != nullptr ? value : "");
  };
  if (const fs::path cache = variable("PASSAPAROLA_CACHE"); !cache.empty()) {
    compiler.cache = cache;
  } else if (const fs::path caches = variable("XDG_CACHE_HOME"); caches.is_absolute()) {
    compiler.cache = caches / "passaparola";
  } else if (const fs::path home = variable("HOME"); home.is_absolute()) {
    compiler.cache = home / ".cache" / "passaparola";
  }
  return compiler;
}

void add_judge_flags(CLI::App& command, JudgeFlags& flags) {
  command.add_option("--rules", flags.rules, "folder of *.rules files, or one file")->required();
  command.add_option("--lexicons", flags.lexicons, "folder of the lexicons (default: found)");
}

Result<pipeline::Judges> load_judges(const JudgeFlags& flags) {
  auto lexicons = find_lexicons(flags.lexicons, flags.rules);
  if (!lexicons) return lexicons.error();
  auto judges = pipeline::load_judges(flags.rules, *lexicons, pattern_compiler());
  if (judges || judges.error().code != ErrorCode::invalid_argument) return judges;
  return fail(ErrorCode::invalid_file, judges.error().message);
}

void add_format_flag(CLI::App& command, FormatFlag& flag) {
  const auto known = [](const std::string& name) -> std::string {
    if (ingest::parse_format(name)) return {};
    return fmt::format("unknown format '{}': one of {}", name, ingest::format_names());
  };
  command
      .add_option("--format", flag.name,
                  fmt::format("wire format of the input: {}", ingest::format_names()))
      ->capture_default_str()
      ->check(CLI::Validator(known, "FORMAT"));
}

ingest::Format FormatFlag::format() const {
  return ingest::parse_format(name).value_or(ingest::Format::autodetect);
}

void add_store_flags(CLI::App& command, StoreFlags& flags) {
  auto* store = command.add_option("--store", flags.store, "folder of the store");
  auto* server = command.add_option("--server", flags.server,
                                    "instead of --store: a running server, http[s]://HOST:PORT");
  store->excludes(server);
  server->excludes(store);
  command.parse_complete_callback([store, server] {
    if (store->empty() && server->empty()) throw CLI::RequiredError("--store or --server");
  });
}

Result<std::unique_ptr<store::Store>> open_existing_store(const std::string& path) {
  store::StoreOptions options;
  options.create = false;
  options.say = [](std::string_view words) { fmt::print(stderr, "{}\n", words); };
  return store::Store::open(path, options);
}

void add_config_flag(CLI::App& command, std::string& path) {
  CLI::Option* const config = command.add_option(
      "--config", path,
      "TOML file whose [advocacy] people are judged by (default: the built-in settings)");
  if (CLI::Option* const server = command.get_option_no_throw("--server")) config->excludes(server);
}

Result<Timestamp> parse_time_flag(std::string_view name, const std::string& text,
                                  Timestamp otherwise) {
  if (text.empty()) return otherwise;
  if (const auto instant = parse_rfc3339(text)) return *instant;
  if (const auto instant = parse_rfc3339(text + "T00:00:00Z")) return *instant;
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("--{} {}: not a time; write 2026-11-21 or 2026-11-21T10:00:00Z", name, text));
}

Result<std::uint64_t> parse_after_flag(const std::string& cursor, const store::Store& store) {
  if (cursor.empty() || cursor == "start") return std::uint64_t{0};
  if (cursor == "now") return store.last_seq();
  const auto place = decode_cursor(cursor);
  if (!place) return fail(ErrorCode::invalid_argument, "--after is no cursor of this program");
  if (place->store != store.id()) {
    return fail(ErrorCode::invalid_argument, "--after is a cursor of another store");
  }
  return place->seq;
}

void print_json(std::string_view json) {
  fmt::print("{}{}", terminal_safe_json(json), json.ends_with('\n') ? "" : "\n");
}

void OutputFile::Closer::operator()(std::FILE* file) const {
  if (file != stdout) std::fclose(file);
}

Result<OutputFile> OutputFile::open(const std::string& path, bool append) {
  OutputFile output;
  output.path_ = path == "-" ? "standard output" : path;
  output.file_.reset(path == "-" ? stdout : std::fopen(path.c_str(), append ? "ae" : "we"));
  if (output.file_) return output;
  const int error = errno;
  return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

Result<void> OutputFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
  const int error = errno;
  return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path_, std::strerror(error)));
}

Result<void> OutputFile::write_json(std::string_view json) {
  return write(terminal_safe_json(json));
}

Result<void> OutputFile::flush() {
  if (std::fflush(file_.get()) == 0) return {};
  const int error = errno;
  return fail(ErrorCode::io, fmt::format("cannot write {}: {}", path_, std::strerror(error)));
}

Result<void> OutputFile::close() {
  auto flushed = flush();
  if (flushed) file_.reset();
  return flushed;
}

}  // namespace passaparola::app
