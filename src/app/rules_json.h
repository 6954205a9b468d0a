// The JSON documents about rules: what is wrong with them, what runs, what became of a change.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/json.h"
#include "match/match.h"
#include "pipeline/live_rules.h"
#include "pipeline/rule_folder.h"

namespace passaparola::app {

// [{"severity","code","file","line","column","message"}…]
void write_diagnostics(JsonWriter& writer, std::span<const match::Diagnostic> diagnostics);

// GET /rules
std::string rules_json(const pipeline::RuleSet& set);

// PUT /rules; `store` makes the cursor.
std::string activation_json(const pipeline::RuleVerdict& verdict, std::uint32_t store);

// POST /rules:check, with rules that are good.
std::string check_json(const pipeline::RuleVerdict& verdict);

// "2 errors; the first: rules/moka.rules:3:12: …"; empty when there is none.
std::string refusal(std::span<const match::Diagnostic> diagnostics);

}  // namespace passaparola::app
