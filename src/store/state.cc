#include "store/state.h"

#include <rocksdb/iterator.h>

#include <algorithm>

#include "core/check.h"
#include "core/crash_point.h"
#include "core/hash.h"

namespace passaparola::store {
namespace {

// The gate that this thread reads through, if it does.
thread_local const Gate* reading = nullptr;

struct Bit {
  std::size_t word;
  std::uint64_t mask;
};

// Three places of a keyed hash, whose bytes are already as good as random.
template <std::size_t kWords>
std::array<Bit, 3> bits_of(const KeyedHash& author) {
  std::array<Bit, 3> bits;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    std::uint32_t value = 0;
    std::memcpy(&value, author.data() + 4 * i, sizeof value);
    bits[i] = {(value >> 6) % kWords, std::uint64_t{1} << (value & 63)};
  }
  return bits;
}

}  // namespace

Gate::Lease::Lease(const Gate& gate) : gate_(gate), outer_(reading) {
  std::unique_lock lock(gate_.mutex_);
  if (outer_ != &gate_) gate_.changed_.wait(lock, [&] { return !gate_.closing_; });
  ++gate_.readers_;
  reading = &gate_;
}

Gate::Lease::~Lease() {
  reading = outer_;
  const std::lock_guard lock(gate_.mutex_);
  if (--gate_.readers_ == 0) gate_.changed_.notify_all();
}

Result<void> Gate::replace(const std::function<Result<std::unique_ptr<Database>>()>& open) {
  CHECK(reading != this, "a reader of the store cannot reopen it");
  {
    std::unique_lock lock(mutex_);
    closing_ = true;
    changed_.wait(lock, [&] { return readers_ == 0; });
  }
  // Nobody else touches database_ now: readers wait, and there is one writer.
  if (database_) {
    database_.reset();
    crash_point("reopen.closed");
  }
  auto opened = open();
  const std::lock_guard lock(mutex_);
  closing_ = false;
  changed_.notify_all();
  if (!opened) {
    error_ = opened.error();
    return error_;
  }
  database_ = std::move(*opened);
  return {};
}

void AuthorFilter::add(const KeyedHash& author) {
  for (const Bit& bit : bits_of<kWords>(author)) {
    words_[bit.word].fetch_or(bit.mask, std::memory_order_relaxed);
  }
  empty_.store(false, std::memory_order_release);
}

bool AuthorFilter::maybe(const KeyedHash& author) const {
  if (empty()) return false;
  const auto bits = bits_of<kWords>(author);
  return std::all_of(bits.begin(), bits.end(), [this](const Bit& bit) {
    return (words_[bit.word].load(std::memory_order_relaxed) & bit.mask) != 0;
  });
}

void HiddenPeople::add(const KeyedHash& author) {
  const std::lock_guard lock(mutex_);
  people_.insert(first_bytes(author));
  empty_ = false;
}

void HiddenPeople::remove(const KeyedHash& author) {
  if (empty_) return;
  const std::lock_guard lock(mutex_);
  people_.erase(first_bytes(author));
  empty_ = people_.empty();
}

void HiddenPeople::clear() {
  const std::lock_guard lock(mutex_);
  people_.clear();
  empty_ = true;
}

bool HiddenPeople::contains(std::uint64_t first) const {
  if (empty_) return false;
  const std::shared_lock lock(mutex_);
  return people_.contains(first);
}

std::optional<BrandNumber> BrandRegistry::find(std::string_view brand) const {
  const std::shared_lock lock(mutex_);
  const auto found = numbers_.find(brand);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void BrandRegistry::add(std::string_view brand, BrandNumber number) {
  const std::lock_guard lock(mutex_);
  numbers_.emplace(brand, number);
  names_.emplace(number, brand);
}

std::string BrandRegistry::name(BrandNumber number) const {
  const std::shared_lock lock(mutex_);
  const auto found = names_.find(number);
  return found == names_.end() ? std::string() : found->second;
}

std::map<std::string, BrandNumber, std::less<>> BrandRegistry::all() const {
  const std::shared_lock lock(mutex_);
  return numbers_;
}

BrandNumber BrandRegistry::next() const {
  const std::shared_lock lock(mutex_);
  return names_.empty() ? 1 : names_.rbegin()->first + 1;
}

bool RecordCache::changed(const AuthorKey& author, std::string_view record) {
  const std::uint64_t place = content_hash64(view(author));
  const std::uint64_t tag = (content_hash64(record) ^ place) | 1;
  std::uint64_t& slot = slots_[place % kSlots];
  if (slot == tag) return false;
  slot = tag;
  return true;
}

void RecordCache::forget(const AuthorKey& author) {
  slots_[content_hash64(view(author)) % kSlots] = 0;
}

void RecordCache::clear() { std::fill(slots_.begin(), slots_.end(), 0); }

Result<AuthorState> Store::State::author_state(const Database& database,
                                               const KeyedHash& author) const {
  if (!barred.maybe(author)) return AuthorState::present;
  const auto value = database.get(Family::author_states, view(author));
  if (!value) return value.error();
  if (!*value) return AuthorState::present;
  if (**value == "\x01") return AuthorState::hidden;
  if (**value == "\x02") return AuthorState::deleted;
  return fail(ErrorCode::corrupt, "the state of an author is damaged; restore a backup");
}

Result<bool> Store::State::is_hidden(const Database& database, const KeyedHash& author) const {
  if (!hidden.maybe(author)) return false;
  const auto state = author_state(database, author);
  if (!state) return state.error();
  return *state != AuthorState::present;
}

Result<bool> Store::State::is_hidden(const Database& database, const PostView& post) const {
  if (hidden.empty() || post.author.id.empty()) return false;
  return is_hidden(database, keyed_hash(key, post.source, post.author.id));
}

}  // namespace passaparola::store
