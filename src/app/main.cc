#include <CLI/CLI.hpp>
#include <csignal>

#include "app/cli.h"

int main(int argc, char** argv) {
  using namespace passaparola::app;
  std::signal(SIGPIPE,
              SIG_IGN);  // a closed pipe is an error of the write, not the end of the process
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
  add_forget(app, exit_code);
  add_serve(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kWrongUsage;
  }
  return exit_code;
}
