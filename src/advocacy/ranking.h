// Ranking: who stands where among a brand's people, kept in the store so that the top is read and
// not computed. Inside of the advocacy module.
//
// An author is on the list of their relation class and marks (at risk, lapsed) with their S_lo as
// value, and due when a mark may change by time alone. While nothing happens
// to a history, S_lo only falls: acts age, and acts, positive opinions and responders leave the
// window. What can raise it by leaving the window (criticism, commercial mentions, copies,
// whatever lowers A) makes the author due at that time.
#pragma once

#include <functional>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"

namespace passaparola::advocacy {

// Can an author with these counters be of the class? Counters know of all times and of all words,
// so a yes proves nothing and a no is final.
bool can_rank(const store::AuthorAggregate& aggregate, RelationClass relation);

// Whom a list is asked for: people of a class, or of any; with the marks that are set.
struct ListQuery {
  std::optional<RelationClass> relation;
  bool at_risk = false, lapsed = false;
};

// Whether such people are listed. Neutral ones without a mark are not: they are nearly everybody,
// and by what they are nobody looks for them.
bool is_listed(const ListQuery& query);

// What those are asked for who stand on a list of the store.
ListQuery listing_of(std::uint8_t list);

// Where the history stands as of `at`; nullopt: on no list. Pure.
std::optional<store::Rank> rank_of(const store::AuthorHistory& history, Timestamp at,
                                   const AdvocacyConfig& config);

// Brings the ranks of the brand up to date. Errors: those of Store::update_ranks.
Result<void> update_ranks(store::Store& store, const std::string& brand, Timestamp at,
                          const AdvocacyConfig& config);

// Calls `offer` with everybody, as scored at `at`, who may be asked for and stand above `least()`,
// the lowest S_lo that still matters. False: somebody was ranked for a later time than `at`, so
// that ranks say nothing of it.
Result<bool> visit_ranked(const store::Store& store, const std::string& brand,
                          const ListQuery& query, Timestamp at, const AdvocacyConfig& config,
                          const std::function<double()>& least,
                          const std::function<void(store::AuthorHistory&&, AuthorScore&&)>& offer);

}  // namespace passaparola::advocacy
