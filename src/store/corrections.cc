// What people say of mentions: kept by the writer, read beside every mention.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include "core/check.h"
#include "store/commit.h"
#include "store/correction_codec.h"

namespace passaparola::store {
namespace {

Error damaged() {
  return fail(ErrorCode::corrupt, "a correction in the store is damaged; restore it from a backup");
}

// Whether `said` says again what is kept, whenever that was.
bool says_the_same(const Correction* kept, const std::optional<Correction>& said) {
  if (kept == nullptr || !said) return kept == nullptr && !said;
  Correction then = *said;
  then.at = kept->at;
  return then == *kept;
}

}  // namespace

void StoredMention::set_correction(Correction correction) {
  correction_ = std::make_unique<Correction>(std::move(correction));
  mention_.correction = correction_.get();
}

Result<void> add_correction(const Store::State& state, const Database& database,
                            StoredMention& mention) {
  if (!state.has_corrections) return {};
  const auto id =
      parse_mention_id(mention_id(mention->post.source, mention->post.id, mention->brand));
  CHECK(id.has_value(), "a mention id is 32 hexadecimal digits");
  const auto value = database.get(Family::corrections, view(*id));
  if (!value) return value.error();
  if (!*value) return {};
  auto stored = decode_correction(**value);
  if (!stored) return damaged();
  // An edit has the id of the mention that it replaced: a reader may still see the old one.
  if (stored->mention.seq != mention->seq) return {};
  mention.set_correction(std::move(stored->mention.correction));
  return {};
}

Result<void> Store::correct(std::string_view wanted_id,
                            const std::optional<Correction>& correction) {
  CHECK(!correction || correction->label != Label::abstain, "a correction says what is right");
  const auto fill = [&](const Database& database, rocksdb::WriteBatch& out) -> Result<void> {
    const auto found = mention(wanted_id);
    if (!found) return found.error();
    const Mention& known = **found;
    if (says_the_same(known.correction, correction)) return {};
    const auto id = parse_mention_id(wanted_id);
    const auto brand = state_->brands.find(known.brand);
    CHECK(id && brand, "a stored mention has an id and a numbered brand");
    auto* const family = database.family(Family::corrections);
    if (!correction) {
      out.Delete(family, to_slice(view(*id)));
      return {};
    }
    std::string value;
    encode_correction({*brand,
                       {known.seq, known.post.created_at, known.sentiment.label, acts_of(known),
                        std::string(known.lang), *correction}},
                      value);
    out.Put(family, to_slice(view(*id)), value);
    state_->has_corrections = true;
    return {};
  };
  return write_synced(*state_, correction ? correction->by.size() : 0, fill);
}

Result<void> Store::visit_corrections(
    std::string_view brand, const std::function<bool(const CorrectedMention&)>& visit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const auto number = state_->brands.find(brand);
  if (!number || !state_->has_corrections) return {};
  const auto scan = lease.database()->scan(Family::corrections);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const auto stored = decode_correction(to_view(scan->value()));
    if (!stored) return damaged();
    if (stored->brand == *number && !visit(stored->mention)) return {};
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading corrections");
  return {};
}

}  // namespace passaparola::store
