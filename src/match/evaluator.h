// Evaluator: which rules hold for a post, given the occurrences of atoms in it, and which of those
// occurrences say so. One evaluator per thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "match/occurrence.h"
#include "match/program.h"
#include "match/subject.h"

namespace passaparola::match {

class Evaluator {
 public:
  explicit Evaluator(const Program& program);

  // Begins a post. `occurrences` are sorted, without doubles, and stay until the next begin().
  void begin(Subject& subject, std::span<const Occurrence> occurrences);

  // Indexes of rules, ascending: those that hold, and those that depend on what is known only once
  // the mention is scored.
  struct Judgement {
    std::vector<std::uint32_t> holding;
    std::vector<std::uint32_t> pending;
  };
  const Judgement& judge();

  // Does a pending rule hold, now that the subject has a scored mention? scored_anew() says that it
  // has one, or another one.
  void scored_anew() { ++scoring_; }
  bool holds(std::uint32_t rule);

  // Appends the occurrences of the rule's positive atoms that helped it to hold; of a pending rule
  // those that may help it.
  void collect(std::uint32_t rule, bool pending, std::vector<Occurrence>& out);

 private:
  struct Range {
    std::uint32_t post = 0;  // which begin() it is of
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  struct Memory {
    std::uint32_t post = 0;
    std::uint32_t scoring = 0;
    Truth truth = Truth::no;
    std::uint32_t collected[2] = {0, 0};  // which collect() was here, negative and positive
  };
  // An operand's occurrence in NEAR, by places of words.
  struct Placed {
    Occurrence occurrence;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  using Operand = std::vector<Placed>;

  std::span<const Occurrence> occurrences_of(std::uint32_t atom) const;
  std::span<const std::uint32_t> parts_of(const Node& node) const;
  void touch(std::uint32_t rule);
  Truth evaluate(std::uint32_t index);
  Truth evaluate_at_least(const Node& node);
  void collect_node(std::uint32_t index, bool positive, std::vector<Occurrence>& out);
  void collect_atom(const Node& node, std::vector<Occurrence>& out) const;
  std::vector<Operand> near(const Node& node);
  Operand operand_of(const Node& node);

  const Program& program_;
  Subject* subject_ = nullptr;
  std::span<const Occurrence> occurrences_;
  std::uint32_t post_ = 0;
  std::uint32_t scoring_ = 0;  // which scored mention of the post is judged; 0 before there is one
  std::uint32_t collection_ = 0;
  bool collects_pending_ = false;
  std::vector<Range> ranges_;        // by atom
  std::vector<Memory> memories_;     // by slot
  std::vector<std::uint32_t> seen_;  // by rule: the post that touched it last
  Judgement judgement_;
};

}  // namespace passaparola::match
