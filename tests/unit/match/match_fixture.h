// What the tests of rules share: rules from text, posts from text, and what was found as strings.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "match/match.h"

namespace passaparola::match {

inline std::shared_ptr<const Ruleset> rules_of(std::string text) {
  const std::vector<RuleFile> files{{"test.rules", std::move(text)}};
  auto rules = Ruleset::compile(files);
  EXPECT_TRUE(rules.has_value()) << (rules ? "" : rules.error().message);
  return rules ? *rules : nullptr;
}

inline PostView post_of(std::string_view text) {
  PostView post;
  post.source = "bluesky";
  post.id = "1";
  post.author.id = "did:plc:anna";
  post.author.handle = "anna.example";
  post.text = text;
  return post;
}

// What of the post's text the first mention's spans say; "-" when there is no mention.
inline std::string found_in(const std::shared_ptr<const Ruleset>& rules, const PostView& post) {
  Arena arena;
  std::vector<PostMatch> out;
  Matcher matcher(rules, {[](const PostView& p) { return p.lang; }, {}, {}});
  matcher.find(std::span(&post, 1), arena, out);
  if (out.empty()) return "-";
  std::string found;
  for (const Match& match : out.front().matches) {
    std::string_view in = post.text;
    if (match.field == Field::title) in = post.title;
    if (match.field == Field::bio) in = post.author.bio;
    if (match.field == Field::quote) in = post.quote_text;
    if (match.field == Field::links) in = post.links[match.link];
    if (!found.empty()) found += '|';
    found += in.substr(match.begin, match.end - match.begin);
  }
  return found;
}

// The same for a brand with one expression: `brand b { terms qqqq }  rule b.r { … }`.
inline std::string found_by(const std::string& expression, const PostView& post) {
  return found_in(rules_of("brand b { terms qqqq }\nrule b.r { " + expression + " }"), post);
}

inline std::string found_by(const std::string& expression, std::string_view text) {
  return found_by(expression, post_of(text));
}

}  // namespace passaparola::match
