#include "sentiment/patterns.h"

#include <algorithm>

#include "core/check.h"

namespace passaparola::sentiment {
namespace {

constexpr float kClearValence = 1;  // what makes a word <good> or, below zero, <bad>

bool counts(PatternLanguage pattern, PatternLanguage text) {
  return pattern == PatternLanguage::both || text == PatternLanguage::both || pattern == text;
}

bool ends_sentence(const Token& token) {
  return token.kind == TokenKind::stop || token.kind == TokenKind::question;
}

std::uint8_t bucket_of(std::string_view key) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(key[i]) & 0xFFU; };
  return static_cast<std::uint8_t>(byte(0) * 31U + byte(1) * 7U + byte(2));
}

std::size_t slot_of(std::uint64_t member, std::size_t slots) {
  return static_cast<std::size_t>((member * 0x9E3779B97F4A7C15U) >> 32U) & (slots - 1);
}

// In order of the first token; of several forms of one pattern that begin there the longest stays.
void keep_longest(std::vector<PatternHit>& hits) {
  std::sort(hits.begin(), hits.end(), [](const PatternHit& a, const PatternHit& b) {
    if (a.first != b.first) return a.first < b.first;
    return a.pattern != b.pattern ? a.pattern < b.pattern : a.last > b.last;
  });
  const auto same = [](const PatternHit& a, const PatternHit& b) {
    return a.first == b.first && a.pattern == b.pattern;
  };
  hits.erase(std::unique(hits.begin(), hits.end(), same), hits.end());
}

}  // namespace

// Walks the trie from every token that is the anchor of something. Token indexes: what is found so
// far is [first, at).
struct Patterns::Walk {
  const Patterns& patterns;
  std::span<const Token> tokens;
  std::span<const Form> forms;  // of each token
  std::span<const std::uint32_t>
      targets_end;  // [i]: 1 + the first token of a name that ends before i
  PatternLanguage language;
  std::vector<PatternHit>& hits;

  // The depth is bounded by the longest pattern, the breadth by its gaps (6 words each).
  void left(std::uint32_t first, std::uint32_t at, NodeId id) const {
    const Node& node = patterns.nodes_[id];
    if (node.turn != 0) right(first, at, node.turn);
    if (first == 0 || ends_sentence(tokens[first - 1])) return;
    each_match(node, first - 1, [&](NodeId to) { left(first - 1, at, to); });
    if (node.target != 0 && targets_end[first] != 0) left(targets_end[first] - 1, at, node.target);
    for (const auto& [gap, to] : node.gaps) {
      std::uint32_t begin = first;
      for (std::uint32_t words = 0; words <= gap.second; ++words) {
        if (words >= gap.first) left(begin, at, to);
        if (begin == 0 || ends_sentence(tokens[begin - 1])) break;
        --begin;
      }
    }
  }

  void right(std::uint32_t first, std::uint32_t at, NodeId id) const {
    const Node& node = patterns.nodes_[id];
    for (const auto& [pattern, of] : node.accepts) {
      if (counts(of, language)) hits.push_back({pattern, first, at});
    }
    if (at >= tokens.size() || tokens[at].kind == TokenKind::stop) return;
    each_match(node, at, [&](NodeId to) { right(first, at + 1, to); });
    const std::uint32_t target_end = tokens[at].target_end;
    if (target_end > at && node.target != 0) right(first, target_end, node.target);
    for (const auto& [gap, to] : node.gaps) {
      std::uint32_t end = at;
      for (std::uint32_t words = 0; words <= gap.second; ++words) {
        if (words >= gap.first) right(first, end, to);
        if (end >= tokens.size() || ends_sentence(tokens[end])) break;
        ++end;
      }
    }
  }

  // Calls go(child) for every child that token `at` alone leads to.
  template <typename Go>
  void each_match(const Node& node, std::uint32_t at, Go go) const {
    if (forms[at] != 0) {
      for (const auto& [word, to] : node.words) {
        if (word == forms[at]) go(to);
      }
      for (const auto& [set, to] : node.sets) {
        if (patterns.holds(set, forms[at])) go(to);
      }
    }
    const Token& token = tokens[at];
    if (node.number != 0 && token.kind == TokenKind::number) go(node.number);
    if (node.good != 0 && token.valence >= kClearValence) go(node.good);
    if (node.bad != 0 && token.valence <= -kClearValence) go(node.bad);
  }
};

Patterns::Patterns() : nodes_(1), sets_(1) {}

bool Patterns::holds(SetId set, Form form) const {
  const std::uint64_t member = (std::uint64_t{set} << 32U) | form;
  for (std::size_t slot = slot_of(member, members_.size()); members_[slot] != 0;
       slot = (slot + 1) & (members_.size() - 1)) {
    if (members_[slot] == member) return true;
  }
  return false;
}

// Behind the last prefix when none fits.
std::uint32_t Patterns::longest_prefix(std::string_view key) const {
  if (key.size() >= 3) {
    for (const std::uint32_t prefix : buckets_[bucket_of(key)]) {
      if (key.starts_with(prefixes_[prefix])) return prefix;
    }
  }
  return static_cast<std::uint32_t>(prefixes_.size());
}

