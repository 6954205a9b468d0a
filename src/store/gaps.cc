// The ledger of what sources may have missed. In the meta family beside their cursors.
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include "core/check.h"
#include "core/limits.h"
#include "store/bytes.h"
#include "store/commit.h"
#include "store/gap_codec.h"
#include "store/keys.h"

namespace passaparola::store {
namespace {

Error damaged() {
  return fail(ErrorCode::corrupt,
              "the store's ledger of gaps is damaged; restore it from a backup");
}

// A zero byte ends the name, which has none: no source's gaps lie among another's.
std::string prefix_of(std::string_view source) {
  return std::string(kGapPrefix).append(source).append(1, '\0');
}

}  // namespace

Result<SourceGap> Store::note_gap(SourceGap gap) {
  CHECK(gap.source.find('\0') == std::string::npos, "the name of a source holds no zero byte");
  const std::string prefix = prefix_of(gap.source);
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    auto* const meta = database.family(Family::meta);
    const auto scan = database.scan(Family::meta);
    scan->SeekForPrev(prefix + std::string(sizeof(std::uint64_t), '\xFF'));
    const bool any = scan->Valid() && scan->key().starts_with(prefix);
    const std::uint64_t last = any ? gap_number(to_view(scan->key())) : 0;
    if (!scan->status().ok()) return to_error(scan->status(), "reading the ledger of gaps");
    if (gap.number == 0) gap.number = last + 1;
    if (gap.number > kMaxGapsKept) out.Delete(meta, gap_key(prefix, gap.number - kMaxGapsKept));
    out.Put(meta, gap_key(prefix, gap.number), encode_gap(gap));
    return {};
  };
  const auto written = write_synced(*state_, gap.reason.size(), fill);
  if (!written) return written.error();
  return gap;
}

Result<std::vector<SourceGap>> Store::gaps(std::string_view source) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  std::vector<SourceGap> found;
  const std::string prefix = prefix_of(source);
  const auto scan = lease.database()->scan(Family::meta);
  for (scan->Seek(prefix); scan->Valid() && scan->key().starts_with(prefix); scan->Next()) {
    auto gap = decode_gap(to_view(scan->value()));
    if (!gap || scan->key().size() != prefix.size() + sizeof(std::uint64_t)) return damaged();
    gap->source = source;
    gap->number = gap_number(to_view(scan->key()));
    found.push_back(*std::move(gap));
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the ledger of gaps");
  return found;
}

}  // namespace passaparola::store
