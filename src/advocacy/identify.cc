// The identification job: every author of a brand past a cheap look at the aggregate, the score of
// those that can rank, a heap of the best.
#include <algorithm>
#include <initializer_list>
#include <tuple>
#include <unordered_set>

#include "advocacy/advocacy.h"
#include "core/limits.h"

namespace passaparola::advocacy {
namespace {

std::uint64_t acts_of(const store::AuthorAggregate& aggregate, std::initializer_list<Act> acts) {
  std::uint64_t total = 0;
  for (const Act act : acts) total += aggregate.acts[static_cast<std::size_t>(act)];
  return total;
}

// Can an author with these counters be of the class that was asked for? Counters know of all
// times and of all words, so a yes proves nothing and a no is final.
bool can_rank(const store::AuthorAggregate& aggregate, RelationClass relation) {
  switch (relation) {
    case RelationClass::advocate:
      return acts_of(aggregate, {Act::recommend, Act::defend, Act::help, Act::testimonial}) > 0;
    case RelationClass::loyal:
      return aggregate.positive > 0 ||
             acts_of(aggregate, {Act::recommend, Act::defend, Act::help, Act::testimonial,
                                 Act::praise, Act::purchase_intent}) > 0;
    case RelationClass::detractor:
      return aggregate.negative > 0 ||
             acts_of(aggregate, {Act::complain, Act::churn, Act::anti_recommend}) > 0;
    default:
      return true;
  }
}

// Does `a` stand above `b`? Total: equal scores go by mentions, then by key.
bool ranks_above(const RankedAuthor& a, const RankedAuthor& b) {
  return std::tie(b.score.score_low, b.score.score, b.score.mentions, a.author.key) <
         std::tie(a.score.score_low, a.score.score, a.score.mentions, b.author.key);
}

// The best `top` of what is offered; never more than one above that in memory.
class Ranking {
 public:
  explicit Ranking(std::size_t top) : top_(top) {}

  void offer(RankedAuthor author) {
    if (top_ == 0) return;
    if (heap_.size() == top_ && !ranks_above(author, heap_.front())) return;
    heap_.push_back(std::move(author));
    std::push_heap(heap_.begin(), heap_.end(), ranks_above);
    if (heap_.size() <= top_) return;
    std::pop_heap(heap_.begin(), heap_.end(), ranks_above);
    heap_.pop_back();
  }

  std::vector<RankedAuthor> take() {
    std::sort_heap(heap_.begin(), heap_.end(), ranks_above);
    std::uint32_t rank = 0;
    for (RankedAuthor& author : heap_) author.rank = ++rank;
    return std::move(heap_);
  }

 private:
  std::size_t top_;
  std::vector<RankedAuthor> heap_;  // the lowest in front
};

std::vector<std::uint64_t> evidence_seqs(const AuthorScore& score) {
  std::vector<std::uint64_t> seqs;
  std::unordered_set<std::uint64_t> seen;
  for (const Contribution& c : score.contributions) {
    if (seqs.size() == kMaxEvidence) break;
    if (seen.insert(c.seq).second) seqs.push_back(c.seq);
  }
  return seqs;
}

Result<void> fetch_evidence(const store::Store& store, RankedAuthor& author) {
  auto evidence = store.mentions(evidence_seqs(author.score));
  if (!evidence) return evidence.error();
  author.evidence = std::move(*evidence);
  auto counter = store.mentions(author.score.counter_evidence);
  if (!counter) return counter.error();
  author.counter_evidence = std::move(*counter);
  return {};
}

}  // namespace

Result<IdentifyReport> identify(const store::Store& store, const IdentifyQuery& query,
                                const AdvocacyConfig& config) {
  const std::vector<std::string> brands = store.brands();
  if (std::find(brands.begin(), brands.end(), query.brand) == brands.end()) {
    return fail(ErrorCode::not_found, "no mentions of brand '" + query.brand + "' in this store");
  }
  IdentifyReport report;
  report.brand = query.brand;
  report.as_of = query.as_of;
  report.config_hash = config_hash(config);
  const RelationClass relation = query.relation.value_or(RelationClass::advocate);
  Ranking ranking(query.top);
  const auto wanted = [&](const store::AuthorAggregate& aggregate) {
    ++report.authors_seen;
    return can_rank(aggregate, relation);
  };
  const auto visit = [&](store::AuthorHistory&& history) {
    AuthorScore score = score_author(history, query.as_of, config);
    if (score.mentions > 0 && score.relation == relation) {
      RankedAuthor author;
      author.author = std::move(history.author);
      author.score = std::move(score);
      ranking.offer(std::move(author));
    }
    return true;
  };
  if (auto visited = store.visit_authors(query.brand, wanted, visit); !visited) {
    return visited.error();
  }
  report.authors = ranking.take();
  for (RankedAuthor& author : report.authors) {
    if (auto fetched = fetch_evidence(store, author); !fetched) return fetched.error();
  }
  return report;
}

}  // namespace passaparola::advocacy
