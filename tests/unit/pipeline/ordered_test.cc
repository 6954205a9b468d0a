#include "pipeline/ordered.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace passaparola::pipeline {
namespace {

struct Number : Item {
  int value = 0;
  int worked_on_by = -1;
};

TEST(Ordered, ConsumesInTheOrderOfProductionOnAnyNumberOfWorkers) {
  for (const std::size_t workers : {1U, 2U, 4U}) {
    constexpr int kItems = 5'000;
    int next = 0;
    std::vector<int> consumed;
    std::vector<std::atomic<int>> busy(workers);
    std::atomic<bool> shared{false};
    const OrderedStages stages{[&]() -> std::unique_ptr<Item> {
                                 if (next == kItems) return nullptr;
                                 auto item = std::make_unique<Number>();
                                 item->value = next++;
                                 return item;
                               },
                               [&](Item& item, std::size_t worker) {
                                 ASSERT_LT(worker, workers);
                                 if (busy[worker].fetch_add(1) != 0) shared = true;
                                 // Uneven work, so that items overtake one another.
                                 volatile int spin = static_cast<Number&>(item).value % 7 * 500;
                                 while (spin > 0) spin = spin - 1;
                                 static_cast<Number&>(item).worked_on_by = static_cast<int>(worker);
                                 busy[worker].fetch_sub(1);
                               },
                               [&](std::unique_ptr<Item> item) {
                                 EXPECT_GE(static_cast<Number&>(*item).worked_on_by, 0);
                                 consumed.push_back(static_cast<Number&>(*item).value);
                               }};
    run_ordered(workers, workers * 4, stages);
    ASSERT_EQ(consumed.size(), static_cast<std::size_t>(kItems));
    for (int i = 0; i < kItems; ++i) ASSERT_EQ(consumed[static_cast<std::size_t>(i)], i);
    EXPECT_FALSE(shared) << "two items on one worker at a time";
  }
}

TEST(Ordered, HoldsNoMoreItemsThanItMay) {
  std::atomic<int> alive{0};
  std::atomic<int> most{0};
  int produced = 0;
  const OrderedStages stages{[&]() -> std::unique_ptr<Item> {
                               if (produced++ == 1000) return nullptr;
                               most = std::max(most.load(), ++alive);
                               return std::make_unique<Number>();
                             },
                             [](Item&, std::size_t) {}, [&](std::unique_ptr<Item>) { --alive; }};
  run_ordered(2, 3, stages);
  EXPECT_LE(most.load(), 3);
  EXPECT_EQ(alive.load(), 0);
}

}  // namespace
}  // namespace passaparola::pipeline
