#include "feed/views.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "core/json.h"
#include "core/limits.h"
#include "core/plain_name.h"
#include "feed/older.h"

namespace passaparola::feed {
namespace {

Error bad_view(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

Error no_view() { return fail(ErrorCode::not_found, "nobody saved a view of this name"); }

// A text member; absent or null leaves `out` empty.
Result<void> read_text(simdjson::dom::object object, const char* name, std::size_t most,
                       std::string& out) {
  simdjson::dom::element element;
  if (object[name].get(element) != simdjson::SUCCESS || element.is_null()) return {};
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS || text.size() > most) {
    return bad_view(fmt::format("{} is a text of at most {} bytes", name, most));
  }
  out = text;
  return {};
}

// What both a body and a record have.
Result<SavedView> read_view(std::string_view json) {
  const simdjson::padded_string padded(json);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) {
    return bad_view("the body is not a JSON object");
  }
  SavedView view;
  auto read = read_text(object, "title", kMaxViewTitleBytes, view.title);
  if (read) read = read_text(object, "brand", kMaxAtomBytes, view.brand);
  if (read) read = read_text(object, "where", kMaxFilterBytes, view.where);
  if (!read) return read.error();
  return view;
}

Result<SavedView> from_record(std::string_view name, std::string_view json) {
  auto view = read_view(json);
  const simdjson::padded_string padded(json);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::string_view by, at;
  const bool is_whole = view && !parser.parse(padded).get(object) && !object["by"].get(by) &&
                        !object["at"].get(at) && parse_rfc3339(at);
  if (!is_whole) return fail(ErrorCode::corrupt, "a saved view in the store is damaged");
  view->name = name;
  view->by = by;
  view->at = *parse_rfc3339(at);
  return view;
}

void write_view(JsonWriter& writer, const SavedView& view) {
  writer.StartObject();
  writer.field("name", view.name);
  writer.field("title", view.title.empty() ? view.name : view.title);
  writer.field("brand", view.brand);
  writer.field("where", view.where);
  writer.field("by", view.by);
  writer.field("at", format_rfc3339(view.at));
  writer.EndObject();
}

Answer to_answer(const SavedView& view) {
  Answer out;
  JsonWriter writer(out.body);
  write_view(writer, view);
  return out;
}

bool may_see(const Caller& caller, const SavedView& view) {
  return !caller.is_limited() || (!view.brand.empty() && caller.sees(view.brand));
}

Result<std::vector<SavedView>> all_views(const store::Store& store) {
  std::vector<SavedView> views;
  std::optional<Error> damage;
  const auto visited = store.visit_records(store::RecordKind::view, "", [&](auto key, auto value) {
    auto view = from_record(key, value);
    if (view) {
      views.push_back(*std::move(view));
    } else {
      damage = view.error();
    }
    return !damage;
  });
  if (!visited) return visited.error();
  if (damage) return *damage;
  return views;
}

}  // namespace

Result<SavedView> find_view(const store::Store& store, std::string_view name,
                            const Caller& caller) {
  if (!is_plain_name(name)) return no_view();
  const auto record = store.record(store::RecordKind::view, name);
  if (!record) return record.error();
  if (!*record) return no_view();
  auto view = from_record(name, **record);
  if (view && !may_see(caller, *view)) return no_view();
  return view;
}

Result<void> narrow(const Services& services, std::string_view name, const Caller& caller,
                    std::string& brand, std::string& where) {
  if (name.empty()) return {};
  const auto view = find_view(*services.store, name, caller);
  if (!view) return view.error();
  if (brand.empty()) brand = view->brand;
  if (!view->brand.empty() && brand != view->brand) return bad_view("the view is of another brand");
  if (where.empty() || view->where.empty()) {
    where += view->where;
    return {};
  }
  // A filter that is whole by itself cannot step out of the parentheses; a comment ends its line.
  if (const auto alone = compile_where(services, where); !alone) return alone.error();
  where = fmt::format("({}\n) AND ({}\n)", view->where, where);
  return {};
}

Result<std::vector<store::StoredMention>> newest_of(const Context& context, const SavedView& view,
                                                    const Caller& caller, std::size_t count) {
  auto where = compile_where(context.services, view.where);
  if (!where) return where.error();
  store::FeedQuery query;
  query.brand = view.brand;
  query.where = within(caller.brands, std::move(where->holds));
  // Histories are read of so many mentions only: a page that ended early would lack the newest.
  if (where->standings) query.scan_limit = kMaxHistoriesOfPage;
  const store::Store& store = *context.services.store;
  std::vector<store::StoredMention> found;
  const auto take = [&](store::StoredMention&& mention) {
    found.push_back(std::move(mention));
    return found.size() < count;
  };
  const auto left = visit_older(store, std::move(query), store.last_seq(), take);
  if (!left) return left.error();
  return found;
}

Outcome views_answer(Context& context, const Caller& caller) {
  const auto views = all_views(*context.services.store);
  if (!views) return problem_of(views.error());
  Answer out;
  JsonWriter writer(out.body);
  writer.StartObject();
  writer.key("views");
  writer.StartArray();
  for (const SavedView& view : *views) {
    if (may_see(caller, view)) write_view(writer, view);
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

Outcome view_answer(Context& context, std::string_view method, const Target& target,
                    const Caller& caller) {
  store::Store& store = *context.services.store;
  const auto view = find_view(store, target.path[3], caller);
  if (!view) return problem_of(view.error());
  if (method != "DELETE") return to_answer(*view);
  const auto gone = store.delete_records(store::RecordKind::view, {&view->name, 1});
  if (!gone) return problem_of(gone.error());
  return to_answer(*view);
}

Outcome save_view(Context& context, const Target& target, const Caller& caller,
                  std::string_view body) {
  store::Store& store = *context.services.store;
  const std::string& name = target.path[3];
  if (!is_plain_name(name)) return Problem{400, "bad-name", std::string(kPlainNameRule)};
  auto view = read_view(body);
  if (!view) return problem_of(view.error());
  const auto filter = compile_where(context.services, view->where);
  if (!filter) return problem_of(filter.error());
  const auto known = all_views(store);
  if (!known) return problem_of(known.error());
  const auto same = std::find_if(known->begin(), known->end(),
                                 [&](const SavedView& other) { return other.name == name; });
  if (!may_see(caller, *view)) {
    return Problem{400, "foreign-brand", "a view of yours is about one of your brands: name it"};
  }
  if (same != known->end() && !may_see(caller, *same)) {
    return Problem{409, "name-taken", "a view of this name is there already: take another"};
  }
  if (same == known->end() && known->size() >= kMaxViews) {
    return Problem{429, "too-many-views", "delete some views first"};
  }
  view->name = name;
  view->by = caller.name;
  view->at = context.services.clock();
  Answer out = to_answer(*view);
  const auto kept = store.put_record(store::RecordKind::view, name, out.body);
  if (!kept) return problem_of(kept.error());
  return out;
}

}  // namespace passaparola::feed
