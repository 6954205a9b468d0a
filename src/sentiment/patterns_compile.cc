#include <algorithm>
#include <limits>

#include "core/limits.h"
#include "sentiment/patterns.h"

namespace passaparola::sentiment {
namespace {

constexpr std::size_t kMaxForms = 4096;   // of one pattern, once its alternatives are written out
constexpr std::size_t kMaxElements = 16;  // of one form
constexpr unsigned kMaxGap = 6;

// How often in a million tokens, by a look at the tune halves of our sets.
constexpr float kTargetFrequency = 40'000;  // of a mention's text
constexpr float kOpinionFrequency = 40'000;
constexpr float kNumberFrequency = 10'000;
constexpr float kQuestionFrequency = 10'000;
constexpr float kRare = 1;
constexpr float kUnknown = -1;  // not looked up yet

Error wrong(std::string message) { return fail(ErrorCode::invalid_argument, std::move(message)); }

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

bool is_gap(std::string_view part) {
  return part.size() == 5 && part.front() == '<' && part[2] == '-' && part[4] == '>';
}

}  // namespace

Patterns::SetId Patterns::set_of(Set set) {
  std::sort(set.words.begin(), set.words.end());
  set.words.erase(std::unique(set.words.begin(), set.words.end()), set.words.end());
  std::sort(set.prefixes.begin(), set.prefixes.end());
  const auto [known, fresh] = set_ids_.try_emplace(set, static_cast<SetId>(sets_.size()));
  if (fresh) sets_.push_back(std::move(set));
  return known->second;
}

std::uint32_t Patterns::prefix_of(std::string_view key) {
  const auto known = prefix_ids_.find(key);
  if (known != prefix_ids_.end()) return known->second;
  prefixes_.emplace_back(key);
  const auto id = static_cast<std::uint32_t>(prefixes_.size() - 1);
  prefix_ids_.emplace(key, id);
  return id;
}

Result<Patterns::Sequence> Patterns::literal(std::string_view text, WordTable& words) {
  Sequence sequence;
  std::string_view rest = text;
  for (std::string_view part = next_part(rest); !part.empty(); part = next_part(rest)) {
    if (part == "?") {
      sequence.emplace_back(Kind::word, words.add("?"));
      continue;
    }
    if (part == "<target>" || part == "<good>" || part == "<bad>" || part == "<number>") {
      Kind kind = Kind::target;
      if (part == "<good>") kind = Kind::good;
      if (part == "<bad>") kind = Kind::bad;
      if (part == "<number>") kind = Kind::number;
      sequence.emplace_back(kind);
      continue;
    }
    const bool prefix = part.ends_with('*');
    if (prefix) part.remove_suffix(1);
    thread_local Arena keys;
    thread_local std::vector<Token> tokens;
    keys.reset();
    tokenize(part, words, keys, tokens);
    if (tokens.empty() && !part.empty() && static_cast<unsigned char>(part[0]) >= 0x80) {
      sequence.emplace_back(Kind::word, words.add(part));
      continue;  // an emoji
    }
    if (tokens.empty()) return wrong("a word without letters");
    for (const Token& token : tokens) {
      const std::string_view key = token.key;
      if (key.empty()) return wrong("a word that can never be found");
      if (prefix && &token == &tokens.back()) {
        if (key.size() < kMinPrefixBytes) return wrong("a prefix needs three letters");
        sequence.emplace_back(Kind::set, set_of({{}, {prefix_of(key)}}));
      } else {
        const WordId id = words.add(key);
        const std::string bare = without_accents(key);
        if (bare.size() >= kMinPrefixBytes) words.alias(bare, id);
        sequence.emplace_back(Kind::word, id);
      }
    }
  }
  return sequence;
}

// Alternatives of one word make one choice, a set; those of several words one choice each.
Result<std::vector<Patterns::Sequence>> Patterns::alternatives_of(std::string_view alternatives,
                                                                  WordTable& words) {
  std::vector<Sequence> choices;
  Set set;
  for (bool more = true; more;) {
    const std::size_t bar = alternatives.find('|');
    auto sequence = literal(alternatives.substr(0, bar), words);
    if (!sequence) return sequence.error();
    if (sequence->empty()) return wrong("an empty alternative");
    const Element first = sequence->front();
    if (sequence->size() == 1 && first.kind() == Kind::word) {
      set.words.push_back(first.value());
    } else if (sequence->size() == 1 && first.kind() == Kind::set) {
      const Set& one = sets_[first.value()];
      set.prefixes.insert(set.prefixes.end(), one.prefixes.begin(), one.prefixes.end());
    } else {
      choices.push_back(*std::move(sequence));
    }
    more = bar != std::string_view::npos;
    if (more) alternatives.remove_prefix(bar + 1);
  }
  if (!set.words.empty() || !set.prefixes.empty()) {
    choices.push_back({Element(Kind::set, set_of(std::move(set)))});
  }
  return choices;
}

Result<std::vector<Patterns::Sequence>> Patterns::choices_of(std::string_view part,
                                                             PatternLanguage language,
                                                             WordTable& words) {
  if (is_gap(part)) {
    const auto low = static_cast<unsigned>(part[1] - '0');
    const auto high = static_cast<unsigned>(part[3] - '0');
    if (low > high || high > kMaxGap) return wrong("a gap is <low-high> with at most 6 words");
    return std::vector<Sequence>{{Element(Kind::gap, low << 8U | high)}};
  }
  const bool optional = part.ends_with(")?") || part.ends_with("}?");
  const std::string_view group = optional ? part.substr(0, part.size() - 1) : part;
  std::vector<Sequence> choices;
  if (group.starts_with("{")) {
    const std::string name(group.substr(1, group.size() - 2));
    const auto known = classes_.find({language, name});
    if (!group.ends_with("}") || known == classes_.end()) {
      return wrong("no class is called " + name);
    }
    choices = known->second;
  } else if (group.starts_with("(")) {
    if (!group.ends_with(")")) return wrong("a group without its end");
    auto alternatives = alternatives_of(group.substr(1, group.size() - 2), words);
    if (!alternatives) return alternatives.error();
    choices = *std::move(alternatives);
  } else {
    auto sequence = literal(part, words);
    if (!sequence) return sequence.error();
    choices.push_back(*std::move(sequence));
  }
  if (optional) choices.emplace_back();
  return choices;
}

Result<std::vector<Patterns::Sequence>> Patterns::expand(std::string_view text,
                                                         PatternLanguage language,
                                                         WordTable& words) {
  std::vector<Sequence> forms{{}};
  std::string_view rest = text;
  for (std::string_view part = next_part(rest); !part.empty(); part = next_part(rest)) {
    const auto choices = choices_of(part, language, words);
    if (!choices) return choices.error();
    if (forms.size() * choices->size() > kMaxForms) return wrong("too many forms");
    std::vector<Sequence> longer;
    for (const Sequence& form : forms) {
      for (const Sequence& choice : *choices) {
        longer.push_back(form);
        longer.back().insert(longer.back().end(), choice.begin(), choice.end());
      }
    }
    forms = std::move(longer);
  }
  return forms;
}

void Patterns::set_frequency(std::string_view word, float per_million) {
  frequencies_[std::string(word)] += per_million;
}

float Patterns::frequency_of_prefix(std::string_view prefix) const {
  float sum = kRare;
  for (auto word = frequencies_.lower_bound(prefix);
       word != frequencies_.end() && word->first.starts_with(prefix); ++word) {
    sum += word->second;
  }
  return sum;
}

float Patterns::frequency_of_word(WordId word, const WordTable& words) {
  if (word >= word_frequencies_.size()) word_frequencies_.resize(words.size() + 1, kUnknown);
  float& frequency = word_frequencies_[word];
  if (frequency != kUnknown) return frequency;
  const std::string_view spelling = words.spelling(word);
  if (spelling == "?") return frequency = kQuestionFrequency;
  const auto known = frequencies_.find(spelling);
  return frequency = known == frequencies_.end() ? kRare : known->second;
}

float Patterns::frequency_of_set(SetId set, const WordTable& words) {
  if (set >= set_frequencies_.size()) set_frequencies_.resize(sets_.size(), kUnknown);
  if (set_frequencies_[set] != kUnknown) return set_frequencies_[set];
  float sum = 0;
  for (const WordId word : sets_[set].words) sum += frequency_of_word(word, words);
  for (const std::uint32_t prefix : sets_[set].prefixes) {
    sum += frequency_of_prefix(prefixes_[prefix]);
  }
  return set_frequencies_[set] = sum;
}

float Patterns::frequency_of(Element element, const WordTable& words) {
  switch (element.kind()) {
    case Kind::word:
      return frequency_of_word(element.value(), words);
    case Kind::set:
      return frequency_of_set(element.value(), words);
    case Kind::number:
      return kNumberFrequency;
    case Kind::target:
      return kTargetFrequency;
    case Kind::good:
    case Kind::bad:
      return kOpinionFrequency;
    case Kind::gap:
    case Kind::turn:
      break;
  }
  return std::numeric_limits<float>::max();
}

std::size_t Patterns::anchor_of(const Sequence& form, const WordTable& words) {
  std::size_t rarest = 0;
  float least = frequency_of(form[0], words);
  for (std::size_t i = 1; i < form.size(); ++i) {
    const float frequency = frequency_of(form[i], words);
    if (frequency < least) {
      least = frequency;
      rarest = i;
    }
  }
  return rarest;
}

Result<void> Patterns::define(std::string_view name, std::string_view alternatives,
                              PatternLanguage language, WordTable& words) {
  auto choices = alternatives_of(alternatives, words);
  if (!choices) return choices.error();
  const bool fresh =
      classes_.emplace(std::pair(language, std::string(name)), *std::move(choices)).second;
  if (!fresh) return wrong("a second class called " + std::string(name));
  return {};
}

Result<void> Patterns::add(std::string_view text, std::uint32_t pattern, PatternLanguage language,
                           WordTable& words) {
  const auto forms = expand(text, language, words);
  if (!forms) return forms.error();
  for (const Sequence& form : *forms) {
    if (form.empty() || form.size() > kMaxElements) return wrong("1 to 16 words");
    if (form.front().kind() == Kind::gap || form.back().kind() == Kind::gap) {
      return wrong("a gap stands between words");
    }
    const auto anchor = form.begin() + static_cast<std::ptrdiff_t>(anchor_of(form, words));
    Path path{{*anchor}, pattern, languages_of(language)};
    path.steps.insert(path.steps.end(), std::reverse_iterator(anchor), form.rend());
    path.steps.emplace_back(Kind::turn);
    path.steps.insert(path.steps.end(), anchor + 1, form.end());
    paths_.push_back(std::move(path));
  }
  return {};
}

}  // namespace passaparola::sentiment
