#include "store/verify.h"

#include <fmt/format.h>

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include <algorithm>

#include "store/bytes.h"
#include "store/correction_codec.h"
#include "store/desk_codec.h"
#include "store/mention_codec.h"
#include "store/threads.h"
#include "store/verify_state.h"

namespace passaparola::store {
namespace {

std::uint64_t last_seq_of(const std::optional<std::string>& value) {
  ByteReader in(value ? std::string_view(*value) : std::string_view());
  return in.fixed<std::uint64_t>();
}

}  // namespace

VerifyState::VerifyState(const Store::State& state, const Database& database,
                         const VisitDifference& visit)
    : state_(state), database_(database), visit_(visit), snapshot_(database.db().GetSnapshot()) {}

VerifyState::~VerifyState() { database_.db().ReleaseSnapshot(snapshot_); }

Result<void> VerifyState::begin() {
  const auto names = scan(Family::meta);
  for (names->Seek(to_slice(kBrandPrefix)); names->Valid(); names->Next()) {
    const std::string_view name = to_view(names->key());
    if (!name.starts_with(kBrandPrefix)) break;
    ByteReader in(to_view(names->value()));
    const auto number = in.fixed<BrandNumber>();
    if (!in.done()) return fail(ErrorCode::corrupt, "the list of brands is damaged");
    const std::string brand(name.substr(kBrandPrefix.size()));
    if (!names_.emplace(number, brand).second) {
      differs("default", "brand " + brand, fmt::format("number {}", number), "one of its own");
    }
    numbers_.emplace(brand, number);
  }
  if (!names->status().ok()) return to_error(names->status(), "reading the brands of the store");
  for (names->Seek(to_slice(kRetainedPrefix)); names->Valid(); names->Next()) {
    if (!names->key().starts_with(to_slice(kRetainedPrefix))) break;
    ByteReader in(to_view(names->value()));
    retained_ = std::max(retained_, in.fixed<std::uint64_t>());
    if (!in.done()) return fail(ErrorCode::corrupt, "a retention mark of the store is damaged");
  }
  if (!names->status().ok()) return to_error(names->status(), "reading the marks of retention");
  return {};
}

Result<std::optional<std::string>> VerifyState::get(Family family, std::string_view key) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  std::string value;
  const auto status = database_.db().Get(options, database_.family(family), to_slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return to_error(status, "reading the store");
  return std::optional<std::string>(std::move(value));
}

HistoryScan VerifyState::histories() const {
  return {database_, state_.hidden_people, false, snapshot_};
}

std::unique_ptr<rocksdb::Iterator> VerifyState::scan(Family family) const {
  rocksdb::ReadOptions options = scan_options();
  options.snapshot = snapshot_;
  options.total_order_seek = true;
  options.fill_cache = false;
  return std::unique_ptr<rocksdb::Iterator>(
      database_.db().NewIterator(options, database_.family(family)));
}

Result<AuthorState> VerifyState::author_state(const KeyedHash& author) const {
  return state_.author_state(database_, author);
}

std::optional<Expected> VerifyState::expected(std::uint64_t seq, std::string_view value) {
  arena_.reset();
  const auto mention = decode_mention(seq, value, arena_);
  if (!mention) return std::nullopt;
  const PostView& post = mention->post;
  const auto id = parse_mention_id(mention_id(post.source, post.id, mention->brand));
  if (!id) return std::nullopt;
  Expected expected;
  expected.seq = seq;
  const auto number = numbers_.find(mention->brand);
  if (number != numbers_.end()) expected.brand = number->second;
  expected.post = keyed_hash(state_.key, post.source, post.id);
  if (!post.author.id.empty()) {
    expected.author = keyed_hash(state_.key, post.source, post.author.id);
  }
  expected.created_at = post.created_at;
  expected.id = *id;
  const bool answers_nps = post.nps && *post.nps >= 0 && *post.nps <= 10;
  const MentionFacts facts = facts_of(*mention);
  expected.author_adds = author_counters(facts);
  expected.bucket_adds =
      bucket_counters(facts, answers_nps ? static_cast<std::int8_t>(*post.nps) : std::int8_t{-1});
  expected.label = mention->sentiment.label;
  expected.acts = acts_of(*mention);
  expected.references = references_of(state_.key, post);
  return expected;
}

Result<std::optional<Expected>> VerifyState::in_feed(std::uint64_t seq) {
  const auto value = get(Family::feed, view(feed_key(seq)));
  if (!value) return value.error();
  if (!*value) return std::optional<Expected>();
  return expected(seq, **value);
}

Result<std::optional<RowKey>> VerifyState::response_of(const Expected& mention,
                                                       const PostEntry& post) const {
  const KeyedHash& answered = post.reply_author;
  if (!is_known(answered) || !is_known(mention.author) || answered == mention.author) {
    return std::optional<RowKey>();
  }
  const auto state = author_state(answered);
  if (!state) return state.error();
  if (*state == AuthorState::deleted) return std::optional<RowKey>();
  return std::optional<RowKey>(
      row_key({*mention.brand, answered, mention.created_at, mention.seq}));
}

std::string VerifyState::brand_name(BrandNumber number) const {
  const auto name = names_.find(number);
  return name == names_.end() ? fmt::format("brand number {}", number) : "brand " + name->second;
}

void VerifyState::differs(std::string_view family, std::string key, std::string stored,
                          std::string recounted) {
  ++found.differences;
  if (visit_) visit_({family, std::move(key), std::move(stored), std::move(recounted)});
}

Result<void> verify_corrections(VerifyState& state) {
  const auto scan = state.scan(Family::corrections);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    ++state.found.corrections;
    const std::string_view key = to_view(scan->key());
    const std::string words = "the correction of mention id " + to_hex(key);
    const auto stored = decode_correction(to_view(scan->value()));
    if (!stored || key.size() != sizeof(MentionId)) {
      state.differs("corrections", words, std::string(kDamaged), "a correction");
      continue;
    }
    const auto mention = state.in_feed(stored->mention.seq);
    if (!mention) return mention.error();
    if (!*mention && state.may_be_gone(stored->mention.seq)) continue;
    const std::string of = fmt::format("of mention {}", stored->mention.seq);
    if (!*mention || view((*mention)->id) != key || (*mention)->brand != stored->brand) {
      state.differs("corrections", words, of, "no such mention");
    } else if ((*mention)->label != stored->mention.label ||
               (*mention)->acts != stored->mention.acts) {
      state.differs("corrections", words,
                    fmt::format("the program had said {}", name_of(stored->mention.label)),
                    fmt::format("{} says {}, or other acts", of, name_of((*mention)->label)));
    }
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading corrections");
  return {};
}

Result<void> verify_triage(VerifyState& state) {
  const auto scan = state.scan(Family::desk);
  const std::string prefix(1, kTriageKind);
  for (scan->Seek(prefix); scan->Valid() && scan->key().starts_with(prefix); scan->Next()) {
    ++state.found.triaged;
    std::string_view key = to_view(scan->key());
    key.remove_prefix(prefix.size());
    const std::string words = "what was done with mention id " + to_hex(key);
    if (key.size() != sizeof(MentionId) || !decode_triage(to_view(scan->value()))) {
      state.differs("desk", words, std::string(kDamaged), "what somebody did");
      continue;
    }
    const auto seq = state.get(Family::mention_ids, key);
    if (!seq) return seq.error();
    if (!*seq) state.differs("desk", words, "something", "no such mention");
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading what people did");
  return {};
}

Result<Verified> Store::verify(const VisitDifference& visit, const RankCheck* ranks) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  // The bytes first, of every file: what cannot be read cannot be counted.
  const auto status = lease.database()->db().VerifyChecksum();
  if (!status.ok()) return to_error(status, "checking the files of the store");
  VerifyState state(*state_, *lease.database(), visit);
  const auto last_seq = state.get(Family::meta, kLastSeqKey);
  if (!last_seq) return last_seq.error();
  const auto newest = state.scan(Family::feed);
  newest->SeekToLast();
  const std::uint64_t seq = newest->Valid() ? seq_of(to_view(newest->key())) : 0;
  if (seq > last_seq_of(*last_seq)) {
    state.differs("default", "the last sequence number", fmt::format("{}", last_seq_of(*last_seq)),
                  fmt::format("{} or more", seq));
  }
  auto done = state.begin();
  if (done) done = verify_people(state);
  if (done) done = verify_author_brands(state);
  if (done) done = verify_feed(state);
  if (done) done = verify_corrections(state);
  if (done) done = verify_triage(state);
  if (done && ranks != nullptr) done = verify_ranks(state, *ranks);
  if (!done) return done.error();
  return state.found;
}

}  // namespace passaparola::store
