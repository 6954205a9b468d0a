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

// Lays the trie of sorted paths, a node behind those that it leads to, and every node from which
// the same is found once: the forms of a pattern differ in what is optional and in alternatives of
// several words and share what stands behind.
struct Patterns::Packer {
  explicit Packer(Patterns& patterns) : p(patterns) {}

  // Calls go(step, node) for each step that leads on from the node at `depth` of `paths`.
  template <typename Go>
  void each_step(std::span<const Path> paths, std::size_t depth, Go go) {
    while (!paths.empty()) {
      const Element step = paths.front().steps[depth];
      const auto last = std::find_if(paths.begin(), paths.end(),
                                     [&](const Path& path) { return path.steps[depth] != step; });
      const auto same = static_cast<std::size_t>(last - paths.begin());
      go(step, node(paths.first(same), depth + 1));
      paths = paths.subspan(same);
    }
  }

  // The node that the first `depth` steps, which all of `paths` have, lead to, with its languages.
  NodeId node(std::span<const Path> paths, std::size_t depth) {
    PackedNode packed;
    NodeId languages = 0;
    for (const Path& path : paths) languages |= path.languages;
    std::vector<std::uint32_t> key;
    std::size_t accepts = 0;  // shorter paths stand before those that they begin
    for (; accepts < paths.size() && paths[accepts].steps.size() == depth; ++accepts) {
      key.insert(key.end(), {paths[accepts].pattern, paths[accepts].languages});
    }
    std::vector<Child> children;
    each_step(paths.subspan(accepts), depth,
              [&](Element step, NodeId to) { add(step, to, packed, children); });
    for (const Child& child : children) key.insert(key.end(), {child.key, child.to});
    packed.accept_count = narrow<std::uint16_t>(accepts);
    key.insert(key.end(), {packed.turn, packed.words, packed.sets, packed.gaps, packed.others});
    const auto [same, fresh] =
        known.try_emplace(std::move(key), static_cast<NodeId>(p.packed_.size()));
    if (fresh) {
      packed.children = narrow<std::uint32_t>(p.children_.size());
      p.children_.insert(p.children_.end(), children.begin(), children.end());
      packed.accepts = narrow<std::uint32_t>(p.accepts_.size());
      for (const Path& path : paths.first(accepts)) {
        p.accepts_.emplace_back(path.pattern, path.languages);
      }
      if (accepts != 0) packed.signature |= kAccepts;
      p.packed_.push_back(packed);
    }
    return languages << kLanguagesShift | same->second;
  }

  void add(Element step, NodeId to, PackedNode& packed, std::vector<Child>& children) const {
    switch (step.kind()) {
      case Kind::turn:
        packed.turn = to;
        return;
      case Kind::word:
        children.push_back({step.value(), to});
        packed.signature |= bit_of(step.value());
        ++packed.words;
        return;
      case Kind::set:
        children.push_back({step.value(), to});
        packed.signature |= p.set_signatures_[step.value()];
        ++packed.sets;
        return;
      case Kind::gap:
        children.push_back({step.value(), to});
        packed.signature |= kAny;
        ++packed.gaps;
        return;
      default:
        children.push_back({static_cast<std::uint32_t>(step.kind()), to});
        packed.signature |= bit_of(step.kind());
        ++packed.others;
    }
  }

  Patterns& p;
  std::unordered_map<std::vector<std::uint32_t>, NodeId, KeyHash> known;
};

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
  std::vector<NodeId> node_of_word(sets_of_form.size(), 0);
  std::vector<NodeId> node_of_set(sets_.size(), 0);
  std::sort(paths_.begin(), paths_.end());
  paths_.erase(std::unique(paths_.begin(), paths_.end()), paths_.end());
  packed_.emplace_back();  // 0: none
  Packer packer(*this);
  packer.each_step(paths_, 0, [&](Element anchor, NodeId to) {
    switch (anchor.kind()) {
      case Kind::word:
        node_of_word[anchor.value()] = to;
        break;
      case Kind::set:
        node_of_set[anchor.value()] = to;
        break;
      case Kind::number:
        number_root_ = root_of(to);
        break;
      case Kind::target:
        target_root_ = root_of(to);
        break;
      case Kind::good:
        good_root_ = root_of(to);
        break;
      case Kind::bad:
        bad_root_ = root_of(to);
        break;
      case Kind::gap:
      case Kind::turn:
        CHECK(false, "a gap is the anchor of a pattern");
    }
  });
  CHECK(packed_.size() <= kNodeMask, "more nodes than a child's number has room for");
  for (Form form = 1; form < sets_of_form.size(); ++form) {
    FormEntry& entry = forms_[form];
    entry.roots = static_cast<std::uint32_t>(roots_.size());
    if (node_of_word[form] != 0) roots_.push_back(root_of(node_of_word[form]));
    for (const SetId set : sets_of_form[form]) {
      if (node_of_set[set] != 0) roots_.push_back(root_of(node_of_set[set]));
    }
    entry.root_count = narrow<std::uint16_t>(roots_.size() - entry.roots);
  }
  paths_ = {};
  set_signatures_ = {};
}

Patterns::Root Patterns::root_of(NodeId node) const {
  const PackedNode& packed = packed_[node & kNodeMask];
  return {packed.signature, packed_[packed.turn & kNodeMask].signature, node};
}

}  // namespace passaparola::sentiment
