#include "match/occurrence.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace passaparola::match {
namespace {

using Tokens = std::span<const Token>;
using TokenIterator = Tokens::iterator;

// The first token that ends behind `at`.
TokenIterator token_behind(Tokens tokens, std::size_t at) {
  return std::partition_point(tokens.begin(), tokens.end(),
                              [&](const Token& token) { return token.end <= at; });
}

// Tags, handles and addresses are one piece: a word inside of one is no word.
bool cuts_token(Tokens tokens, std::size_t begin, std::size_t end) {
  for (auto token = token_behind(tokens, begin); token != tokens.end() && token->begin < end;
       ++token) {
    const bool inside = begin <= token->begin && token->end <= end;
    if (token->kind != TokenKind::word && !inside) return true;
  }
  return false;
}

bool is_token(Tokens tokens, std::size_t begin, std::size_t end, TokenKind kind) {
  const auto token = token_behind(tokens, begin);
  return token != tokens.end() && token->begin == begin && token->end == end && token->kind == kind;
}

// [begin, end) is all of the host [first, last) or what follows one of its full stops.
bool is_host_end(std::string_view text, std::size_t first, std::size_t last, std::size_t begin,
                 std::size_t end) {
  return end == last && (begin == first || (begin > first && text[begin - 1] == '.'));
}

char32_t code_point_at(std::string_view text, std::size_t at) { return next_code_point(text, at); }

// A host that stands in the text without a scheme: the run of its characters.
bool is_bare_host(std::string_view text, std::size_t begin, std::size_t end) {
  // What stands behind is looked at first: few places pass, so that the walk back stays cheap.
  std::size_t behind = end;
  while (behind < text.size() && (text[behind] == '.' || text[behind] == '-')) ++behind;
  if (behind < text.size() && is_host_character(code_point_at(text, behind))) {
    return false;
  }
  std::size_t first = begin;
  while (first > 0 && is_host_character(previous_code_point(text, first))) {
    do --first;
    while ((static_cast<unsigned char>(text[first]) & 0xC0U) == 0x80U);
  }
  const auto is_joint = [](char c) { return c == '@' || c == '/' || c == '_'; };
  if (first > 0 && is_joint(text[first - 1])) return false;
  if (end < text.size() && (text[end] == '@' || text[end] == '_')) return false;
  return is_host_end(text, first, end, begin, end);
}

// "moka[.]example" at [begin, end): not a part of a longer name, disguised or not.
bool is_disguised_host(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin > 0) {
    if (is_host_character(previous_code_point(text, begin)) && text[begin - 1] != '.') return false;
    if (std::string_view("@/_").find(text[begin - 1]) != std::string_view::npos) return false;
  }
  const std::string_view rest = text.substr(end);
  for (const std::string_view more :
       {"[", "(", "{", "@", "_", " dot ", " punto ", " (dot)", " [dot]"}) {
    if (rest.starts_with(more)) return false;
  }
  std::size_t behind = rest.find_first_not_of(".-");
  return behind == std::string_view::npos || !is_host_character(next_code_point(rest, behind));
}

bool is_domain(std::string_view text, Tokens tokens, std::size_t begin, std::size_t end) {
  const auto token = token_behind(tokens, begin);
  if (token == tokens.end() || token->begin > begin || token->kind == TokenKind::word) {
    return is_bare_host(text, begin, end);
  }
  if (token->kind != TokenKind::url) return false;
  const auto [first, last] = host_of(text.substr(token->begin, token->end - token->begin));
  return is_host_end(text, token->begin + first, token->begin + last, begin, end);
}

