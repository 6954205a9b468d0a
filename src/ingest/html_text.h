// HTML to plain text, for platforms whose posts are HTML. One pass over the bytes, in time and
// memory linear in them, whatever they hold; no tree is built.
#pragma once

#include <span>
#include <string_view>

#include "core/arena.h"

namespace passaparola::ingest {

struct HtmlText {
  std::string_view text;
  // Targets (http and https) of the links that are neither mentions nor hashtags.
  std::span<const std::string_view> links;
};

// `html` must be valid UTF-8; the result is too, is no longer than `html`, and lives in `arena`.
// Paragraphs, list items and line breaks become one newline, other white space one space; what a
// browser does not show of its own (scripts, styles, templates) is left out; the invisible parts of
// shortened links are joined to the visible one. Like a browser, it drops an unfinished tag or
// comment with all that follows.
HtmlText html_to_text(std::string_view html, Arena& arena);

}  // namespace passaparola::ingest
