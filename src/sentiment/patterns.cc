#include "sentiment/patterns.h"

#include <algorithm>

#include "core/check.h"

namespace passaparola::sentiment {
namespace {

constexpr float kClearValence = 1;  // what makes a word <good> or, below zero, <bad>

constexpr unsigned kLanguagesShift = 30;  // of the languages in a child's number
constexpr std::uint32_t kNodeMask = (1U << kLanguagesShift) - 1;

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
  // [i]: 1 + the first token of a name that ends before i
  std::span<const std::uint32_t> targets_end;
  unsigned languages;
  std::vector<PatternHit>& hits;

  bool leads(NodeId child) const { return (child >> kLanguagesShift & languages) != 0; }

  // The depth is bounded by the longest pattern, the breadth by its gaps (6 words each).
  void left(std::uint32_t first, std::uint32_t at, NodeId child) const {
    if (!leads(child)) return;
    const PackedNode* const node = &patterns.packed_[child & kNodeMask];
    if (node->turn != 0) right(first, at, node->turn);
    if (first == 0 || ends_sentence(tokens[first - 1])) return;
    each_match(node, first - 1, [&](NodeId to) { left(first - 1, at, to); });
    if (node->target != 0 && targets_end[first] != 0) {
      left(targets_end[first] - 1, at, node->target);
    }
    for (std::uint32_t i = node->gaps; i < node[1].gaps; ++i) {
      const Child& gap = patterns.gaps_[i];
      if (!leads(gap.to)) continue;
      std::uint32_t begin = first;
      for (std::uint32_t words = 0; words <= (gap.key & 0xFF); ++words) {
        if (words >= gap.key >> 8) left(begin, at, gap.to);
        if (begin == 0 || ends_sentence(tokens[begin - 1])) break;
        --begin;
      }
    }
  }

  void right(std::uint32_t first, std::uint32_t at, NodeId child) const {
    if (!leads(child)) return;
    const PackedNode* const node = &patterns.packed_[child & kNodeMask];
    for (std::uint32_t i = node->accepts; i < node[1].accepts; ++i) {
      const auto& [pattern, of] = patterns.accepts_[i];
      if ((of & languages) != 0) hits.push_back({pattern, first, at});
    }
    if (at >= tokens.size() || tokens[at].kind == TokenKind::stop) return;
    each_match(node, at, [&](NodeId to) { right(first, at + 1, to); });
    const std::uint32_t target_end = tokens[at].target_end;
    if (target_end > at && node->target != 0) right(first, target_end, node->target);
    for (std::uint32_t i = node->gaps; i < node[1].gaps; ++i) {
      const Child& gap = patterns.gaps_[i];
      if (!leads(gap.to)) continue;
      std::uint32_t end = at;
      for (std::uint32_t words = 0; words <= (gap.key & 0xFF); ++words) {
        if (words >= gap.key >> 8) right(first, end, gap.to);
        if (end >= tokens.size() || ends_sentence(tokens[end])) break;
        ++end;
      }
    }
  }

  // Calls go(child) for every child that token `at` alone leads to.
  template <typename Go>
  void each_match(const PackedNode* node, std::uint32_t at, Go go) const {
    if (const Form form = forms[at]; form != 0) {
      for (std::uint32_t i = node->words; i < node[1].words; ++i) {
        if (patterns.words_[i].key == form) go(patterns.words_[i].to);
      }
      const std::uint64_t signature = patterns.signatures_[form];
      if ((signature & node->sets_signature) != 0) each_set(node, form, signature, go);
    }
    const Token& token = tokens[at];
    if (node->number != 0 && token.kind == TokenKind::number) go(node->number);
    if (node->good != 0 && token.valence >= kClearValence) go(node->good);
    if (node->bad != 0 && token.valence <= -kClearValence) go(node->bad);
  }

