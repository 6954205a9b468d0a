#include "app/deliveries_json.h"

#include <algorithm>
#include <optional>

#include "core/cursor.h"
#include "core/json.h"

namespace passaparola::app {
namespace {

using deliver::Status;
using deliver::Undelivered;

void write_time(JsonWriter& writer, std::string_view name, std::optional<Timestamp> at) {
  writer.key(name);
  if (at) {
    writer.string(format_rfc3339(*at));
  } else {
    writer.Null();
  }
}

void write_status(JsonWriter& writer, const Status& status, std::uint32_t store) {
  writer.StartObject();
  writer.field("name", status.name);
  writer.field("type", name_of(status.type));
  writer.field("to", status.to);
  writer.field("state", name_of(status.state));
  writer.field("is_off", status.progress.is_off);
  writer.field("cursor", encode_cursor({store, status.progress.after}));
  writer.key("lag_mentions");
  if (status.lag) {
    writer.Uint64(*status.lag);
  } else {
    writer.Null();
  }
  writer.field("sent", status.sent);
  writer.field("mentions_sent", status.mentions_sent);
  writer.field("failed", status.failed);
  writer.field("undelivered", std::uint64_t{status.undelivered});
  write_time(writer, "last_success_at", status.last_success_at);
  write_time(writer, "last_failure_at", status.last_failure_at);
  writer.field("last_failure", status.last_failure);
  const bool is_tried = !status.progress.messages.empty();
  writer.field("tries", std::uint64_t{is_tried ? status.progress.messages.front().tries : 0});
  write_time(writer, "next_try_at", status.next_try_at);
  writer.EndObject();
}

void write_undelivered(JsonWriter& writer, const Undelivered& one) {
  writer.StartObject();
  writer.field("number", one.message.number);
  writer.field("webhook_id", one.message.id);
  writer.key("seqs");
  writer.StartArray();
  for (const std::uint64_t seq : one.message.seqs) writer.Uint64(seq);
  writer.EndArray();
  writer.key("alert");
  if (one.message.alert > 0) {
    writer.Uint64(one.message.alert);
  } else {
    writer.Null();
  }
  writer.field("error", one.error);
  write_time(writer, "at", one.at);
  writer.EndObject();
}

Result<std::string> to_json(const deliver::Deliveries& deliveries, std::string_view name,
                            std::uint32_t store) {
  const std::vector<Status> all = deliveries.status();
  std::string out;
  JsonWriter writer(out);
  if (!name.empty()) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [name](const Status& status) { return status.name == name; });
    if (found == all.end()) return fail(ErrorCode::not_found, "there is no such delivery");
    write_status(writer, *found, store);
    return out;
  }
  writer.StartObject();
  writer.key("deliveries");
  writer.StartArray();
  for (const Status& status : all) write_status(writer, status, store);
  writer.EndArray();
  writer.EndObject();
  return out;
}

Result<std::string> owed_json(const deliver::Deliveries& deliveries, std::string_view name,
                              std::uint64_t after, std::size_t limit) {
  auto page = deliveries.undelivered(name, after, limit + 1);
  if (!page) return page.error();
  const bool more = page->size() > limit;
  if (more) page->pop_back();
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("undelivered");
  writer.StartArray();
  for (const Undelivered& one : *page) write_undelivered(writer, one);
  writer.EndArray();
  writer.field("next_after", page->empty() ? after : page->back().message.number);
  writer.field("more", more);
  writer.EndObject();
  return out;
}

}  // namespace

feed::Deliveries answers_of(deliver::Deliveries& deliveries, std::uint32_t store) {
  feed::Deliveries answers;
  answers.json = [&deliveries, store](std::string_view name) {
    return to_json(deliveries, name, store);
  };
  answers.undelivered_json = [&deliveries](std::string_view name, std::uint64_t after,
                                           std::size_t limit) {
    return owed_json(deliveries, name, after, limit);
  };
  answers.replay = [&deliveries](std::string_view name, const feed::DeliveryReplay& replay) {
    return deliveries.replay(name, {replay.after, replay.undelivered, replay.on});
  };
  return answers;
}

}  // namespace passaparola::app
