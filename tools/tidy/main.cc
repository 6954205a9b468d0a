// tidy: checks the house rules over the sources, and prints every violation as file:line: message.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "tidy/house_rules.h"

int main(int argc, char** argv) {
  CLI::App app{"Checks the house rules over the sources"};
  std::string root = ".";
  app.add_option("--root", root, "the folder of the repository")->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  try {
    const passaparola::tidy::Report report = passaparola::tidy::check_tree(root);
    for (const auto& violation : report.violations)
      std::cout << passaparola::tidy::to_text(violation) << "\n";
    std::cout << report.files << " files, " << report.violations.size() << " violations\n";
    // A tree without sources is a wrong --root, not a tidy house.
    return report.violations.empty() && report.files > 0 ? 0 : 1;
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "tidy: " << error.what() << "\n";
    return 1;
  }
}
