#include "match/look_alikes.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/fold.h"

namespace passaparola::match {
namespace {

// By how folded letters, and the capitals that fold to them, look in common type. Where small and
// capital look like different letters the one that evaders use is named (Unicode TR 39 lists both).
constexpr std::array<std::pair<char32_t, char>, 44> kLookAlikes{{
    {U'α', 'a'}, {U'β', 'b'}, {U'γ', 'y'}, {U'ε', 'e'}, {U'ζ', 'z'}, {U'η', 'n'}, {U'ι', 'i'},
    {U'κ', 'k'}, {U'μ', 'm'}, {U'ν', 'v'}, {U'ο', 'o'}, {U'ρ', 'p'}, {U'σ', 'o'}, {U'τ', 't'},
    {U'υ', 'u'}, {U'χ', 'x'}, {U'ω', 'w'}, {U'а', 'a'}, {U'в', 'b'}, {U'г', 'r'}, {U'е', 'e'},
    {U'ё', 'e'}, {U'з', '3'}, {U'к', 'k'}, {U'м', 'm'}, {U'н', 'h'}, {U'о', 'o'}, {U'п', 'n'},
    {U'р', 'p'}, {U'с', 'c'}, {U'т', 't'}, {U'у', 'y'}, {U'х', 'x'}, {U'ь', 'b'}, {U'ѕ', 's'},
    {U'і', 'i'}, {U'ї', 'i'}, {U'ј', 'j'}, {U'һ', 'h'}, {U'ӏ', 'l'}, {U'ԁ', 'd'}, {U'ԛ', 'q'},
    {U'ԝ', 'w'}, {U'ҽ', 'e'},
}};

// Greek and Cyrillic stand between U+0370 and U+052F: their first bytes are CD to D4.
bool may_be_look_alike(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0xCD && byte <= 0xD4;
}

char latin_for(char32_t c) {
  const auto* const found = std::find_if(kLookAlikes.begin(), kLookAlikes.end(),
                                         [&](const auto& known) { return known.first == c; });
  return found == kLookAlikes.end() ? '\0' : found->second;
}

bool is_ascii_letter(char32_t c) { return c >= U'a' && c <= U'z'; }

// Whether the word has Latin letters and look-alikes, and no other letter of a foreign script.
bool is_in_disguise(std::string_view word) {
  bool latin = false;
  bool disguised = false;
  for (std::size_t at = 0; at < word.size();) {
    const bool foreign = may_be_look_alike(word[at]);
    const char32_t c = next_code_point(word, at);
    latin = latin || is_ascii_letter(c);
    if (!foreign) continue;
    if (latin_for(c) == '\0') return false;
    disguised = true;
  }
  return latin && disguised;
}

}  // namespace

void undo_look_alikes(std::string& text, std::size_t from, std::vector<std::uint32_t>* origin) {
  if (std::none_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(),
                   may_be_look_alike)) {
    return;
  }
  std::size_t to = from;
  const auto move = [&](std::size_t at, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i, ++to) {
      if (origin != nullptr) (*origin)[to] = (*origin)[at + i];
      text[to] = text[at + i];
    }
  };
  for (std::size_t at = from; at < text.size();) {
    std::size_t end = at;
    while (end < text.size()) {
      std::size_t next = end;
      if (!is_word_character(next_code_point(text, next))) break;
      end = next;
    }
    if (!is_in_disguise(std::string_view(text).substr(at, end - at))) {
      if (end == at) next_code_point(text, end);
      move(at, end - at);
      at = end;
      continue;
    }
    while (at < end) {
      const std::size_t here = at;
      const char latin = may_be_look_alike(text[at]) ? latin_for(next_code_point(text, at)) : '\0';
      if (latin == '\0') {
        move(here, 1);
        at = here + 1;
        continue;
      }
      if (origin != nullptr) (*origin)[to] = (*origin)[here];
      text[to++] = latin;
    }
  }
  if (origin != nullptr) {
    (*origin)[to] = origin->back();
    origin->resize(to + 1);
  }
  text.resize(to);
}

}  // namespace passaparola::match
