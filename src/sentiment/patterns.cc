#include "sentiment/patterns.h"

#include <algorithm>

#include "core/check.h"

namespace passaparola::sentiment {
namespace {

constexpr float kClearValence = 1;  // what makes a word <good> or, below zero, <bad>

bool is_good(const Token& token) { return token.valence >= kClearValence; }
bool is_bad(const Token& token) { return token.valence <= -kClearValence; }

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

Patterns::Signature Patterns::signature_of(const Token& token) {
  Signature signature = 0;
  if (token.kind == TokenKind::number) signature |= bit_of(Kind::number);
  if (is_good(token)) signature |= bit_of(Kind::good);
  if (is_bad(token)) signature |= bit_of(Kind::bad);
  return signature;
}

// Walks the trie from every token that is the anchor of something. Token indexes: what is found so
// far is [first, at).
struct Patterns::Walk {
  const Patterns& patterns;
  std::span<const Token> tokens;
  std::span<const Form> forms;  // of each token
  // [i]: what may lead on over token i to the right, or over token i - 1 to the left.
  std::span<const Signature> rightward;
  std::span<const Signature> leftward;
  // [i]: 1 + the first token of a name that ends before i
  std::span<const std::uint32_t> targets_end;
  unsigned languages;
  std::vector<PatternHit>& hits;

  bool leads(NodeId child) const { return (child >> kLanguagesShift & languages) != 0; }

  void from(const Root& root, std::uint32_t first, std::uint32_t at) const {
    const Signature beside = (root.left & leftward[first]) | (root.right & rightward[at]);
    if (beside != 0 && leads(root.node)) left(first, at, root.node);
  }

  // The depth is bounded by the longest pattern, the breadth by its gaps (6 words each).
  void left(std::uint32_t first, std::uint32_t at, NodeId child) const {
    const PackedNode& node = patterns.packed_[child & kNodeMask];
    if (leads(node.turn)) right(first, at, node.turn);
    if ((node.signature & leftward[first]) == 0) return;
    const Child* next = each_match(node, first - 1, [&](NodeId to) { left(first - 1, at, to); });
    for (const Child* const end = next + node.gaps; next != end; ++next) {
      if (!leads(next->to)) continue;
      const Signature behind = patterns.packed_[next->to & kNodeMask].signature;
      std::uint32_t begin = first;
      for (std::uint32_t words = 0; words <= (next->key & 0xFF); ++words) {
        if (words >= next->key >> 8 && (behind & leftward[begin]) != 0) left(begin, at, next->to);
        if (begin == 0 || ends_sentence(tokens[begin - 1])) break;
        --begin;
      }
    }
    each_other(
        node, next, leftward[first], [&](NodeId to) { left(first - 1, at, to); },
        [&](NodeId to) { left(targets_end[first] - 1, at, to); });
  }

  void right(std::uint32_t first, std::uint32_t at, NodeId child) const {
    const PackedNode& node = patterns.packed_[child & kNodeMask];
    for (std::uint32_t i = 0; i < node.accept_count; ++i) {
      const auto& [pattern, of] = patterns.accepts_[node.accepts + i];
      if ((of & languages) != 0) hits.push_back({pattern, first, at});
    }
    if ((node.signature & rightward[at] & ~kAccepts) == 0) return;
    const Child* next = each_match(node, at, [&](NodeId to) { right(first, at + 1, to); });
    for (const Child* const end = next + node.gaps; next != end; ++next) {
      if (!leads(next->to)) continue;
      const Signature behind = patterns.packed_[next->to & kNodeMask].signature;
      std::uint32_t end_of_gap = at;
      for (std::uint32_t words = 0; words <= (next->key & 0xFF); ++words) {
        if (words >= next->key >> 8 && (behind & rightward[end_of_gap]) != 0) {
          right(first, end_of_gap, next->to);
        }
        if (end_of_gap >= tokens.size() || ends_sentence(tokens[end_of_gap])) break;
        ++end_of_gap;
      }
    }
    each_other(
        node, next, rightward[at], [&](NodeId to) { right(first, at + 1, to); },
        [&](NodeId to) { right(first, tokens[at].target_end, to); });
  }