// Every place where exactly these bytes stand as words.
void find_raw(std::uint32_t atom, std::string_view wanted, std::string_view text, Field field,
              std::vector<Occurrence>& out) {
  for (std::size_t at = text.find(wanted); at != std::string_view::npos;
       at = text.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    std::size_t next = end;
    const char32_t behind = end < text.size() ? next_code_point(text, next) : U' ';
    const bool accented = behind >= 0x300 && behind <= 0x36F;
    if (is_word_edge(text, at) && is_word_edge(text, end) && !accented) {
      out.push_back(
          {atom, field, 0, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
    }
  }
}

// Where the literal of an atom proves the atom; `end` moves behind a prefix's whole word.
bool stands(const Atom& atom, PostText& post, Field field, std::size_t begin, std::size_t& end) {
  const std::string_view text = post.of(field).search.text;
  const bool is_text = atom.kind == AtomKind::phrase || atom.kind == AtomKind::prefix;
  if (is_text && !is_word_edge(text, begin)) return false;
  if (atom.kind == AtomKind::phrase && !is_word_edge(text, end)) return false;
  const Tokens tokens = post.tokens_around(field, begin, end);
  switch (atom.kind) {
    case AtomKind::phrase:
      return !cuts_token(tokens, begin, end);
    case AtomKind::prefix: {
      const auto token = token_behind(tokens, end - 1);
      if (token == tokens.end() || token->begin >= end) return false;
      end = token->end;
      return !cuts_token(tokens, begin, end);
    }
    case AtomKind::hashtag:
      return is_token(tokens, begin, end, TokenKind::hashtag);
    case AtomKind::handle:
      return is_token(tokens, begin, end, TokenKind::handle);
    case AtomKind::cashtag:
      return is_token(tokens, begin, end, TokenKind::cashtag);
    case AtomKind::domain:
      if (text.substr(begin, end - begin) != atom.text) return is_disguised_host(text, begin, end);
      return is_domain(text, tokens, begin, end);
    case AtomKind::substring:
      return true;
    default:
      return false;
  }
}

}  // namespace

void verify(const Program& program, std::uint32_t atom, PostText& text, Field field,
            std::size_t begin, std::size_t end, std::vector<Occurrence>& out) {
  const ProgramAtom& sought = program.atoms[atom];
  const FieldText& in = text.of(field);
  if (sought.atom.kind == AtomKind::raw) {
    find_raw(atom, sought.atom.text, in.original, field, out);
    return;
  }
  if (sought.ignore_accents && !is_ascii(in.search.text)) {
    const Folded& accentless = text.accentless(field);
    end = accentless.original_end(end);
    begin = accentless.original_begin(begin);
  }
  if (!stands(sought.atom, text, field, begin, end)) return;
  out.push_back({atom, field, 0, in.search.original_begin(begin), in.search.original_end(end)});
}

void verify_tag_words(const Program& program, std::uint32_t atom, PostText& text, Field field,
                      std::size_t begin, std::size_t end, std::vector<Occurrence>& out) {
  const ProgramAtom& sought = program.atoms[atom];
  if (!is_in_tag_words(sought.atom)) return;
  const Folded& words = text.tag_words(field);
  const bool bare = sought.ignore_accents && !is_ascii(words.text);
  const Folded accentless = bare ? without_accents(words.text) : Folded{};
  const std::string& in = bare ? accentless.text : words.text;
  if (!is_word_edge(in, begin) || !is_word_edge(in, end)) return;
  if (bare) {
    end = accentless.original_end(end);
    begin = accentless.original_begin(begin);
  }
  out.push_back({atom, field, 0, words.original_begin(begin), words.original_end(end)});
}

void verify_link(std::uint32_t atom, std::string_view link, std::uint16_t index, std::size_t begin,
                 std::size_t end, std::vector<Occurrence>& out) {
  const auto [first, last] = host_of(link);
  const Folded host = search_text(link.substr(first, last - first));
  if (!is_host_end(host.text, 0, host.text.size(), begin, end)) return;
  const auto offset = static_cast<std::uint32_t>(first);
  out.push_back({atom, Field::links, index, offset + host.original_begin(begin),
                 offset + host.original_end(end)});
}

}  // namespace passaparola::match
