#include "advocacy/revisions.h"

#include <array>
#include <string_view>

#include "advocacy/evidence.h"
#include "advocacy/ranking.h"
#include "advocacy/score.h"

namespace passaparola::advocacy {
namespace {

void write_place(JsonWriter& writer, std::string_view name,
                 const std::optional<store::RankPlace>& place) {
  writer.key(name);
  if (!place) {
    writer.Null();
    return;
  }
  const ListQuery listing = listing_of(place->list);
  writer.StartObject();
  writer.field("class", name_of(*listing.relation));
  writer.field("score_low", place->value);
  writer.field("at_risk", listing.at_risk);
  writer.field("lapsed", listing.lapsed);
  writer.EndObject();
}

void write_revision(JsonWriter& writer, std::string_view brand, const store::Revision& revision) {
  writer.StartObject();
  writer.field("event", "score.revised");
  writer.field("number", revision.number);
  writer.field("brand", brand);
  if (revision.author.id.empty()) {
    writer.key("author");
    writer.Null();
  } else {
    write_author(writer, revision.author);
  }
  writer.field("reason", name_of(revision.reason));
  writer.field("at", format_rfc3339(revision.judged_at));
  write_place(writer, "before", revision.before);
  write_place(writer, "after", revision.after);
  writer.EndObject();
}

}  // namespace

std::string_view name_of(store::Loss loss) {
  constexpr std::array<std::string_view, store::kLossCount> kNames{
      "none", "rescore", "source_hide", "source_edit", "source_delete", "erasure"};
  return kNames[static_cast<std::size_t>(loss)];
}

Result<store::RevisionPage> revisions(store::Store& store, const RevisionQuery& query,
                                      const AdvocacyConfig& config) {
  if (const auto known = check_brand(store, query.brand); !known) return known.error();
  const auto updated = update_ranks(store, query.brand, query.as_of, config);
  if (!updated) return updated.error();
  return store.revisions(query.brand, query.after, query.limit);
}

std::string to_json(const RevisionQuery& query, const store::RevisionPage& page) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("revisions");
  writer.StartArray();
  for (const store::Revision& revision : page.revisions) {
    write_revision(writer, query.brand, revision);
  }
  writer.EndArray();
  writer.field("next_after", page.next_after);
  writer.field("more", page.more);
  writer.EndObject();
  return out;
}

std::string to_ndjson(const RevisionQuery& query, const store::RevisionPage& page) {
  std::string out;
  for (const store::Revision& revision : page.revisions) {
    JsonWriter writer(out);
    write_revision(writer, query.brand, revision);
    out += '\n';
  }
  return out;
}

}  // namespace passaparola::advocacy
