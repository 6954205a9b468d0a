// Ranks against histories, both ways: everybody is judged again as of when they were judged.
#include <fmt/format.h>
#include <rocksdb/iterator.h>

#include <algorithm>
#include <cmath>

#include "store/history_scan.h"
#include "store/verify_state.h"

namespace passaparola::store {
namespace {

// Of a value that another build of the program may have summed in another order.
constexpr double kRounding = 1e-9;

std::string words_of(const std::optional<Rank>& rank) {
  if (!rank) return std::string(kNothing);
  return fmt::format("list {}, value {}, due {}", rank->list, rank->value,
                     format_rfc3339(rank->due));
}

bool is_same(const std::optional<Rank>& stored, const std::optional<Rank>& judged) {
  if (!stored || !judged) return !stored && !judged;
  // Whoever was due when they were judged is due right after it.
  const Timestamp soonest{stored->judged_at.milliseconds + 1};
  return stored->list == judged->list && std::abs(stored->value - judged->value) <= kRounding &&
         (stored->due == judged->due || stored->due == std::max(judged->due, soonest));
}

// The walk through the ranks of one brand.
class RankWalk {
 public:
  RankWalk(VerifyState& state, HistoryScan& scan, BrandNumber brand, const RankCheck& check)
      : state_(state),
        scan_(scan),
        brand_(brand),
        check_(check),
        marks_(state.scan(Family::ranks)) {}

  Result<void> run() {
    auto done = check_entries();
    if (done) done = check_pointers(RankKind::place);
    if (done) done = check_pointers(RankKind::due);
    if (done) done = check_unranked();
    return done;
  }

 private:
  std::string words_of_author(const KeyedHash& author) const {
    return fmt::format("author {} of {}", to_hex(view(author)), state_.brand_name(brand_));
  }

  // Whether the history changed since it was judged.
  Result<bool> is_marked(const KeyedHash& author) {
    const std::string prefix =
        rank_prefix(RankKind::mark, brand_).append(author.data(), author.size());
    marks_->Seek(prefix);
    if (!marks_->status().ok()) return to_error(marks_->status(), "reading ranks");
    return marks_->Valid() && marks_->key().starts_with(prefix);
  }

  Result<std::optional<Rank>> rank_of(const KeyedHash& author) const {
    const auto value = state_.get(Family::ranks, rank_entry_key(brand_, author));
    if (!value) return value.error();
    return *value ? decode_rank(**value) : std::nullopt;
  }

  // Everybody who is ranked: what they come to, and whether they are found by it.
  Result<void> check_entries() {
    const std::string prefix = rank_prefix(RankKind::entry, brand_);
    const auto ranks = state_.scan(Family::ranks);
    for (ranks->Seek(prefix); ranks->Valid() && ranks->key().starts_with(prefix); ranks->Next()) {
      ++state_.found.ranks;
      const std::string_view key = to_view(ranks->key());
      const auto stored = decode_rank(to_view(ranks->value()));
      if (!stored || key.size() != kRankPrefixBytes + sizeof(KeyedHash)) {
        state_.differs("ranks", "key " + to_hex(key), std::string(kDamaged), "a rank");
        continue;
      }
      const auto checked = check_entry(keyed_hash_at(key, kRankPrefixBytes), *stored);
      if (!checked) return checked.error();
    }
    if (!ranks->status().ok()) return to_error(ranks->status(), "reading ranks");
    return {};
  }

  Result<void> check_entry(const KeyedHash& author, const Rank& stored) {
    const auto place =
        state_.get(Family::ranks, rank_place_key(brand_, stored.list, stored.value, author));
    if (!place) return place.error();
    const auto due = state_.get(Family::ranks, rank_due_key(brand_, stored.due, author));
    if (!due) return due.error();
    if (!*place) {
      state_.differs("ranks", words_of_author(author), std::string(kNothing), "a place on a list");
    }
    if (!*due && stored.due != kNeverDue) {
      state_.differs("ranks", words_of_author(author), std::string(kNothing),
                     "a time to judge them again");
    }
    const auto marked = is_marked(author);
    if (!marked) return marked.error();
    if (*marked) return {};
    const auto history = scan_.find(brand_, author);
    if (!history) return history.error();
    const auto judged = *history ? check_.judge(**history, stored.judged_at) : std::nullopt;
    if (!is_same(stored, judged)) {
      state_.differs("ranks", words_of_author(author), words_of(stored), words_of(judged));
    }
    return {};
  }

