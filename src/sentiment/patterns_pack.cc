#include <algorithm>
#include <limits>
#include <unordered_map>

#include "core/check.h"
#include "core/hash.h"
#include "sentiment/patterns.h"

namespace passaparola::sentiment {
namespace {

template <typename Small, typename Large>
Small narrow(Large value) {
  CHECK(value <= std::numeric_limits<Small>::max(), "more cues than their tables have room for");
  return static_cast<Small>(value);
}

struct KeyHash {
  std::size_t operator()(const std::vector<std::uint32_t>& key) const {
    return content_hash64({reinterpret_cast<const char*>(key.data()), key.size() * sizeof key[0]});
  }
};

}  // namespace

std::uint8_t Patterns::bucket_of(std::string_view key) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(key[i]) & 0xFFU; };
  return static_cast<std::uint8_t>(byte(0) * 31U + byte(1) * 7U + byte(2));
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

void Patterns::fill_forms(const std::vector<std::vector<SetId>>& sets_of_form) {
  forms_.resize(sets_of_form.size());
  set_signatures_.assign(sets_.size(), 0);
  for (Form form = 1; form < sets_of_form.size(); ++form) {
    FormEntry& entry = forms_[form];
    entry.sets = narrow<std::uint32_t>(sets_of_forms_.size());
    entry.set_count = narrow<std::uint16_t>(sets_of_form[form].size());
    for (const SetId set : sets_of_form[form]) {
      entry.some_sets |= some_set(set);
      set_signatures_[set] |= bit_of(form);
      sets_of_forms_.push_back(narrow<std::uint16_t>(set));
    }
  }
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
  fill_forms(sets_of_form);
  pack();
  const Node& root = nodes_[0];
  std::vector<NodeId> node_of_word(sets_of_form.size(), 0);
  for (const auto& [word, to] : root.words) node_of_word[word] = to;
  std::vector<NodeId> node_of_set(sets_.size(), 0);
  for (const auto& [set, to] : root.sets) node_of_set[set] = to;
  for (Form form = 1; form < sets_of_form.size(); ++form) {
    FormEntry& entry = forms_[form];
    entry.roots = static_cast<std::uint32_t>(roots_.size());
    if (node_of_word[form] != 0) roots_.push_back(root_of(node_of_word[form]));
    for (const SetId set : sets_of_form[form]) {
      if (node_of_set[set] != 0) roots_.push_back(root_of(node_of_set[set]));
    }
    entry.root_count = narrow<std::uint16_t>(roots_.size() - entry.roots);
  }
  number_root_ = root_of(root.number);
  target_root_ = root_of(root.target);
  good_root_ = root_of(root.good);
  bad_root_ = root_of(root.bad);
  nodes_ = {};
  set_signatures_ = {};
}

// Gives nodes from which the same is found one number and packs each once. The forms of a pattern
// differ in what is optional and in alternatives of several words and share what stands behind. A
// child was made after its parent, so that children come first here.
void Patterns::pack() {
  CHECK(nodes_.size() <= kNodeMask, "more nodes than a child's number has room for");
  packed_.emplace_back();                           // 0: none
  std::vector<NodeId> number_of(nodes_.size(), 0);  // with its languages
  std::unordered_map<std::vector<std::uint32_t>, NodeId, KeyHash> known;
  std::vector<std::uint32_t> key;
  for (NodeId id = static_cast<NodeId>(nodes_.size()); id-- > 0;) {
    Node& node = nodes_[id];
    const auto renumber = [&](NodeId& to) { to = number_of[to]; };
    for (auto& [word, to] : node.words) renumber(to);
    for (auto& [set, to] : node.sets) renumber(to);
    for (auto& [gap, to] : node.gaps) renumber(to);
    for (NodeId* to : {&node.number, &node.target, &node.good, &node.bad, &node.turn}) {
      renumber(*to);
    }
    if (id == 0) return;
    std::sort(node.words.begin(), node.words.end());
    std::sort(node.sets.begin(), node.sets.end());
    std::sort(node.gaps.begin(), node.gaps.end());
    std::sort(node.accepts.begin(), node.accepts.end());
    PackedNode packed;
    packed.children = narrow<std::uint32_t>(children_.size());
    packed.accepts = narrow<std::uint32_t>(accepts_.size());
    lay(node, packed);
    key.assign({node.turn, packed.words, packed.sets, packed.gaps, packed.others});
    for (const Child& child : std::span(children_).subspan(packed.children)) {
      key.push_back(child.key);
      key.push_back(child.to);
    }
    for (const auto& [pattern, languages] : node.accepts) {
      key.push_back(pattern);
      key.push_back(languages);
    }
    const auto [same, fresh] =
        known.try_emplace(std::move(key), static_cast<NodeId>(packed_.size()));
    number_of[id] = static_cast<NodeId>(node.languages) << kLanguagesShift | same->second;
    if (fresh) {
      packed_.push_back(packed);
    } else {
      children_.resize(packed.children);
      accepts_.resize(packed.accepts);
    }
  }
}

// Writes the children and the accepted patterns of `node` behind those of the nodes before.
void Patterns::lay(const Node& node, PackedNode& packed) {
  for (const auto& [word, to] : node.words) {
    children_.push_back({word, to});
    packed.signature |= bit_of(word);
  }
  for (const auto& [set, to] : node.sets) {
    children_.push_back({set, to});
    packed.signature |= set_signatures_[set];
  }
  for (const auto& [gap, to] : node.gaps) {
    children_.push_back({static_cast<std::uint32_t>(gap.first) << 8U | gap.second, to});
    packed.signature |= kAny;
  }
  const auto other = [&](Element::Kind kind, NodeId to) {
    if (to == 0) return;
    children_.push_back({static_cast<std::uint32_t>(kind), to});
    packed.signature |= bit_of(kind);
    ++packed.others;
  };
  other(Element::Kind::number, node.number);
  other(Element::Kind::target, node.target);
  other(Element::Kind::good, node.good);
  other(Element::Kind::bad, node.bad);
  accepts_.insert(accepts_.end(), node.accepts.begin(), node.accepts.end());
  if (!node.accepts.empty()) packed.signature |= kAccepts;
  packed.turn = node.turn;
  packed.words = narrow<std::uint16_t>(node.words.size());
  packed.sets = narrow<std::uint16_t>(node.sets.size());
  packed.gaps = narrow<std::uint8_t>(node.gaps.size());
  packed.accept_count = narrow<std::uint16_t>(node.accepts.size());
}

Patterns::Root Patterns::root_of(NodeId node) const {
  const PackedNode& packed = packed_[node & kNodeMask];
  return {packed.signature, packed_[packed.turn & kNodeMask].signature, node};
}

}  // namespace passaparola::sentiment
