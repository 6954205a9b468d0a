// run_ordered: the pool behind which oneTBB stands. Items are produced one at a time, worked on in
// parallel, and consumed one at a time in the order in which they were produced.
#pragma once

#include <functional>
#include <memory>

namespace passaparola::pipeline {

// What travels through the pool. Each stage gets the item that the stage before it made.
class Item {
 public:
  virtual ~Item() = default;
};

struct OrderedStages {
  std::function<std::unique_ptr<Item>()> produce;  // null ends the run; called by one at a time
  std::function<void(Item&, std::size_t worker)> work;  // worker < workers; two never share one
  std::function<void(std::unique_ptr<Item>)> consume;   // in the order of produce; one at a time
};

// Returns when everything produced has been consumed. At most `in_flight` items exist at a time.
// The stages must not throw.
void run_ordered(std::size_t workers, std::size_t in_flight, const OrderedStages& stages);

}  // namespace passaparola::pipeline
