// The identification job: the people of a class from the top of their ranking, or, for another time
// than now, every author of the brand past a cheap look at the aggregate; a heap of the best.
#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_set>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "advocacy/judgement.h"
#include "advocacy/ranking.h"
#include "core/limits.h"

namespace passaparola::advocacy {
namespace {

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

  // What does not reach this S_lo ranks nowhere.
  double least() const {
    if (top_ == 0) return std::numeric_limits<double>::infinity();
    return heap_.size() < top_ ? 0 : heap_.front().score.score_low;
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

// The mentions that speak for and against the people of a report, all read together.
Result<void> fetch_evidence(const store::Store& store, std::vector<RankedAuthor>& authors,
                            store::Hidden hidden = store::Hidden::left_out) {
  std::vector<std::uint64_t> seqs;
  std::vector<std::pair<std::vector<store::StoredMention>*, std::size_t>>
      wanted;  // and up to where
  const auto want = [&](const std::vector<std::uint64_t>& more,
                        std::vector<store::StoredMention>& into) {
    seqs.insert(seqs.end(), more.begin(), more.end());
    wanted.emplace_back(&into, seqs.size());
  };
  for (RankedAuthor& author : authors) {
    want(evidence_seqs(author.score), author.evidence);
    want(author.score.counter_evidence, author.counter_evidence);
  }
  auto found = store.mentions(seqs, hidden);
  if (!found) return found.error();
  std::size_t at = 0, next = 0;
  for (const auto& [into, end] : wanted) {
    for (; at < end; ++at) {
      if (next == found->size() || (*found)[next]->seq != seqs[at]) continue;  // it is gone
      into->push_back(std::move((*found)[next++]));
    }
  }
  return {};
}

IdentifyReport empty_report(const store::Store& store, const std::string& brand, Timestamp as_of,
                            const AdvocacyConfig& config) {
  IdentifyReport report;
  report.brand = brand;
  report.as_of = as_of;
  report.window_begin = days_before(as_of, config.window_days);
  report.as_of_cursor = encode_cursor({store.id(), store.last_seq()});
  report.config_hash = config_hash(config);
  for_each_setting(config, [&](std::string_view name, double value) {
    report.settings.emplace_back(name, value);
  });
  return report;
}

// Puts an author who is wanted where their score belongs.
void offer(const IdentifyQuery& query, std::optional<RelationClass> relation,
           store::AuthorHistory&& history, AuthorScore&& score, Ranking& ranking) {
  if (score.mentions == 0) return;
  if (relation && score.relation != relation) return;
  if (!query.filter.wants(history.author, score)) return;
  ranking.offer({0, std::move(history.author), std::move(score), {}, {}});
}

// For any time: everybody's history is read.
Result<void> rank_everybody(const store::Store& store, const IdentifyQuery& query,
                            std::optional<RelationClass> relation, const AdvocacyConfig& config,
                            Ranking& ranking, IdentifyReport& report) {
  // Whoever is at risk or lapsed was an advocate.
  const auto wanted = [&](const store::AuthorAggregate& aggregate) {
    return can_rank(aggregate, relation.value_or(RelationClass::advocate));
  };
  return store.visit_authors(query.brand, wanted, [&](store::AuthorHistory&& history) {
    ++report.authors_seen;
    AuthorScore score = score_author(history, query.as_of, config);
    offer(query, relation, std::move(history), std::move(score), ranking);
    return true;
  });
}

// For now: from the top of the list until nobody can reach the top any more.
Result<bool> rank_listed(store::Store& store, const IdentifyQuery& query, const ListQuery& lists,
                         const AdvocacyConfig& config, Ranking& ranking, IdentifyReport& report) {
  const auto updated = update_ranks(store, query.brand, query.as_of, config);
  if (!updated) return updated.error();
  return visit_ranked(
      store, query.brand, lists, query.as_of, config, [&] { return ranking.least(); },
      [&](store::AuthorHistory&& history, AuthorScore&& score) {
        ++report.authors_seen;
        offer(query, lists.relation, std::move(history), std::move(score), ranking);
      });
}

}  // namespace

bool PeopleFilter::wants(const store::AuthorRecord& author, const AuthorScore& score) const {
  if (score.level < least_level || (at_risk && !score.at_risk) || (lapsed && !score.lapsed)) {
    return false;
  }
  if (!source.empty() && author.source != source) return false;
  if (language != 0 && score.language != language) return false;
  if (type && score.style.type != *type) return false;
  if (cohort && (!score.first_seen || month_of(*score.first_seen) != *cohort)) return false;
  const bool is_span = active_from || active_to;
  if (is_span && std::none_of(score.contributions.begin(), score.contributions.end(),
                              [&](const Contribution& c) {
                                return (!active_from || *active_from <= c.created_at) &&
                                       (!active_to || c.created_at < *active_to);
                              })) {
    return false;
  }
  const std::int64_t audience = author.followers.value_or(-1);
  return (!audience_min || audience >= *audience_min) &&
         (!audience_max || audience <= *audience_max);
}

Result<void> check_brand(const store::Store& store, const std::string& brand) {
  const std::vector<std::string> brands = store.brands();
  if (std::find(brands.begin(), brands.end(), brand) != brands.end()) return {};
  return fail(ErrorCode::not_found, "no mentions of brand '" + brand + "' in this store");
}

Result<IdentifyReport> identify(store::Store& store, const IdentifyQuery& query,
                                const AdvocacyConfig& config) {
  if (const auto known = check_brand(store, query.brand); !known) return known.error();
  IdentifyReport report = empty_report(store, query.brand, query.as_of, config);
  // An advocate who left or is leaving may be of any class by now.
  ListQuery lists{query.relation, query.filter.at_risk, query.filter.lapsed};
  if (!lists.relation && !lists.at_risk && !lists.lapsed) lists.relation = RelationClass::advocate;
  Ranking ranking(query.top);
  bool listed = query.is_now && is_listed(lists);
  if (listed) {
    const auto ranked = rank_listed(store, query, lists, config, ranking, report);
    if (!ranked) return ranked.error();
    listed = *ranked;
  }
  if (!listed) {
    ranking = Ranking(query.top);
    report.authors_seen = 0;
    const auto ranked = rank_everybody(store, query, lists.relation, config, ranking, report);
    if (!ranked) return ranked.error();
  }
  report.authors = ranking.take();
  if (auto fetched = fetch_evidence(store, report.authors); !fetched) return fetched.error();
  return report;
}

Result<IdentifyReport> explain_author(const store::Store& store, const std::string& brand,
                                      const store::AuthorHistory& history, Timestamp as_of,
                                      const AdvocacyConfig& config, store::Hidden hidden) {
  IdentifyReport report = empty_report(store, brand, as_of, config);
  report.authors_seen = 1;
  report.authors.push_back({0, history.author, score_author(history, as_of, config), {}, {}});
  if (auto fetched = fetch_evidence(store, report.authors, hidden); !fetched) {
    return fetched.error();
  }
  return report;
}

}  // namespace passaparola::advocacy
