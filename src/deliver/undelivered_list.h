// The messages of one delivery that could not be delivered, oldest first, in the store. The newest
// kMaxUndelivered are kept. Used on one thread at a time but for page() and count().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "deliver/progress.h"
#include "store/store.h"

namespace passaparola::deliver {

class UndeliveredList {
 public:
  // `store` outlives it.
  UndeliveredList(store::Store& store, std::string name) : store_(store), name_(std::move(name)) {}

  // Counts what is there. Errors: io.
  Result<void> open();

  // Keeps one in place of that of the same number. Errors: no_space, io.
  Result<void> put(const Undelivered& undelivered);
  Result<void> remove(std::uint64_t number);

  // At most `limit` with a larger number than `after`. Errors: corrupt, io.
  Result<std::vector<Undelivered>> page(std::uint64_t after, std::size_t limit) const;
  std::size_t count() const { return count_; }

 private:
  using Visit = std::function<bool(std::string_view key, std::string_view record)>;
  Result<void> visit(std::uint64_t after, const Visit& visit) const;
  std::string key_of(std::uint64_t number) const;

  store::Store& store_;
  const std::string name_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace passaparola::deliver
