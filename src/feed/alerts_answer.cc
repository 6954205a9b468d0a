#include "feed/alerts_answer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "feed/parameters.h"

namespace passaparola::feed {
namespace {

void write_standing(JsonWriter& writer, const BrandStanding& standing) {
  writer.StartObject();
  writer.field("brand", standing.brand);
  writer.field("level", name_of(standing.level));
  writer.key("since");
  if (standing.level == warning::Level::none) {
    writer.Null();
  } else {
    writer.string(format_rfc3339(standing.since));
  }
  write_picture(writer, standing.picture);
  writer.EndObject();
}

struct Page {
  std::vector<std::string> alerts;
  std::uint64_t next_after = 0;
  bool more = false;
};

Result<Page> read_page(const store::Store& store, const std::string& brand, const Caller& caller,
                       std::uint64_t after, std::size_t limit) {
  Page page;
  page.next_after = after;
  const auto visited = visit_alerts(store, after, [&](KeptAlert&& kept) {
    if ((!brand.empty() && kept.brand != brand) || !caller.sees(kept.brand)) {
      page.next_after = kept.number;
      return true;
    }
    if (page.alerts.size() == limit) {
      page.more = true;
      return false;
    }
    page.next_after = kept.number;
    page.alerts.push_back(std::move(kept.json));
    return true;
  });
  if (!visited) return visited.error();
  return page;
}

}  // namespace

Outcome alerts_answer(Context& context, const Target& target, const Caller& caller) {
  const store::Store& store = *context.services.store;
  const auto limit = count_parameter(target, "limit", 100, kMaxPageItems);
  if (!limit) return bad_parameter("limit must be a whole number from 1 to 1000");
  const auto last = count_parameter(target, "last", 0, kMaxPageItems);
  if (!last) return bad_parameter("last must be a whole number from 1 to 1000");
  auto after = number_parameter(target, "after");
  if (!after) return bad_parameter("after must be the number of an alert");
  if (*last > 0) {
    const auto newest = last_alert(store);
    if (!newest) return problem_of(newest.error());
    after = *newest - std::min<std::uint64_t>(*newest, *last);
  }
  const std::string brand(target.parameter("brand").value_or(""));
  const auto page = read_page(store, brand, caller, *after, *limit);
  if (!page) return problem_of(page.error());
  Answer out;
  JsonWriter writer(out.body);
  writer.StartObject();
  writer.key("standing");
  writer.StartArray();
  for (const BrandStanding& standing : context.newsroom.standing()) {
    const bool is_wanted = brand.empty() || standing.brand == brand;
    if (is_wanted && caller.sees(standing.brand)) write_standing(writer, standing);
  }
  writer.EndArray();
  writer.key("alerts");
  writer.StartArray();
  for (const std::string& json : page->alerts) {
    writer.RawValue(json.data(), json.size(), rapidjson::kObjectType);
  }
  writer.EndArray();
  writer.field("next_after", page->next_after);
  writer.field("more", page->more);
  writer.EndObject();
  return out;
}

}  // namespace passaparola::feed
