#include "core/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace passaparola {
namespace {

TEST(Arena, CopiesStayWhereTheyAreWhileMoreIsAdded) {
  Arena arena;
  std::vector<std::string> originals;
  std::vector<std::string_view> copies;
  for (std::size_t i = 0; i < 2000; ++i) {
    originals.push_back(std::string(i % 700, static_cast<char>('a' + i % 26)));
    copies.push_back(arena.copy(originals.back()));
  }
  for (std::size_t i = 0; i < originals.size(); ++i) ASSERT_EQ(copies[i], originals[i]) << i;
}

TEST(Arena, TakesMoreThanABlockAtOnce) {
  Arena arena;
  const std::string large(3 << 20, 'x');
  EXPECT_EQ(arena.copy(large), large);
}

TEST(Arena, SpansAreAligned) {
  Arena arena;
  arena.copy(std::string_view("x"));
  const auto numbers = arena.copy(std::vector<double>{1, 2, 3});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers.data()) % alignof(double), 0U);
  EXPECT_EQ(numbers[2], 3);
}

TEST(Arena, ResetKeepsTheMemoryForTheNextBatch) {
  Arena arena;
  for (int round = 0; round < 50; ++round) {
    arena.reset();
    for (int i = 0; i < 100; ++i) arena.copy(std::string(10'000, 'x'));
    if (round == 0) continue;
    EXPECT_LE(arena.capacity(), std::size_t{2} << 20);
  }
}

TEST(Arena, WhatWasNotNeededCanBeGivenBack) {
  Arena arena;
  char* first = arena.allocate(100);
  arena.shrink_last(60);
  EXPECT_EQ(arena.allocate(1), first + 40);
}

}  // namespace
}  // namespace passaparola