Patterns::Form Patterns::form_of(const Token& token) const {
  const bool open = token.kind == TokenKind::word || token.kind == TokenKind::hashtag;
  if (token.word != 0 || !open) return token.word;
  const std::uint32_t prefix = longest_prefix(token.key);
  return prefix == prefixes_.size() ? 0 : first_prefix_form_ + prefix;
}

// A form belongs to the sets of its own word and of every prefix that it begins with.
std::vector<std::vector<Patterns::SetId>> Patterns::sets_of_forms(const WordTable& words) const {
  std::vector<std::vector<SetId>> sets_of_word(first_prefix_form_);
  std::vector<std::vector<SetId>> sets_of_prefix(prefixes_.size());
  for (SetId set = 1; set < sets_.size(); ++set) {
    for (const WordId word : sets_[set].words) sets_of_word[word].push_back(set);
    for (const std::uint32_t prefix : sets_[set].prefixes) sets_of_prefix[prefix].push_back(set);
  }
  std::vector<std::vector<SetId>> sets_of_form(first_prefix_form_ + prefixes_.size());
  for (Form form = 1; form < sets_of_form.size(); ++form) {
    const bool known = form < first_prefix_form_;
    const std::string_view key =
        known ? words.spelling(form) : std::string_view(prefixes_[form - first_prefix_form_]);
    std::vector<SetId>& own = sets_of_form[form];
    if (known) own = sets_of_word[form];
    if (key.size() >= 3) {
      for (const std::uint32_t prefix : buckets_[bucket_of(key)]) {
        if (!key.starts_with(prefixes_[prefix])) continue;
        own.insert(own.end(), sets_of_prefix[prefix].begin(), sets_of_prefix[prefix].end());
      }
    }
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
  }
  return sets_of_form;
}

void Patterns::seal(const WordTable& words) {
  for (std::uint32_t i = 0; i < prefixes_.size(); ++i) {
    buckets_[bucket_of(prefixes_[i])].push_back(i);
  }
  for (auto& bucket : buckets_) {
    std::sort(bucket.begin(), bucket.end(), [&](std::uint32_t a, std::uint32_t b) {
      return prefixes_[a].size() > prefixes_[b].size();
    });
  }
  first_prefix_form_ = static_cast<std::uint32_t>(words.size() + 1);
  const auto sets_of_form = sets_of_forms(words);
  const std::size_t forms = sets_of_form.size();
  std::size_t count = 0;
  for (const auto& sets : sets_of_form) count += sets.size();
  std::size_t slots = 16;
  while (slots < 2 * count) slots *= 2;
  members_.assign(slots, 0);
  std::vector<NodeId> node_of_word(forms, 0);
  for (const auto& [word, to] : nodes_[0].words) node_of_word[word] = to;
  std::vector<NodeId> node_of_set(sets_.size(), 0);
  for (const auto& [set, to] : nodes_[0].sets) node_of_set[set] = to;
  root_begin_.assign(forms + 1, 0);
  for (Form form = 1; form < forms; ++form) {
    root_begin_[form] = static_cast<std::uint32_t>(root_nodes_.size());
    if (node_of_word[form] != 0) root_nodes_.push_back(node_of_word[form]);
    for (const SetId set : sets_of_form[form]) {
      const std::uint64_t member = (std::uint64_t{set} << 32U) | form;
      std::size_t slot = slot_of(member, slots);
      while (members_[slot] != 0) slot = (slot + 1) & (slots - 1);
      members_[slot] = member;
      if (node_of_set[set] != 0) root_nodes_.push_back(node_of_set[set]);
    }
  }
  root_begin_[forms] = static_cast<std::uint32_t>(root_nodes_.size());
}

void Patterns::find(std::span<const Token> tokens, PatternLanguage language,
                    std::vector<PatternHit>& hits) const {
  CHECK(!members_.empty(), "patterns are sealed before they are used");
  thread_local std::vector<Form> forms;
  thread_local std::vector<std::uint32_t> targets_end;
  forms.clear();
  targets_end.assign(tokens.size() + 1, 0);
  for (std::uint32_t i = 0; i < tokens.size(); ++i) {
    forms.push_back(form_of(tokens[i]));
    if (tokens[i].target_end > i) targets_end[tokens[i].target_end] = i + 1;
  }
  hits.clear();
  const Walk walk{*this, tokens, forms, targets_end, language, hits};
  const Node& root = nodes_[0];
  for (std::uint32_t at = 0; at < tokens.size(); ++at) {
    const Token& token = tokens[at];
    if (const Form form = forms[at]; form != 0) {
      for (std::uint32_t i = root_begin_[form]; i < root_begin_[form + 1]; ++i) {
        walk.left(at, at + 1, root_nodes_[i]);
      }
    }
    if (root.number != 0 && token.kind == TokenKind::number) walk.left(at, at + 1, root.number);
    if (root.good != 0 && token.valence >= kClearValence) walk.left(at, at + 1, root.good);
    if (root.bad != 0 && token.valence <= -kClearValence) walk.left(at, at + 1, root.bad);
    if (root.target != 0 && token.target_end > at) walk.left(at, token.target_end, root.target);
  }
  keep_longest(hits);
}

}  // namespace passaparola::sentiment
