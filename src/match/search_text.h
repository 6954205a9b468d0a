// Search text: the form of a field in which rules look for words. Folded (core/fold.h), look-alikes
// undone, every run of white space one space, typographic apostrophes plain ones. And its tokens:
// words, and the things of social media that are one piece: #tags, @handles, $cashtags, web and
// e-mail addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fold.h"

namespace passaparola::match {

void append_search_text(std::string_view original, std::string& out);

// The same text with its map back to the original. The second replaces what `result` held and
// keeps its memory.
Folded search_text(std::string_view original);
void search_text(std::string_view original, Folded& result);

enum class TokenKind : std::uint8_t { word, hashtag, handle, cashtag, url, email };

struct Token {
  std::uint32_t begin = 0;  // half-open bytes of the search text
  std::uint32_t end = 0;
  TokenKind kind = TokenKind::word;
};

// Words as UAX 29 sees them, but an apostrophe and a full stop always part them; each letter of a
// script without spaces is a word. Replaces what `tokens` held.
void tokenize(std::string_view search_text, std::vector<Token>& tokens);

// May a word begin or end at `at`: not between two word characters, except of unspaced scripts.
bool is_word_edge(std::string_view text, std::size_t at);

// Half-open bytes of the host in a web address, without scheme, user, port and path.
std::pair<std::size_t, std::size_t> host_of(std::string_view address);

// Letters, digits, '-' and '.' of any script.
bool is_host_character(char32_t c);

}  // namespace passaparola::match
