#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>

#include "app/cli.h"
#include "core/terminal.h"
#include "match/match.h"

namespace {

bool has_command(CLI::App& app, const std::string& name) {
  const auto known =
      app.get_subcommands([&](CLI::App* command) { return command->check_name(name); });
  return !known.empty();
}

int output_failed(const std::string& why) {
  using namespace passaparola;
  return app::report(fail(ErrorCode::io, "cannot write to standard output: " + why));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace passaparola::app;
  std::signal(SIGPIPE,
              SIG_IGN);  // a closed pipe is an error of the write, not the end of the process
  if (argc == 2 && std::string_view(argv[1]) == passaparola::match::kCompileCommand) {
    return passaparola::match::serve_compile_request(STDIN_FILENO, STDOUT_FILENO);
  }
  CLI::App app("Passaparola finds who speaks of a brand, how, and who its real advocates are.",
               "passaparola");
  app.set_version_flag("--version", "passaparola " PASSAPAROLA_VERSION);
  app.require_subcommand(1);
  app.fallthrough(false);
  int exit_code = kSuccess;
  add_replay(app, exit_code);
  add_match(app, exit_code);
  add_score(app, exit_code);
  add_feed(app, exit_code);
  add_history(app, exit_code);
  add_advocates(app, exit_code);
  add_stats(app, exit_code);
  add_rules(app, exit_code);
  add_correct(app, exit_code);
  add_rescore(app, exit_code);
  add_forget(app, exit_code);
  add_backup(app, exit_code);
  add_restore(app, exit_code);
  add_verify(app, exit_code);
  add_export(app, exit_code);
  add_deliveries(app, exit_code);
  add_sources(app, exit_code);
  add_token(app, exit_code);
  add_serve(app, exit_code);
  if (argc > 1 && argv[1][0] != '-' && !has_command(app, argv[1])) {
    const std::string word = passaparola::terminal_safe(argv[1]);
    return report(passaparola::fail(passaparola::ErrorCode::invalid_argument,
                                    "there is no command " + word + "; see passaparola --help"));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kWrongUsage;
  } catch (const std::system_error& error) {  // fmt::print could not
    return output_failed(error.code().message());
  }
  if (std::fflush(stdout) != 0) return output_failed(std::strerror(errno));
  return exit_code;
}