  // Whatever points to somebody must be what their rank says.
  Result<void> check_pointers(RankKind kind) {
    const std::string prefix = rank_prefix(kind, brand_);
    const auto ranks = state_.scan(Family::ranks);
    for (ranks->Seek(prefix); ranks->Valid() && ranks->key().starts_with(prefix); ranks->Next()) {
      const std::string_view key = to_view(ranks->key());
      if (key.size() < kRankPrefixBytes + sizeof(KeyedHash)) {
        state_.differs("ranks", "key " + to_hex(key), std::string(kDamaged), "no such key");
        continue;
      }
      const KeyedHash author = keyed_hash_at(key, key.size() - sizeof(KeyedHash));
      const auto rank = rank_of(author);
      if (!rank) return rank.error();
      const bool fits =
          *rank && key == (kind == RankKind::due
                               ? rank_due_key(brand_, (*rank)->due, author)
                               : rank_place_key(brand_, (*rank)->list, (*rank)->value, author));
      if (fits) continue;
      state_.differs("ranks", words_of_author(author),
                     kind == RankKind::due ? "a time to judge them again" : "a place on a list",
                     words_of(*rank));
    }
    if (!ranks->status().ok()) return to_error(ranks->status(), "reading ranks");
    return {};
  }

  // Whoever has no rank must come to none: that cannot change by time alone.
  Result<void> check_unranked() {
    const AuthorKey unknown = author_key(brand_, KeyedHash{});
    const rocksdb::Slice prefix(unknown.data(), sizeof(BrandNumber));
    rocksdb::Iterator& people = *scan_.people;
    people.Seek(rows_end(view(unknown)));
    while (people.Valid() && people.key().starts_with(prefix)) {
      const std::string_view key = to_view(people.key());
      const auto profile = decode_profile(to_view(people.value()));
      if (!profile || key.size() != sizeof(AuthorKey)) {  // verify_people() has said so
        people.Next();
        continue;
      }
      const KeyedHash author = keyed_hash_at(key, sizeof(BrandNumber));
      const auto rank = rank_of(author);
      if (!rank) return rank.error();
      const auto marked = is_marked(author);
      if (!marked) return marked.error();
      AuthorHistory history;
      history.aggregate = aggregate_of(*profile);
      if (*rank || *marked) {
        scan_.skip(author_key(brand_, author), history.aggregate.mentions);
        continue;
      }
      if (const auto read = scan_.read(author_key(brand_, author), history); !read) {
        return read.error();
      }
      if (const auto judged = check_.judge(history, check_.at)) {
        state_.differs("ranks", words_of_author(author), std::string(kNothing), words_of(judged));
      }
    }
    if (!people.status().ok()) return to_error(people.status(), "reading the authors of a brand");
    return {};
  }

  VerifyState& state_;
  HistoryScan& scan_;
  BrandNumber brand_;
  const RankCheck& check_;
  std::unique_ptr<rocksdb::Iterator> marks_;
};

}  // namespace

Result<void> verify_ranks(VerifyState& state, const RankCheck& check) {
  HistoryScan scan = state.histories();
  if (scan.error()) return *scan.error();
  for (const auto& [brand, name] : state.brands()) {
    const auto basis = state.get(Family::meta, std::string(kRankedPrefix) + name);
    if (!basis) return basis.error();
    if (!*basis || **basis != check.basis) continue;
    const auto done = RankWalk(state, scan, brand, check).run();
    if (!done) return done.error();
  }
  return {};
}

}  // namespace passaparola::store
