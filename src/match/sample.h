// Sample: what rules would do to a sample of posts, before they run: how often each holds, which
// of them are too broad, and which exclusions never exclude anything.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "match/match.h"

namespace passaparola::match {

struct RuleRate {
  std::string rule;         // "moka_nera.mention"
  std::uint64_t posts = 0;  // of the sample, for which it holds
};

// Counts over the posts that it is given. One thread.
class Sample {
 public:
  // The rules that `files` make (compiled from them: Ruleset::compile(files)). Both must stay.
  Sample(std::span<const RuleFile> files, const Ruleset& ruleset, Knowledge knowledge);
  ~Sample();

  void add(std::span<const PostView> posts);

  std::uint64_t posts() const;          // looked at: creates and updates
  std::vector<RuleRate> rates() const;  // by brand, its own expression first

  // W-BROAD for rules that hold for more than kBroadShare of the posts, or for more than their
  // @unanchored(max_rate) allows; W-DEADNOT for exclusions that never made a difference.
  std::vector<Diagnostic> diagnostics() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::match
