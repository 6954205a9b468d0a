#include "deliver/undelivered_list.h"

#include <fmt/format.h>

#include "core/limits.h"

namespace passaparola::deliver {

using store::RecordKind;

// No name of a delivery has a slash.
std::string UndeliveredList::key_of(std::uint64_t number) const {
  return fmt::format("{}/{:020}", name_, number);
}

Result<void> UndeliveredList::visit(std::uint64_t after, const Visit& visit) const {
  const std::string prefix = name_ + "/";
  return store_.visit_records(RecordKind::undelivered, key_of(after),
                              [&](std::string_view key, std::string_view record) {
                                return key.starts_with(prefix) && visit(key, record);
                              });
}

Result<void> UndeliveredList::open() {
  std::size_t count = 0;
  const auto visited = visit(0, [&count](std::string_view, std::string_view) { return ++count; });
  if (!visited) return visited.error();
  count_ = count;
  return {};
}

Result<void> UndeliveredList::put(const Undelivered& undelivered) {
  const std::string key = key_of(undelivered.message.number);
  const auto before = store_.record(RecordKind::undelivered, key);
  if (!before) return before.error();
  const auto done = store_.put_record(RecordKind::undelivered, key, to_record(undelivered));
  if (!done) return done.error();
  if (!*before) ++count_;
  if (count_ <= kMaxUndelivered) return {};
  std::string oldest;
  const auto found = visit(0, [&oldest](std::string_view first, std::string_view) {
    oldest = first;
    return false;
  });
  if (!found) return found.error();
  const auto gone = store_.delete_records(RecordKind::undelivered, {&oldest, 1});
  if (!gone) return gone.error();
  --count_;
  return {};
}

Result<void> UndeliveredList::remove(std::uint64_t number) {
  const std::string key = key_of(number);
  const auto before = store_.record(RecordKind::undelivered, key);
  if (!before) return before.error();
  if (!*before) return {};
  const auto gone = store_.delete_records(RecordKind::undelivered, {&key, 1});
  if (!gone) return gone.error();
  --count_;
  return {};
}

Result<std::vector<Undelivered>> UndeliveredList::page(std::uint64_t after,
                                                       std::size_t limit) const {
  std::vector<Undelivered> found;
  bool is_damaged = false;
  const auto visited = visit(after, [&](std::string_view, std::string_view record) {
    if (found.size() == limit) return false;
    auto one = read_undelivered(record);
    is_damaged = !one;
    if (one) found.push_back(*std::move(one));
    return !is_damaged;
  });
  if (!visited) return visited.error();
  if (is_damaged) {
    return fail(ErrorCode::corrupt, "the list of what delivery '" + name_ + "' owes is damaged");
  }
  return found;
}

}  // namespace passaparola::deliver
