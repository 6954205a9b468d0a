#include "feed/access_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "core/json.h"
#include "core/limits.h"
#include "feed/answers.h"

namespace passaparola::feed {
namespace {

using Histories = std::vector<std::pair<std::string, store::AuthorHistory>>;

void write_kept(JsonWriter& writer, const std::string& source, const store::Retention& retention) {
  const auto own = retention.days_by_source.find(source);
  const std::int64_t days = own == retention.days_by_source.end() ? retention.days : own->second;
  writer.key("kept_days");
  if (days > 0) {
    writer.Int64(days);
  } else {
    writer.Null();  // for ever
  }
}

void write_responses(JsonWriter& writer, const store::AuthorHistory& history) {
  std::set<std::uint64_t> people;
  for (const ResponseFacts& facts : history.responses) people.insert(facts.responder);
  writer.key("responses");
  writer.StartObject();
  writer.field("count", static_cast<std::uint64_t>(history.responses.size()));
  writer.field("people", static_cast<std::uint64_t>(people.size()));
  writer.EndObject();
}

Result<void> write_mentions(JsonWriter& writer, const std::string& out, const store::Store& store,
                            const store::AuthorHistory& history, std::size_t max_bytes) {
  std::vector<std::uint64_t> seqs;
  for (const MentionFacts& facts : history.mentions) seqs.push_back(facts.seq);
  std::uint64_t written = 0;
  writer.key("mentions");
  writer.StartArray();
  for (std::span<const std::uint64_t> left(seqs); !left.empty();) {
    const auto some = left.first(std::min(left.size(), kMaxPageItems));
    left = left.subspan(some.size());
    const auto mentions = store.mentions(some, store::Hidden::shown);
    if (!mentions) return mentions.error();
    for (const store::StoredMention& mention : *mentions) {
      write_mention(writer, *mention, store.id());
      ++written;
    }
    if (out.size() > max_bytes) {
      return fail(ErrorCode::overloaded,
                  fmt::format("the report has more than {} bytes: ask for it on the command line",
                              max_bytes));
    }
  }
  writer.EndArray();
  writer.field("without_text", static_cast<std::uint64_t>(seqs.size()) - written);
  return {};
}

Result<void> write_brand(JsonWriter& writer, const std::string& out, const store::Store& store,
                         const std::string& brand, const store::AuthorHistory& history,
                         const advocacy::AdvocacyConfig& config, std::size_t max_bytes) {
  writer.StartObject();
  writer.field("brand", brand);
  writer.key("aggregate");
  writer.StartObject();
  write_aggregate(writer, history.aggregate);
  writer.EndObject();
  write_responses(writer, history);
  const auto explained =
      advocacy::explain_author(store, brand, history, now(), config, store::Hidden::shown);
  if (!explained) return explained.error();
  const std::string explanation = to_json(*explained, true);
  writer.key("explanation");
  writer.RawValue(explanation.data(), explanation.size(), rapidjson::kObjectType);
  const auto written = write_mentions(writer, out, store, history, max_bytes);
  if (!written) return written.error();
  writer.EndObject();
  return {};
}

}  // namespace

Result<std::string> access_report_json(const store::Store& store, const store::AuthorId& author,
                                       const store::Retention& retention,
                                       const advocacy::AdvocacyConfig& config,
                                       std::size_t max_bytes) {
  auto histories = store.history(author.source, author.id, "");
  const bool is_hidden = !histories && histories.error().code == ErrorCode::not_found;
  if (is_hidden) histories = store.history(author.source, author.id, "", store::Hidden::shown);
  if (!histories) return histories.error();
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("source", author.source);
  writer.field("id", author.id);
  writer.field("made_at", format_rfc3339(now()));
  writer.field("state", is_hidden ? "hidden" : "present");
  write_kept(writer, author.source, retention);
  writer.key("author");
  writer.StartObject();
  write_author_record(writer, histories->front().second.author);
  writer.EndObject();
  writer.key("brands");
  writer.StartArray();
  for (const auto& [brand, history] : *histories) {
    const auto written = write_brand(writer, out, store, brand, history, config, max_bytes);
    if (!written) return written.error();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

}  // namespace passaparola::feed
