#include "advocacy/standings.h"

#include <utility>

#include "core/limits.h"

namespace passaparola::advocacy {
namespace {

std::string key_of(const Mention& mention) {
  std::string key(mention.brand);
  key.append(1, '\0').append(mention.post.source);
  return key.append(1, '\0').append(mention.post.author.id);
}

// Older than that it is not the standing of now. A clock that was put back proves nothing.
bool is_fresh(Timestamp read_at, Timestamp at) {
  constexpr auto kMost = static_cast<std::int64_t>(kStandingSeconds) * 1'000;
  const std::int64_t age = at.milliseconds - read_at.milliseconds;
  return age >= 0 && age < kMost;
}

CurrentStanding standing_of(const AuthorScore& score, Timestamp at) {
  CurrentStanding standing;
  standing.relation = score.relation;
  standing.type = score.style.type;
  standing.score = score.score;
  standing.score_low = score.score_low;
  standing.recommendations = score.recommendations;
  standing.defences = score.defences;
  standing.active_months = score.active_months;
  if (score.first_seen) {
    standing.first_seen_days =
        static_cast<double>(at.milliseconds - score.first_seen->milliseconds) /
        static_cast<double>(kMillisecondsPerDay);
  }
  return standing;
}

}  // namespace

Standings::Standings(const store::Store& store, AdvocacyConfig config,
                     std::function<Timestamp()> clock)
    : store_(store), config_(std::move(config)), clock_(std::move(clock)) {}

std::optional<CurrentStanding> Standings::of(const Mention& mention) {
  if (mention.post.author.id.empty()) return std::nullopt;
  std::string key = key_of(mention);
  const Timestamp at = clock_();
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end() && is_fresh(found->second.read_at, at) &&
        (found->second.is_long || mention.seq <= found->second.upto)) {
      return found->second.standing;
    }
  }
  Known known = read(mention);
  auto standing = known.standing;
  const std::lock_guard lock(mutex_);
  // Who asks again soon asks of the authors of one page: all old ones may go.
  if (known_.size() >= kMaxStandings && !known_.contains(key)) known_.clear();
  known_.insert_or_assign(std::move(key), std::move(known));
  return standing;
}

Standings::Known Standings::read(const Mention& mention) {
  ++histories_read_;
  Known known;
  known.upto = store_.last_seq();  // before the history, which then has it
  known.read_at = clock_();
  const auto histories = store_.history(mention.post.source, mention.post.author.id, mention.brand);
  if (!histories || histories->empty()) return known;
  const store::AuthorHistory& history = histories->front().second;
  known.is_long = history.mentions.size() >= kLongHistoryMentions;
  known.standing = standing_of(score_author(history, known.read_at, config_), known.read_at);
  return known;
}

}  // namespace passaparola::advocacy