  template <typename Go>
  void each_set(const PackedNode* node, Form form, std::uint64_t signature, Go go) const {
    for (std::uint32_t i = node->sets; i < node[1].sets; ++i) {
      const auto& [set, to] = patterns.set_children_[i];
      if ((signature >> (set & 63U) & 1U) == 0 || !leads(to)) continue;
      if (patterns.holds(set, form)) go(to);
    }
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
  signatures_.assign(forms, 0);
  std::vector<NodeId> node_of_word(forms, 0);
  for (const auto& [word, to] : nodes_[0].words) node_of_word[word] = packed(to);
  std::vector<NodeId> node_of_set(sets_.size(), 0);
  for (const auto& [set, to] : nodes_[0].sets) node_of_set[set] = packed(to);
  root_begin_.assign(forms + 1, 0);
  for (Form form = 1; form < forms; ++form) {
    root_begin_[form] = static_cast<std::uint32_t>(root_nodes_.size());
    if (node_of_word[form] != 0) root_nodes_.push_back(node_of_word[form]);
    for (const SetId set : sets_of_form[form]) {
      const std::uint64_t member = (std::uint64_t{set} << 32U) | form;
      std::size_t slot = slot_of(member, slots);
      while (members_[slot] != 0) slot = (slot + 1) & (slots - 1);
      members_[slot] = member;
      signatures_[form] |= std::uint64_t{1} << (set & 63U);
      if (node_of_set[set] != 0) root_nodes_.push_back(node_of_set[set]);
    }
  }
  root_begin_[forms] = static_cast<std::uint32_t>(root_nodes_.size());
  pack();
}

Patterns::NodeId Patterns::packed(NodeId node) const {
  return node == 0 ? 0 : static_cast<NodeId>(nodes_[node].languages) << kLanguagesShift | node;
}

void Patterns::pack() {
  CHECK(nodes_.size() <= kNodeMask, "more nodes than a child's number has room for");
  packed_.reserve(nodes_.size() + 1);
  const auto begin = [](const auto& of) { return static_cast<std::uint32_t>(of.size()); };
  for (const Node& node : nodes_) {
    PackedNode& to = packed_.emplace_back();
    to.words = begin(words_);
    to.sets = begin(set_children_);
    to.gaps = begin(gaps_);
    to.accepts = begin(accepts_);
    for (const auto& [word, child] : node.words) words_.push_back({word, packed(child)});
    for (const auto& [set, child] : node.sets) {
      set_children_.push_back({set, packed(child)});
      to.sets_signature |= std::uint64_t{1} << (set & 63U);
    }
    for (const auto& [gap, child] : node.gaps) {
      gaps_.push_back({static_cast<std::uint32_t>(gap.first) << 8U | gap.second, packed(child)});
    }
    accepts_.insert(accepts_.end(), node.accepts.begin(), node.accepts.end());
    to.number = packed(node.number);
    to.target = packed(node.target);
    to.good = packed(node.good);
    to.bad = packed(node.bad);
    to.turn = packed(node.turn);
  }
  PackedNode& behind = packed_.emplace_back();
  behind.words = begin(words_);
  behind.sets = begin(set_children_);
  behind.gaps = begin(gaps_);
  behind.accepts = begin(accepts_);
  nodes_ = {};
}

void Patterns::find(std::span<const Token> tokens, PatternLanguage language,
                    std::vector<PatternHit>& hits) const {
  CHECK(!packed_.empty(), "patterns are sealed before they are used");
  thread_local std::vector<Form> forms;
  thread_local std::vector<std::uint32_t> targets_end;
  forms.clear();
  targets_end.assign(tokens.size() + 1, 0);
  for (std::uint32_t i = 0; i < tokens.size(); ++i) {
    forms.push_back(form_of(tokens[i]));
    if (tokens[i].target_end > i) targets_end[tokens[i].target_end] = i + 1;
  }
  hits.clear();
  const Walk walk{*this, tokens, forms, targets_end, languages_of(language), hits};
  const PackedNode& root = packed_[0];
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
