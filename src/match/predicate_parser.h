// Reads predicates: questions about a post or a mention as a whole, as `lang:it` or `rating>=4`.
#pragma once

#include <optional>
#include <string_view>

#include "match/lexer.h"
#include "match/syntax.h"

namespace passaparola::match {

std::optional<PredicateKind> parse_predicate_kind(std::string_view name);
std::string_view name_of(PredicateKind kind);
Phase phase_of(const Predicate& predicate);

// Asks what the rules made of a mention: only filters of the feed can.
bool is_of_filters(PredicateKind kind);

// What stands behind the name: ":it", ":[it, en]", ">= 4", ":100..1000". Throws SyntaxError.
Predicate parse_predicate(Lexer& lexer, PredicateKind kind);

// One value behind a colon: a word, a phrase, or words joined by colons ("did:plc:abc").
Lexeme take_value(Lexer& lexer);

double take_number(Lexer& lexer);

}  // namespace passaparola::match
