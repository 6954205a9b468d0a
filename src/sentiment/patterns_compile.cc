#include <charconv>

#include "core/limits.h"
#include "sentiment/patterns.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kMaxForms = 4096;   // of one pattern, once its alternatives are written out
constexpr std::size_t kMaxElements = 16;  // of one form
constexpr unsigned kMaxGap = 6;

Error wrong(std::string_view message) {
  return fail(ErrorCode::invalid_argument, std::string(message));
}

// Cuts the next part off: a group with its sign, or a run up to white space.
std::string_view next_part(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  std::size_t end = rest.find(' ');
  if (rest.starts_with("(")) {
    end = rest.find(')');
    if (end != std::string_view::npos) end = rest.find(' ', end);
  }
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(part.size());
  return part;
}

std::vector<std::string_view> split_alternatives(std::string_view group) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t bar = group.find('|');
    out.push_back(group.substr(0, bar));
    if (bar == std::string_view::npos) return out;
    group.remove_prefix(bar + 1);
  }
}

}  // namespace

Result<Patterns::Sequence> Patterns::literal(std::string_view text, WordTable& words) {
  Sequence sequence;
  std::string_view rest = text;
  for (std::string_view part = next_part(rest); !part.empty(); part = next_part(rest)) {
    if (part == "?") {
      sequence.push_back({.kind = Element::Kind::word, .word = words.add("?"), .prefix = {}});
      continue;
    }
    if (part == "<target>") {
      sequence.push_back({.kind = Element::Kind::target, .prefix = {}});
      continue;
    }
    const bool prefix = part.ends_with('*');
    if (prefix) part.remove_suffix(1);
    Arena keys;
    std::vector<Token> tokens;
    tokenize(part, words, keys, tokens);
    if (tokens.empty() && !part.empty() && static_cast<unsigned char>(part[0]) >= 0x80) {
      sequence.push_back({.kind = Element::Kind::word, .word = words.add(part), .prefix = {}});
      continue;  // an emoji
    }
    if (tokens.empty()) return wrong("a word without letters");
    for (const Token& token : tokens) {
      std::string_view key = token.key;
      if (key.empty()) return wrong("a word that can never be found");
      const bool last = &token == &tokens.back();
      if (prefix && last) {
        if (key.size() < kMinPrefixBytes) return wrong("a prefix needs three letters");
        sequence.push_back({.kind = Element::Kind::prefix, .prefix = std::string(key)});
      } else {
        const WordId id = words.add(key);
        const std::string bare = without_accents(key);
        if (bare.size() >= kMinPrefixBytes) words.alias(bare, id);
        sequence.push_back({.kind = Element::Kind::word, .word = id, .prefix = {}});
      }
    }
  }
  return sequence;
}

Result<std::vector<Patterns::Sequence>> Patterns::expand(std::string_view text, WordTable& words) {
  std::vector<Sequence> forms{{}};
  std::string_view rest = text;
  for (std::string_view part = next_part(rest); !part.empty(); part = next_part(rest)) {
    std::vector<Sequence> choices;
    unsigned low = 0;
    unsigned high = 0;
    if (part == "<number>") {
      choices.push_back({{.kind = Element::Kind::number, .prefix = {}}});
    } else if (part.size() == 5 && part.front() == '<' && part[2] == '-') {
      low = static_cast<unsigned>(part[1] - '0');
      high = static_cast<unsigned>(part[3] - '0');
      if (low > high || high > kMaxGap) return wrong("a gap is <low-high> with at most 6 words");
      choices.push_back({{.kind = Element::Kind::gap,
                          .low = static_cast<std::uint8_t>(low),
                          .high = static_cast<std::uint8_t>(high),
                          .prefix = {}}});
    } else if (part.starts_with("(")) {
      const bool optional = part.ends_with(")?");
      if (!optional && !part.ends_with(")")) return wrong("a group without its end");
      const std::string_view inner = part.substr(1, part.size() - (optional ? 3 : 2));
      for (const std::string_view alternative : split_alternatives(inner)) {
        auto sequence = literal(alternative, words);
        if (!sequence) return sequence.error();
        if (sequence->empty()) return wrong("an empty alternative");
        choices.push_back(*std::move(sequence));
      }
      if (optional) choices.emplace_back();
    } else {
      auto sequence = literal(part, words);
      if (!sequence) return sequence.error();
      choices.push_back(*std::move(sequence));
    }
    std::vector<Sequence> longer;
    for (const Sequence& form : forms) {
      for (const Sequence& choice : choices) {
        longer.push_back(form);
        longer.back().insert(longer.back().end(), choice.begin(), choice.end());
      }
    }
    if (longer.size() > kMaxForms) return wrong("too many forms");
    forms = std::move(longer);
  }
  return forms;
}

std::uint32_t Patterns::child(std::uint32_t node, const Element& element) {
  const auto fresh = static_cast<std::uint32_t>(nodes_.size());
  Node& parent = nodes_[node];
  switch (element.kind) {
    case Element::Kind::word:
      for (const auto& [word, to] : parent.words) {
        if (word == element.word) return to;
      }
      parent.words.emplace_back(element.word, fresh);
      break;
    case Element::Kind::prefix:
      for (const auto& [prefix, to] : parent.prefixes) {
        if (prefix == element.prefix) return to;
      }
      parent.prefixes.emplace_back(element.prefix, fresh);
      break;
    case Element::Kind::number:
      if (parent.number != 0) return parent.number;
      parent.number = fresh;
      break;
    case Element::Kind::target:
      if (parent.target != 0) return parent.target;
      parent.target = fresh;
      break;
    case Element::Kind::gap:
      for (const auto& [gap, to] : parent.gaps) {
        if (gap == std::pair(element.low, element.high)) return to;
      }
      parent.gaps.push_back({{element.low, element.high}, fresh});
      break;
  }
  nodes_.emplace_back();
  return fresh;
}

Result<void> Patterns::add(std::string_view text, std::uint32_t pattern, PatternLanguage language,
                           WordTable& words) {
  const auto forms = expand(text, words);
  if (!forms) return forms.error();
  for (const Sequence& form : *forms) {
    if (form.empty() || form.size() > kMaxElements) return wrong("1 to 16 words");
    if (form.front().kind == Element::Kind::gap || form.back().kind == Element::Kind::gap) {
      return wrong("a gap stands between words");
    }
    std::uint32_t node = 0;
    for (const Element& element : form) node = child(node, element);
    nodes_[node].accepts.emplace_back(pattern, language);
  }
  return {};
}

}  // namespace passaparola::sentiment
