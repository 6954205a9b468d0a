// The live page and the descriptions of what is served, embedded into the binary from web/ when it
// is built.
#pragma once

#include <string_view>

namespace passaparola::feed {

std::string_view page_html();
std::string_view page_script();
std::string_view sources_script();
std::string_view page_style();
std::string_view openapi_json();
std::string_view asyncapi_json();

}  // namespace passaparola::feed
