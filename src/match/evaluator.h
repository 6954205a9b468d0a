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

  // Indexes of the rules that hold, ascending.
  const std::vector<std::uint32_t>& rules_that_hold();

  // Appends the occurrences of the rule's positive atoms that helped it to hold.
  void collect(std::uint32_t rule, std::vector<Occurrence>& out);

 private:
  struct Range {
    std::uint32_t post = 0;  // which begin() it is of
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  struct Memory {
    std::uint32_t post = 0;
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
  Truth evaluate(std::uint32_t index);
  void collect_node(std::uint32_t index, bool positive, std::vector<Occurrence>& out);
  void collect_atom(const Node& node, std::vector<Occurrence>& out) const;
  std::vector<Operand> near(const Node& node);
  Operand operand_of(const Node& node);

  const Program& program_;
  Subject* subject_ = nullptr;
  std::span<const Occurrence> occurrences_;
  std::uint32_t post_ = 0;
  std::uint32_t collection_ = 0;
  std::vector<Range> ranges_;        // by atom
  std::vector<Memory> memories_;     // by slot
  std::vector<std::uint32_t> seen_;  // by rule: the post that touched it last
  std::vector<std::uint32_t> rules_;
};

}  // namespace passaparola::match