  // Calls go(child) for every child that the word of token `at` leads to, and returns the first of
  // the children behind.
  template <typename Go>
  const Child* each_match(const PackedNode& node, std::uint32_t at, Go go) const {
    const Child* next = patterns.children_.data() + node.children;
    const Child* const sets = next + node.words;
    const Child* const end = sets + node.sets;
    const Form form = forms[at];
    if ((bit_of(form) & node.signature) == 0 || form == 0) return end;
    for (; next != sets; ++next) {
      if (next->key == form && leads(next->to)) go(next->to);
    }
    const FormEntry& entry = patterns.forms_[form];
    for (; next != end; ++next) {
      if (leads(next->to) && patterns.holds(entry, next->key)) go(next->to);
    }
    return end;
  }

  // The same for what is not a word, by the signature of what stands there, and go_over(child) for
  // a name.
  template <typename Go, typename GoOver>
  void each_other(const PackedNode& node, const Child* next, Signature beside, Go go,
                  GoOver go_over) const {
    for (const Child* const end = next + node.others; next != end; ++next) {
      const auto kind = static_cast<Kind>(next->key);
      if (!leads(next->to) || (beside & bit_of(kind)) == 0) continue;
      if (kind == Kind::target) {
        go_over(next->to);
      } else {
        go(next->to);
      }
    }
  }
};

Patterns::Patterns() : sets_(1) {}

bool Patterns::holds(const FormEntry& form, SetId set) const {
  if ((form.some_sets & some_set(set)) == 0) return false;
  const auto own = sets_of_forms_.begin() + form.sets;
  return std::binary_search(own, own + form.set_count, set);
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

void Patterns::find(std::span<const Token> tokens, PatternLanguage language,
                    std::vector<PatternHit>& hits) const {
  CHECK(!packed_.empty(), "patterns are sealed before they are used");
  hits.clear();
  if (tokens.empty()) return;
  thread_local std::vector<Form> forms;
  thread_local std::vector<Signature> rightward, leftward;
  thread_local std::vector<std::uint32_t> targets_end;
  forms.clear();
  rightward.clear();
  leftward.assign(1, 0);
  targets_end.assign(tokens.size() + 1, 0);
  for (std::uint32_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    forms.push_back(form_of(token));
    Signature signature = signature_of(token) | kAny;
    if (forms[i] != 0) signature |= bit_of(forms[i]);
    leftward.push_back(ends_sentence(token) ? 0 : signature);
    signature |= kAccepts;
    if (token.target_end > i) {
      signature |= bit_of(Kind::target);
      targets_end[token.target_end] = i + 1;
    }
    rightward.push_back(token.kind == TokenKind::stop ? kAccepts : signature);
  }
  for (std::uint32_t end = 0; end < targets_end.size(); ++end) {
    if (targets_end[end] != 0 && leftward[end] != 0) leftward[end] |= bit_of(Kind::target);
  }
  rightward.push_back(kAccepts);
  const Walk walk{*this, tokens, forms, rightward, leftward, targets_end, languages_of(language),
                  hits};
  for (std::uint32_t at = 0; at < tokens.size(); ++at) {
    const Token& token = tokens[at];
    const FormEntry& entry = forms_[forms[at]];
    for (std::uint32_t i = 0; i < entry.root_count; ++i) {
      walk.from(roots_[entry.roots + i], at, at + 1);
    }
    if (token.kind == TokenKind::number) walk.from(number_root_, at, at + 1);
    if (is_good(token)) walk.from(good_root_, at, at + 1);
    if (is_bad(token)) walk.from(bad_root_, at, at + 1);
    if (token.target_end > at) walk.from(target_root_, at, token.target_end);
  }
  keep_longest(hits);
}

}  // namespace passaparola::sentiment
