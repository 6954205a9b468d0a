// Reading people: histories, all authors of a brand, buckets, brands and source cursors.
#include <rocksdb/iterator.h>

#include <algorithm>

#include "store/author_brands.h"
#include "store/history_scan.h"

namespace passaparola::store {
namespace {

Error damaged() { return fail(ErrorCode::corrupt, "a row of the store is damaged"); }

}  // namespace

Result<std::vector<std::pair<std::string, AuthorHistory>>> Store::history(
    std::string_view source, std::string_view author_id, std::string_view brand,
    Hidden hidden) const {
  const auto missing = [&] {
    return fail(ErrorCode::not_found, "the store knows no mention of this author");
  };
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const KeyedHash author = keyed_hash(state_->key, source, author_id);
  const auto state = state_->author_state(*lease.database(), author);
  if (!state) return state.error();
  const bool is_shown =
      *state == AuthorState::present || (*state == AuthorState::hidden && hidden == Hidden::shown);
  if (!is_shown) return missing();
  HistoryScan reader(*lease.database(), state_->hidden_people);
  if (reader.error()) return *reader.error();
  std::vector<std::pair<std::string, AuthorHistory>> histories;
  const auto add = [&](const std::string& name, BrandNumber number) -> Result<void> {
    auto found = reader.find(number, author);
    if (!found) return found.error();
    if (*found) histories.emplace_back(name, std::move(**found));
    return {};
  };
  if (!brand.empty()) {
    const auto number = state_->brands.find(brand);
    if (!number) return missing();
    if (const auto added = add(std::string(brand), *number); !added) return added.error();
  } else {
    const auto brands = brands_of_author(*lease.database(), author);
    if (!brands) return brands.error();
    for (const BrandNumber number : *brands) {
      if (const auto added = add(state_->brands.name(number), number); !added) return added.error();
    }
    std::sort(histories.begin(), histories.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
  }
  if (histories.empty()) return missing();
  return histories;
}

Result<void> Store::visit_authors(std::string_view brand,
                                  const std::function<bool(const AuthorAggregate&)>& wanted,
                                  const std::function<bool(AuthorHistory&&)>& visit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const auto number = state_->brands.find(brand);
  if (!number) return {};
  HistoryScan reader(*lease.database(), state_->hidden_people);
  if (reader.error()) return *reader.error();
  // The rows of authors unknown come first and have no profile.
  const AuthorKey unknown = author_key(*number, KeyedHash{});
  const rocksdb::Slice prefix(unknown.data(), sizeof(BrandNumber));
  rocksdb::Iterator& scan = *reader.people;
  scan.Seek(rows_end(view(unknown)));
  while (scan.Valid() && scan.key().starts_with(prefix)) {
    const auto profile = decode_profile(to_view(scan.value()));
    if (!profile || scan.key().size() != sizeof(AuthorKey)) return damaged();
    const KeyedHash author = keyed_hash_at(to_view(scan.key()), sizeof(BrandNumber));
    const AuthorKey key = author_key(*number, author);
    AuthorHistory history;
    history.aggregate = aggregate_of(*profile);
    const bool is_wanted = !wanted || wanted(history.aggregate);
    const auto state = state_->author_state(*lease.database(), author);
    if (!state) return state.error();
    if (!is_wanted || *state != AuthorState::present) {
      reader.skip(key, history.aggregate.mentions);
      continue;
    }
    auto record = record_of(*profile, author);
    if (!record) return record.error();
    history.author = std::move(*record);
    const auto read = reader.read(key, history);
    if (!read) return read.error();
    if (!visit(std::move(history))) return {};
  }
  if (!scan.status().ok()) return to_error(scan.status(), "reading the authors of a brand");
  return {};
}

Result<std::vector<Bucket>> Store::buckets(std::string_view brand, BucketSize size, Timestamp from,
                                           Timestamp to) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  std::vector<Bucket> found;
  const auto number = state_->brands.find(brand);
  if (!number || from >= to) return found;
  const auto family = static_cast<std::uint8_t>(size);
  const BucketKey begin = bucket_key(*number, family, from), end = bucket_key(*number, family, to);
  const auto scan = lease.database()->scan(Family::buckets);
  for (scan->Seek(to_slice(view(begin))); scan->Valid() && to_view(scan->key()) < view(end);
       scan->Next()) {
    const auto at = bucket_begin(to_view(scan->key()));
    const auto counters = decode_bucket(to_view(scan->value()));
    if (!at || !counters) return damaged();
    if ((*counters)[0] > 0) found.push_back(to_bucket(*at, *counters));
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the buckets of a brand");
  return found;
}

std::vector<std::string> Store::brands() const {
  std::vector<std::string> names;
  for (const auto& [name, number] : state_->brands.all()) names.push_back(name);
  return names;
}

std::optional<std::string> Store::source_cursor(std::string_view source) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return std::nullopt;
  const auto value =
      lease.database()->get(Family::meta, std::string(kCursorPrefix) + std::string(source));
  return value ? *value : std::nullopt;
}

std::uint64_t Store::disk_bytes() const {
  std::uint64_t total = 0;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(state_->path, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code gone;  // files come and go while we look
    const std::uintmax_t size = entry->file_size(gone);
    if (!gone) total += size;
  }
  return total;
}

}  // namespace passaparola::store
