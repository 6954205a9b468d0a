// The bytes of the packs that ship with the program (rules/packs).
#pragma once

#include <string_view>

namespace passaparola::match {

std::string_view pack_disclosure();
std::string_view pack_exclusions();

}  // namespace passaparola::match
