#include "app/rule_diff.h"

#include "pipeline/processor.h"

#include <algorithm>

namespace passaparola::app {
namespace {

constexpr std::size_t kShownBytes = 160;

// At most kShownBytes, not cut inside of a character, in one line.
std::string shortened(std::string_view text) {
  std::size_t end = std::min(text.size(), kShownBytes);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  std::string out(text.substr(0, end));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (end < text.size()) out += "…";
  return out;
}

DiffExample example_of(const PostView& post, const std::vector<std::string>& matched) {
  return {std::string(post.source), std::string(post.id), std::string(post.author.id),
          shortened(post.text), matched};
}

void add_word(std::vector<std::string>& words, std::string_view word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.emplace_back(word);
}

}  // namespace

RuleDiff::RuleDiff(const pipeline::Judges& before, const pipeline::Judges& after,
                   std::size_t examples)
    : before_(before.rules),
      after_(after.rules),
      old_matcher_(before_, pipeline::knowledge_of(before)),
      new_matcher_(after_, pipeline::knowledge_of(after)),
      examples_(examples) {}

void RuleDiff::add(std::span<const PostView> posts) {
  old_matches_.clear();
  new_matches_.clear();
  arena_.reset();
  old_matcher_.find(posts, arena_, old_matches_);
  new_matcher_.find(posts, arena_, new_matches_);
  auto old_match = old_matches_.begin();
  auto new_match = new_matches_.begin();
  Verdict old_brands, new_brands, old_rules, new_rules;
  for (std::uint32_t i = 0; i < posts.size(); ++i) {
    if (posts[i].op == PostOp::create || posts[i].op == PostOp::update) ++posts_;
    old_brands.clear(), new_brands.clear(), old_rules.clear(), new_rules.clear();
    for (; old_match != old_matches_.end() && old_match->post == i; ++old_match) {
      add_match(*before_, posts[i], *old_match, old_brands, old_rules);
    }
    for (; new_match != new_matches_.end() && new_match->post == i; ++new_match) {
      add_match(*after_, posts[i], *new_match, new_brands, new_rules);
    }
    compare(posts[i], old_brands, new_brands, brands_);
    compare(posts[i], old_rules, new_rules, rules_);
  }
}

void RuleDiff::add_match(const match::Ruleset& rules, const PostView& post,
                         const match::PostMatch& match, Verdict& brands, Verdict& by_rule) {
  std::vector<std::string>& of_brand = brands[rules.brands()[match.brand].id];
  for (const RuleHit& rule : match.rules) by_rule[std::string(rule.id)];
  for (const Match& span : match.matches) {
    const std::string_view word =
        field_text(post, span.field, span.link).substr(span.begin, span.end - span.begin);
    add_word(of_brand, word);
    add_word(by_rule[std::string(span.rule)], word);
  }
  // A span is told once, for the first rule that it serves: others show what the brand shows.
  for (const RuleHit& rule : match.rules) {
    std::vector<std::string>& words = by_rule.find(rule.id)->second;
    if (words.empty()) words = of_brand;
  }
}

void RuleDiff::compare(const PostView& post, const Verdict& before, const Verdict& after,
                       DiffTable& table) const {
  for (const auto& [id, words] : before) {
    DiffCounts& counts = table[id];
    ++counts.before;
    if (after.contains(id)) continue;
    ++counts.lost;
    if (counts.lost_examples.size() < examples_) {
      counts.lost_examples.push_back(example_of(post, words));
    }
  }
  for (const auto& [id, words] : after) {
    DiffCounts& counts = table[id];
    ++counts.after;
    if (before.contains(id)) continue;
    ++counts.gained;
    if (counts.gained_examples.size() < examples_) {
      counts.gained_examples.push_back(example_of(post, words));
    }
  }
}

}  // namespace passaparola::app
