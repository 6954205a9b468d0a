// The page and the descriptions of what is served, embedded into the binary from web/ when it is
// built.
#pragma once

#include <string_view>

namespace passaparola::feed {

std::string_view page_html();
// gzip; empty, like their names, where the program was built without the page.
std::string_view page_script();
std::string_view page_style();
// What page_html() calls them, under /page/: another name whenever they are others.
std::string_view page_script_name();
std::string_view page_style_name();
std::string_view openapi_json();
std::string_view asyncapi_json();

}  // namespace passaparola::feed
