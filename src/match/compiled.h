// What a Ruleset holds, for the parts of this module that work with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "match/match.h"
#include "match/patterns.h"
#include "match/program.h"
#include "match/rule_book.h"
#include "match/scanner.h"

namespace passaparola::match {

struct Ruleset::Compiled {
  RuleBook book;
  Program program;
  std::vector<std::shared_ptr<const Pattern>> patterns;  // by place in program.regexes
  std::unique_ptr<const Scanner> scanner;
  std::string hash;
  std::vector<Diagnostic> warnings;
};

}  // namespace passaparola::match
