// Arena: the memory of one batch. Everything a batch makes is placed here and dies with it at once;
// addresses stay put, so views into it are safe for as long as the arena lives and is not reset.
// Not thread-safe: a batch is in one pair of hands at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace passaparola {

class Arena {
 public:
  Arena() = default;
  // With blocks of `block_bytes`: for the small things that live long, such as one stored mention.
  explicit Arena(std::size_t block_bytes) : block_bytes_(block_bytes) {}
  Arena(const Arena&) = delete;  // views point into it
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) noexcept = default;  // blocks keep their addresses
  Arena& operator=(Arena&&) noexcept = default;

  // `bytes` bytes aligned to `alignment` (a power of two); uninitialised.
  char* allocate(std::size_t bytes, std::size_t alignment = 1) {
    std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (current_ >= blocks_.size() || at + bytes > blocks_[current_].size) {
      next_block(bytes + alignment);
      at = (used_ + alignment - 1) & ~(alignment - 1);
    }
    used_ = at + bytes;
    return blocks_[current_].data.get() + at;
  }

  // A copy of `text` that lives as long as the arena.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = allocate(text.size());
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // A copy of `items`. Only for types that need no destructor.
  template <typename T>
  std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (items.empty()) return {};
    auto* to = reinterpret_cast<T*>(allocate(items.size() * sizeof(T), alignof(T)));
    std::memcpy(static_cast<void*>(to), items.data(), items.size() * sizeof(T));
    return {to, items.size()};
  }

  template <typename T>
  std::span<const T> copy(const std::vector<T>& items) {
    return copy(std::span<const T>(items));
  }

  // Gives back bytes at the end of the last allocation that turned out not to be needed.
  void shrink_last(std::size_t bytes) { used_ -= bytes; }

  // Forgets everything and keeps the blocks for the next batch.
  void reset() {
    current_ = 0;
    used_ = 0;
  }

  std::size_t capacity() const {
    std::size_t total = 0;
    for (const Block& block : blocks_) total += block.size;
    return total;
  }

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    std::size_t size;
  };
  static constexpr std::size_t kBlockBytes = 256 << 10;

  void next_block(std::size_t at_least) {
    while (current_ + 1 < blocks_.size()) {
      ++current_;
      used_ = 0;
      if (blocks_[current_].size >= at_least) return;
    }
    const std::size_t size = std::max(at_least, block_bytes_);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    current_ = blocks_.size() - 1;
    used_ = 0;
  }

  std::size_t block_bytes_ = kBlockBytes;
  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
};

}  // namespace passaparola
