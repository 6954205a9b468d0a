// Outside text on a terminal. Whoever writes a post must not be able to move the cursor, set a
// title, reorder what stands beside it or fill the clipboard of the person who reads it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace passaparola {

// `text` as one harmless line: white space that breaks lines or tabulates becomes a blank; control
// characters (C0, DEL, C1), bidirectional controls, tags and bytes that are not UTF-8 become
// U+FFFD, so that a reader sees that something was there. Thread-safe; any bytes are allowed.
std::string terminal_safe(std::string_view text);

// `json` for a terminal: what terminal_safe() replaces is escaped as \uXXXX inside its strings, so
// that it means the same. Lines stay. Thread-safe; valid JSON, one or more documents.
std::string terminal_safe_json(std::string_view json);

// Columns that `text` takes on a terminal: two for wide East Asian characters and emoji, none for
// marks and invisible characters, one for everything else.
std::size_t display_width(std::string_view text);

// The longest beginning of `text` that fits in `columns`, with "…" for what was cut, filled up
// with blanks to exactly `columns`. Give it text that is terminal_safe.
std::string fit_columns(std::string_view text, std::size_t columns);

}  // namespace passaparola
