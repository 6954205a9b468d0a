#include "advocacy/movement.h"

#include <algorithm>
#include <tuple>

#include "advocacy/config.h"
#include "advocacy/ranking.h"
#include "advocacy/score.h"

namespace passaparola::advocacy {
namespace {

using std::string_view_literals::operator""sv;
constexpr std::array kMovementNames{"came"sv, "rose"sv, "stayed"sv, "fell"sv, "left"sv};
static_assert(kMovementNames.size() == kMovements);

Movement movement_of(bool was, bool is, Level before, Level after) {
  if (!was) return Movement::came;
  if (!is) return Movement::left;
  if (before == after) return Movement::stayed;
  return after > before ? Movement::rose : Movement::fell;
}

double highest(const Moved& moved) {
  return std::max(moved.before.score_low, moved.after.score_low);
}

bool comes_first(const Moved& a, const Moved& b) {
  return std::tuple(a.movement, -highest(a), a.author.key) <
         std::tuple(b.movement, -highest(b), b.author.key);
}

// Keeps the first `top` of each movement; never many more in memory.
void keep_top(std::vector<Moved>& people, std::size_t top) {
  std::sort(people.begin(), people.end(), comes_first);
  std::array<std::size_t, kMovements> kept{};
  std::erase_if(people, [&](const Moved& moved) {
    return ++kept[static_cast<std::size_t>(moved.movement)] > top;
  });
}

}  // namespace

std::string_view name_of(Movement movement) {
  return kMovementNames[static_cast<std::size_t>(movement)];
}

Result<MovementReport> compare(const store::Store& store, const IdentifyQuery& query,
                               Timestamp before, const AdvocacyConfig& config) {
  if (const auto known = check_brand(store, query.brand); !known) return known.error();
  const RelationClass relation = query.relation.value_or(RelationClass::advocate);
  MovementReport report{query.brand, before, query.as_of, config_hash(config), {}, {}};
  const auto wanted = [&](const store::AuthorAggregate& aggregate) {
    return can_rank(aggregate, relation);
  };
  const auto visited =
      store.visit_authors(query.brand, wanted, [&](store::AuthorHistory&& history) {
        const auto standing = [&](Timestamp at, bool& belongs) {
          const AuthorScore score = score_author(history, at, config);
          belongs = score.mentions > 0 && score.relation == relation &&
                    query.filter.wants(history.author, score);
          return Standing{score.score_low, score.level, score.relation};
        };
        bool was = false, is = false;
        Moved moved;
        moved.before = standing(report.before, was);
        moved.after = standing(report.after, is);
        if (!was && !is) return true;
        moved.movement = movement_of(was, is, moved.before.level, moved.after.level);
        ++report.counts[static_cast<std::size_t>(moved.movement)];
        moved.author = std::move(history.author);
        report.people.push_back(std::move(moved));
        if (report.people.size() >= 2 * (kMovements * query.top + 1))
          keep_top(report.people, query.top);
        return true;
      });
  if (!visited) return visited.error();
  keep_top(report.people, query.top);
  return report;
}

}  // namespace passaparola::advocacy
