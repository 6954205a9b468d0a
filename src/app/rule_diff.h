// RuleDiff: what would change if one set of rules took the place of another, counted over posts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "match/match.h"
#include "pipeline/pipeline.h"

namespace passaparola::app {

struct DiffExample {
  std::string source, post, author;
  std::string text;                  // the post's, cut to what a line of a terminal shows
  std::vector<std::string> matched;  // the words for which it matched, by the set that matched it
};

// Of one brand or one rule, by its id.
struct DiffCounts {
  std::uint64_t before = 0;  // posts that the old set gives it
  std::uint64_t after = 0;
  std::uint64_t gained = 0;  // by the new set alone
  std::uint64_t lost = 0;    // by the old set alone
  std::vector<DiffExample> gained_examples, lost_examples;
};

using DiffTable = std::map<std::string, DiffCounts, std::less<>>;

// One thread.
class RuleDiff {
 public:
  // Keeps at most `examples` of each kind for each brand and rule.
  RuleDiff(const pipeline::Judges& before, const pipeline::Judges& after, std::size_t examples);

  void add(std::span<const PostView> posts);

  std::uint64_t posts() const { return posts_; }
  const DiffTable& brands() const { return brands_; }
  const DiffTable& rules() const { return rules_; }
  const match::Ruleset& before() const { return *before_; }
  const match::Ruleset& after() const { return *after_; }

 private:
  // What one set says of one post: by brand and by rule, the words that say so.
  using Verdict = std::map<std::string, std::vector<std::string>, std::less<>>;

  static void add_match(const match::Ruleset& rules, const PostView& post,
                        const match::PostMatch& match, Verdict& brands, Verdict& by_rule);
  void compare(const PostView& post, const Verdict& before, const Verdict& after,
               DiffTable& table) const;

  const std::shared_ptr<const match::Ruleset> before_, after_;
  match::Matcher old_matcher_, new_matcher_;
  const std::size_t examples_;
  Arena arena_;
  std::vector<match::PostMatch> old_matches_, new_matches_;
  std::uint64_t posts_ = 0;
  DiffTable brands_, rules_;
};

}  // namespace passaparola::app
