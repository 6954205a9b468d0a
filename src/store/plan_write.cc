// The second half of a commit: what events came to, family by family and in key order, because
// sorted keys go into RocksDB's memtables for less, and every sum is merged once.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstring>

#include "store/bytes.h"
#include "store/erasure.h"
#include "store/mention_codec.h"
#include "store/plan.h"
#include "store/threads.h"

namespace passaparola::store {
namespace {

constexpr std::array<std::int64_t, 3> kBucketMilliseconds{300'000, 3'600'000, 86'400'000};

std::int64_t begin_of(std::int64_t milliseconds, std::int64_t size) {
  const std::int64_t into = milliseconds % size;
  return milliseconds - (into < 0 ? into + size : into);
}

template <std::size_t N>
std::string fixed_bytes(std::array<char, N> bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

Result<void> CommitPlan::write(rocksdb::WriteBatch& out) {
  for (const auto step :
       {&CommitPlan::write_feed, &CommitPlan::write_rows, &CommitPlan::write_corrections}) {
    const auto written = (this->*step)(out);
    if (!written) return written.error();
  }
  write_responses(out);
  const auto brands = write_author_brands(out);
  if (!brands) return brands.error();
  write_threads(out);
  write_posts(out);
  write_ids(out);
  write_buckets(out);
  write_meta(out);
  write_rank_marks(out);
  return {};
}

// The stamp is new with every commit, so that whoever judges an author can take away the marks that
// they have seen and no later one.
void CommitPlan::write_rank_marks(rocksdb::WriteBatch& out) {
  std::sort(rank_marks_.begin(), rank_marks_.end());
  const std::uint64_t stamp = database_.db().GetLatestSequenceNumber();
  for (auto mark = rank_marks_.begin(); mark != rank_marks_.end(); ++mark) {
    const auto& [author, loss] = *mark;
    if (mark + 1 != rank_marks_.end() && (mark + 1)->first == author) continue;  // a greater loss
    const auto state = state_of(keyed_hash_at(view(author), sizeof(BrandNumber)));
    if (state && *state == AuthorState::deleted) continue;
    const char byte = static_cast<char>(loss);
    out.Put(database_.family(Family::ranks), rank_mark_key(view(author), stamp),
            {&byte, loss == Loss::none ? std::size_t{0} : std::size_t{1}});
  }
  for (const std::string& key : dropped_ranks_) erase(Family::ranks, key, out);
}

void CommitPlan::mark_rank(BrandNumber brand, const KeyedHash& author, Loss loss) {
  if (state_.ranked.contains(brand)) rank_marks_.emplace_back(author_key(brand, author), loss);
}

void CommitPlan::erase(Family family, std::string_view key, rocksdb::WriteBatch& out) {
  out.Delete(database_.family(family), to_slice(key));
  erased_[family].emplace_back(key);
}

Result<void> CommitPlan::write_feed(rocksdb::WriteBatch& out) {
  auto* const feed = database_.family(Family::feed);
  for (const Purged& purged : purged_) {
    erase(Family::feed, view(feed_key(purged.row.seq)), out);
    to_forget_.erase(purged.row.seq);
  }
  for (const auto& [seq, what] : to_forget_) {
    const FeedKey key = feed_key(seq);
    const auto value = database_.get(Family::feed, view(key));
    if (!value) return value.error();
    if (!*value) continue;
    const auto kept = without(what, seq, **value);
    if (!kept) return kept.error();
    out.Put(feed, to_slice(view(key)), *kept);
    erased_[Family::feed].push_back(fixed_bytes(key));
  }
  for (const Added& added : added_) {
    if (!added.alive) continue;
    const FeedKey key = feed_key(added.seq);
    const auto answered = state_of(added.event->reply_author);
    if (!answered) return answered.error();
    const auto quoted = is_erased(added.event->references.quoted);
    if (!quoted) return quoted.error();
    const auto what = static_cast<std::uint8_t>(
        (*answered == AuthorState::deleted ? kForgetAnswered : 0) | (*quoted ? kForgetQuote : 0));
    if (what == 0) {
      out.Put(feed, to_slice(view(key)), to_slice(added.value()));
      continue;
    }
    const auto kept = without(what, added.seq, added.value());
    if (!kept) return kept.error();
    out.Put(feed, to_slice(view(key)), *kept);
  }
  return {};
}

Result<std::string> CommitPlan::without(std::uint8_t what, std::uint64_t seq,
                                        std::string_view value) {
  Arena arena(4096);
  auto mention = decode_mention(seq, value, arena);
  if (!mention) return mention.error();
  if ((what & kForgetAnswered) != 0) forget_answered_author(mention->post);
  if ((what & kForgetQuote) != 0) forget_quote(*mention, arena);
  std::string kept;
  encode_mention(*mention, kept);
  return kept;
}

// Rows of mentions, and for each author and brand among them one change of the profile.
Result<void> CommitPlan::write_rows(rocksdb::WriteBatch& out) {
  rows_.clear();
  rows_.reserve(added_.size() + purged_.size());
  for (const Added& added : added_) {
    if (!added.alive || added.row_stays) continue;
    const PreparedEvent& event = *added.event;
    rows_.push_back({row_key({added.brand, event.author, event.created_at, added.seq}), &added,
                     added.replaces});
  }
  for (const Purged& purged : purged_) rows_.push_back({row_key(purged.row), nullptr, &purged});
  std::sort(rows_.begin(), rows_.end(),
            [](const RowChange& a, const RowChange& b) { return view(a.key) < view(b.key); });
  for (std::size_t begin = 0, end = 0; begin < rows_.size(); begin = end) {
    const auto same_author = [&](std::size_t i) {
      return std::memcmp(rows_[i].key.data(), rows_[begin].key.data(), sizeof(AuthorKey)) == 0;
    };
    for (end = begin + 1; end < rows_.size() && same_author(end);) ++end;
    // A profile sorts right before its rows: RocksDB finds the place of all of them once.
    const auto of_author = std::span(rows_).subspan(begin, end - begin);
    const auto written = write_profile(of_author, out);
    if (!written) return written.error();
    for (const RowChange& row : of_author) write_row(row, out);
  }
  return {};
}

void CommitPlan::write_row(const RowChange& row, rocksdb::WriteBatch& out) {
  if (row.added == nullptr) return erase(Family::mentions, view(row.key), out);
  const PreparedMention& mention = *row.added->mention;
  value_.clear();
  encode_row({row.added->facts(), mention.nps, row.added->event->post, mention.id}, value_);
  out.Put(database_.family(Family::mentions), to_slice(view(row.key)), value_);
}

// `changes` are all of one author and brand, by time.
Result<void> CommitPlan::write_profile(std::span<const RowChange> changes,
                                       rocksdb::WriteBatch& out) {
  const KeyedHash author = keyed_hash_at(view(changes.front().key), 4);
  if (!is_known(author)) return {};
  AuthorKey key;
  std::memcpy(key.data(), changes.front().key.data(), key.size());
  Loss loss = Loss::none;
  for (const RowChange& change : changes) {
    if (change.purged != nullptr) loss = std::max(loss, change.purged->loss);
  }
  mark_rank(changes.front().added != nullptr ? changes.front().added->brand
                                             : changes.front().purged->row.brand,
            author, loss);
  Profile profile;
  const Added* const newest = sum_rows(changes, profile);
  const bool purges = std::any_of(changes.begin(), changes.end(),
                                  [](const RowChange& change) { return change.added == nullptr; });
  if (purges) {
    state_.records.forget(key);
    const auto remain = remaining_span(changes, profile);
    if (!remain) return remain.error();
    if (!*remain) {
      erase(Family::mentions, view(key), out);  // with it goes the name
      profiles_gone_.insert(key);
      authors_reduced_.push_back(key);
    } else {
      profile.exact_span = true;
      for (const RowChange& change : changes) {
        if (change.added != nullptr) continue;
        add(profile.counters, author_counters(change.purged->facts.facts), -1);
      }
    }
    if (!*remain && newest == nullptr) return {};
  }
  const auto names = newest == nullptr ? Result<bool>(false) : names_author(key, *newest);
  if (!names) return names.error();
  if (*names && state_.records.changed(key, newest->event->author_record)) {
    profile.record = newest->event->author_record;
    authors_written_.push_back(key);
  }
  value_.clear();
  encode_profile(profile, value_);
  out.Merge(database_.family(Family::mentions), to_slice(view(key)), value_);
  return {};
}

// What rows that are written add to `profile`. Gives the newest mention that was not there before;
// null: none.
const CommitPlan::Added* CommitPlan::sum_rows(std::span<const RowChange> changes,
                                              Profile& profile) {
  profile.first_seen.milliseconds = INT64_MAX;
  profile.last_seen.milliseconds = INT64_MIN;
  const Added* newest = nullptr;
  for (const RowChange& change : changes) {
    if (change.added == nullptr) continue;
    const Timestamp at = change.added->event->created_at;
    profile.first_seen = std::min(profile.first_seen, at);
    profile.last_seen = std::max(profile.last_seen, at);
    add(profile.counters, author_counters(change.added->facts()));
    if (change.purged != nullptr) {
      add(profile.counters, author_counters(change.purged->facts.facts), -1);
    } else if (newest == nullptr || newest->seq < change.added->seq) {
      newest = change.added;
    }
  }
  return newest;
}

// Widens the span of `profile` by the stored rows that are not purged. False: there are none.
Result<bool> CommitPlan::remaining_span(std::span<const RowChange> changes, Profile& profile) {
  const rocksdb::Slice prefix(changes.front().key.data(), sizeof(AuthorKey));
  const auto purged = [&](std::string_view key) {
    const auto found = std::lower_bound(
        changes.begin(), changes.end(), key,
        [](const RowChange& change, std::string_view wanted) { return view(change.key) < wanted; });
    return found != changes.end() && view(found->key) == key && found->added == nullptr;
  };
  const auto scan = database_.scan(Family::mentions);
  const auto inside = [&] {
    return scan->Valid() && scan->key().size() == sizeof(RowKey) && scan->key().starts_with(prefix);
  };
  scan->Seek(rows_begin(to_view(prefix)));
  while (inside() && purged(to_view(scan->key()))) scan->Next();
  if (!scan->status().ok()) return to_error(scan->status(), "reading an author's mentions");
  if (!inside()) return false;
  const auto first = parse_row_key(to_view(scan->key()));
  scan->SeekForPrev(rows_end(to_view(prefix)));
  while (inside() && purged(to_view(scan->key()))) scan->Prev();
  if (!scan->status().ok()) return to_error(scan->status(), "reading an author's mentions");
  const auto last = inside() ? parse_row_key(to_view(scan->key())) : std::nullopt;
  if (!first || !last) return fail(ErrorCode::corrupt, "a row of the store is damaged");
  profile.first_seen = std::min(profile.first_seen, first->created_at);
  profile.last_seen = std::max(profile.last_seen, last->created_at);
  return true;
}

void CommitPlan::write_responses(rocksdb::WriteBatch& out) {
  for (const Purged& purged : purged_) {
    if (!is_known(purged.reply_author)) continue;
    Row row = purged.row;
    row.author = purged.reply_author;
    dropped_responses_.emplace(fixed_bytes(row_key(row)), purged.loss);
  }
  for (const auto& [key, loss] : dropped_responses_) {
    erase(Family::responses, key, out);
    const auto row = parse_row_key(key);
    if (!row) continue;
    mark_rank(row->brand, row->author, loss);
    authors_reduced_.push_back(author_key(row->brand, row->author));
  }
  for (const Added& added : added_) {
    const PreparedEvent& event = *added.event;
    if (!added.alive || added.row_stays || !is_known(event.reply_author) ||
        !is_known(event.author) || event.reply_author == event.author) {
      continue;
    }
    // Looked up by write_feed, which had to know the same.
    const auto state = state_of(event.reply_author);
    if (!state || *state == AuthorState::deleted) continue;
    ResponseFacts response;
    response.responder = first_bytes(event.author);
    response.authenticity = added.facts().authenticity;
    response.answered = first_bytes(event.references.parent);
    response.label = added.facts().label;
    value_.clear();
    encode_response(response, value_);
    mark_rank(added.brand, event.reply_author,
              added.replaces != nullptr ? added.replaces->loss : Loss::none);
    authors_written_.push_back(author_key(added.brand, event.reply_author));
    const RowKey key = row_key({added.brand, event.reply_author, event.created_at, added.seq});
    out.Put(database_.family(Family::responses), to_slice(view(key)), value_);
  }
}

// An author's brand is written when their record is, which is with every new profile, and with
// every answer to them; it goes when nothing of them is left there.
Result<void> CommitPlan::write_author_brands(rocksdb::WriteBatch& out) {
  const auto sort = [](std::vector<AuthorKey>& authors) {
    std::sort(authors.begin(), authors.end());
    authors.erase(std::unique(authors.begin(), authors.end()), authors.end());
  };
  sort(authors_written_);
  sort(authors_reduced_);
  for (const AuthorKey& author : authors_written_) {
    out.Put(database_.family(Family::author_brands), to_slice(view(author_brand_key(author))), {});
  }
  for (const AuthorKey& author : authors_reduced_) {
    if (std::binary_search(authors_written_.begin(), authors_written_.end(), author)) continue;
    const auto left = has_any(author);
    if (!left) return left.error();
    if (!*left) erase(Family::author_brands, view(author_brand_key(author)), out);
  }
  return {};
}

// Whether the commit leaves a profile or an answer that it does not write itself.
Result<bool> CommitPlan::has_any(const AuthorKey& author) {
  if (!profiles_gone_.contains(author)) {
    const auto profile = database_.get(Family::mentions, view(author));
    if (!profile) return profile.error();
    if (*profile) return true;
  }
  const rocksdb::Slice prefix = to_slice(view(author));
  const auto scan = database_.scan(Family::responses);
  for (scan->Seek(prefix); scan->Valid() && scan->key().starts_with(prefix); scan->Next()) {
    if (!dropped_responses_.contains(scan->key().ToString())) return true;
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading answers to an author");
  return false;
}

void CommitPlan::write_threads(rocksdb::WriteBatch& out) {
  for (const Purged& purged : purged_) {
    each_reference(purged.references, [&](const KeyedHash& post, std::uint8_t) {
      erase(Family::threads, view(thread_key(post, purged.row.seq)), out);
    });
  }
  std::vector<std::pair<ThreadKey, std::uint8_t>> keys;
  for (const Added& added : added_) {
    if (!added.alive || added.replaces != nullptr) continue;
    each_reference(added.event->references, [&](const KeyedHash& post, std::uint8_t kinds) {
      keys.emplace_back(thread_key(post, added.seq), kinds);
    });
  }
  std::sort(keys.begin(), keys.end(),
            [](const auto& a, const auto& b) { return view(a.first) < view(b.first); });
  for (const auto& [key, kinds] : keys) {
    out.Put(database_.family(Family::threads), to_slice(view(key)),
            to_slice(view(thread_value(kinds))));
  }
}

void CommitPlan::write_posts(rocksdb::WriteBatch& out) {
  for (const PostSlot& slot : posts_) write_post(slot, out);
  for (const auto& [key, slot] : other_posts_) write_post(slot, out);
}

void CommitPlan::write_post(const PostSlot& slot, rocksdb::WriteBatch& out) {
  if (!slot.changed) return;
  if (slot.known == Known::live && slot.event == nullptr) {  // scored again
    out.Put(database_.family(Family::posts), to_slice(view(slot.key)), slot.stored);
    return;
  }
  PostEntry entry;
  entry.tombstone = slot.known == Known::tombstone;
  entry.erased = entry.tombstone && slot.erased;
  if (!entry.tombstone) {
    entry.content = slot.content;
    entry.author = slot.event->author;
    entry.reply_author = slot.event->reply_author;
    if (slot.added != 0) entry.references = slot.event->references;  // those of its mentions
    entry.created_at = slot.event->created_at;
    for (std::uint32_t i = 0; i < slot.added; ++i) {
      const Added& added = added_[slot.first_added + i];
      entry.mentions.push_back({added.brand, added.seq});
    }
  } else {
    erased_[Family::posts].push_back(fixed_bytes(slot.key));
  }
  value_.clear();
  encode_post(entry, value_);
  out.Put(database_.family(Family::posts), to_slice(view(slot.key)), value_);
}

void CommitPlan::write_ids(rocksdb::WriteBatch& out) {
  for (const Purged& purged : purged_) {
    erase(Family::mention_ids, view(purged.facts.id), out);
    if (state_.has_corrections) erase(Family::corrections, view(purged.facts.id), out);
  }
  std::vector<std::pair<MentionId, std::uint64_t>> ids;
  ids.reserve(added_.size());
  for (const Added& added : added_) {
    if (added.alive && added.replaces == nullptr) ids.emplace_back(added.mention->id, added.seq);
  }
  std::sort(ids.begin(), ids.end(),
            [](const auto& a, const auto& b) { return view(a.first) < view(b.first); });
  if (state_.has_triage) erase_triage(ids, out);
  auto* const family = database_.family(Family::mention_ids);
  for (const auto& [id, seq] : ids) {
    std::array<char, kMaxVarintBytes> bytes;
    ByteWriter writer(bytes.data());
    writer.varint(seq);
    out.Put(family, to_slice(view(id)),
            {bytes.data(), static_cast<std::size_t>(writer.position() - bytes.data())});
  }
}

// Summed by five minutes first; hours and days are sums of those, which lie side by side.
void CommitPlan::write_buckets(rocksdb::WriteBatch& out) {
  std::vector<BucketChange> changes;
  changes.reserve(rows_.size());
  for (const RowChange& row : rows_) {
    if (row.added != nullptr) {
      changes.push_back(
          {row.added->brand,
           begin_of(row.added->event->created_at.milliseconds, kBucketMilliseconds[0]),
           bucket_counters(row.added->facts(), row.added->mention->nps)});
    }
    if (row.purged != nullptr) {
      BucketCounters less{};
      add(less, bucket_counters(row.purged->facts.facts, row.purged->facts.nps), -1);
      changes.push_back({row.purged->row.brand,
                         begin_of(row.purged->row.created_at.milliseconds, kBucketMilliseconds[0]),
                         less});
    }
  }
  std::sort(changes.begin(), changes.end(), [](const BucketChange& a, const BucketChange& b) {
    return std::tie(a.brand, a.begin) < std::tie(b.brand, b.begin);
  });
  for (std::uint8_t size = 0; size < kBucketMilliseconds.size(); ++size) {
    BucketSums sums;
    for (const BucketChange& change : changes) {
      const std::int64_t begin = begin_of(change.begin, kBucketMilliseconds[size]);
      if (sums.used && (sums.brand != change.brand || sums.begin != begin)) {
        flush_bucket(size, sums, out);
        sums = {};
      }
      sums.brand = change.brand;
      sums.begin = begin;
      sums.used = true;
      add(sums.counters, change.counters);
    }
    flush_bucket(size, sums, out);
  }
}

void CommitPlan::flush_bucket(std::uint8_t size, BucketSums& sums, rocksdb::WriteBatch& out) {
  if (!sums.used || sums.counters == BucketCounters{}) return;
  value_.clear();
  encode_bucket(sums.counters, value_);
  const BucketKey key = bucket_key(sums.brand, size, {sums.begin});
  out.Merge(database_.family(Family::buckets), to_slice(view(key)), value_);
}

void CommitPlan::write_meta(rocksdb::WriteBatch& out) {
  auto* const states = database_.family(Family::author_states);
  for (const KeyedHash& author : changed_states_) {
    const AuthorState state = states_[author];
    if (state != AuthorState::hidden) state_.hidden_people.remove(author);
    if (state == AuthorState::present) {
      out.Delete(states, to_slice(view(author)));
      continue;
    }
    state_.barred.add(author);
    if (state == AuthorState::hidden) {
      state_.hidden.add(author);
      state_.hidden_people.add(author);
    }
    const char byte = static_cast<char>(state);
    out.Put(states, to_slice(view(author)), {&byte, 1});
  }
  auto* const meta = database_.family(Family::meta);
  std::array<char, sizeof(std::uint64_t)> bytes;
  for (const auto& [brand, number] : new_brands_) {
    ByteWriter(bytes.data()).fixed(number);
    out.Put(meta, std::string(kBrandPrefix) + brand, {bytes.data(), sizeof number});
  }
  for (const auto& [author, proof] : erasures_) {
    out.Put(meta, erasing_key(author), encode_erasure(proof));
  }
  for (const auto& [source, cursor] : cursors_) {
    out.Put(meta, std::string(kCursorPrefix) + source, cursor);
  }
  if (next_seq_ - 1 != state_.last_seq.load(std::memory_order_relaxed)) {
    ByteWriter(bytes.data()).fixed(next_seq_ - 1);
    out.Put(meta, to_slice(kLastSeqKey), {bytes.data(), bytes.size()});
  }
}

}  // namespace passaparola::store
