// Diagnostics: collects what there is to say about rule files, in order, and bounded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "match/match.h"
#include "match/syntax.h"

namespace passaparola::match {

class Diagnostics {
 public:
  explicit Diagnostics(std::span<const RuleFile> files) : files_(files) {}

  void error(Place at, std::string_view code, std::string message);
  void warning(Place at, std::string_view code, std::string message);
  void info(Place at, std::string_view code, std::string message);

  bool has_errors() const { return errors_ > 0; }
  bool full() const { return found_.size() >= kMost; }

  // What was found, by file and place.
  std::vector<Diagnostic> take();

 private:
  static constexpr std::size_t kMost = 200;  // a person reads no more at once
  struct Found {
    Place at;
    Diagnostic diagnostic;
  };
  void add(Place at, Diagnostic::Severity severity, std::string_view code, std::string message);

  std::span<const RuleFile> files_;
  std::vector<Found> found_;
  std::size_t errors_ = 0;
};

}  // namespace passaparola::match
