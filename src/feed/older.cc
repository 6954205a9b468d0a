#include "feed/older.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/cursor.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/answers.h"

namespace passaparola::feed {
namespace {

constexpr std::uint64_t kFirstStep = 200;  // mentions looked at, twice as many with each step
constexpr std::uint64_t kLongestStep = 5'000;
constexpr std::size_t kMaxLookedAt = 200'000;  // for one answer

// Those of (begin, end] that fit, in the order of the feed.
Result<std::vector<store::StoredMention>> those_between(const store::Store& store,
                                                        store::FeedQuery& query,
                                                        std::uint64_t begin, std::uint64_t end) {
  std::vector<store::StoredMention> found;
  query.after = begin;
  query.limit = query.scan_limit = end - begin;
  while (query.after < end) {
    auto page = store.read_feed(query);
    if (!page) return page.error();
    for (store::StoredMention& mention : page->mentions) {
      if (mention->seq <= end) found.push_back(std::move(mention));
    }
    if (page->next_after <= query.after) break;
    query.after = page->next_after;  // not yet the end where is_enough() says so
  }
  return found;
}

std::string place_json(const store::Store& store, std::uint64_t seq) {
  return '"' + encode_cursor({store.id(), seq}) + '"';
}

}  // namespace

Result<std::uint64_t> visit_older(const store::Store& store, store::FeedQuery query,
                                  std::uint64_t end,
                                  const std::function<bool(store::StoredMention&&)>& visit) {
  const std::uint64_t least = end - std::min<std::uint64_t>(end, query.scan_limit);
  std::uint64_t left = end;
  for (std::uint64_t step = kFirstStep; left > least; step = std::min(2 * step, kLongestStep)) {
    const std::uint64_t begin = std::max(least, left - std::min(left, step));
    auto found = those_between(store, query, begin, left);
    if (!found) return found.error();
    left = begin;
    for (auto mention = found->rbegin(); mention != found->rend(); ++mention) {
      const std::uint64_t seq = (*mention)->seq;
      if (!visit(std::move(*mention))) return seq - 1;
    }
    if (query.is_enough && query.is_enough()) break;
  }
  return left;
}

Result<std::string> older_json(const store::Store& store, store::FeedQuery query,
                               std::uint64_t end) {
  const std::size_t wanted = query.limit;
  query.scan_limit = kMaxLookedAt;
  std::vector<std::string> items;  // newest first
  std::size_t bytes = 0;
  const auto left = visit_older(store, std::move(query), end, [&](const auto& mention) {
    JsonWriter writer(items.emplace_back());
    write_mention(writer, *mention, store.id());
    bytes += items.back().size();
    return items.size() < wanted && bytes < kMaxPageBytes;
  });
  if (!left) return left.error();
  std::string out = R"({"items":[)";
  out.reserve(bytes + items.size() + 200);
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    if (item != items.rbegin()) out += ',';
    out += *item;
  }
  out += R"(],"cursor":)" + place_json(store, end);
  out += end < store.last_seq() ? R"(,"more":true)" : R"(,"more":false)";
  return out + R"(,"before":)" + (*left == 0 ? "null" : place_json(store, *left)) + '}';
}

}  // namespace passaparola::feed
