#include "deliver/progress.h"

#include <simdjson.h>

#include "core/json.h"

namespace passaparola::deliver {
namespace {

namespace dom = simdjson::dom;

void write_message(JsonWriter& writer, const Message& message) {
  writer.StartObject();
  writer.field("number", message.number);
  writer.field("id", message.id);
  writer.key("seqs");
  writer.StartArray();
  for (const std::uint64_t seq : message.seqs) writer.Uint64(seq);
  writer.EndArray();
  writer.field("to", message.to);
  writer.field("alert", message.alert);
  writer.field("urgent", message.is_urgent);
  writer.field("repeat", message.is_repeat);
  writer.field("tries", std::uint64_t{message.tries});
  writer.field("spent_ms", std::int64_t{message.spent.count()});
  writer.EndObject();
}

bool read_message(const dom::element& from, Message& message) {
  std::string_view id;
  dom::array seqs;
  std::uint64_t tries = 0;
  std::int64_t spent = 0;
  if (from["number"].get(message.number) || from["id"].get(id) || from["seqs"].get(seqs) ||
      from["to"].get(message.to) || from["alert"].get(message.alert) ||
      from["urgent"].get(message.is_urgent) || from["repeat"].get(message.is_repeat) ||
      from["tries"].get(tries) || from["spent_ms"].get(spent)) {
    return false;
  }
  message.id = id;
  message.tries = static_cast<unsigned>(tries);
  message.spent = std::chrono::milliseconds(spent);
  for (const dom::element seq : seqs) {
    std::uint64_t number = 0;
    if (seq.get(number)) return false;
    message.seqs.push_back(number);
  }
  return true;
}

}  // namespace

std::string to_record(const Progress& progress) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("after", progress.after);
  writer.field("alerts_after", progress.alerts_after);
  writer.field("crises_after", progress.crises_after);
  writer.field("next_number", progress.next_number);
  writer.field("off", progress.is_off);
  writer.field("redo_after", progress.redo_after);
  writer.field("redo_until", progress.redo_until);
  writer.key("messages");
  writer.StartArray();
  for (const Message& message : progress.messages) write_message(writer, message);
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::optional<Progress> read_progress(std::string_view record) {
  const simdjson::padded_string padded(record);
  dom::parser parser;
  dom::element root;
  dom::array messages;
  Progress progress;
  if (parser.parse(padded).get(root) || root["after"].get(progress.after) ||
      root["alerts_after"].get(progress.alerts_after) ||
      root["crises_after"].get(progress.crises_after) ||
      root["next_number"].get(progress.next_number) || root["off"].get(progress.is_off) ||
      root["redo_after"].get(progress.redo_after) || root["redo_until"].get(progress.redo_until) ||
      root["messages"].get(messages)) {
    return std::nullopt;
  }
  for (const dom::element message : messages) {
    if (!read_message(message, progress.messages.emplace_back())) return std::nullopt;
  }
  return progress;
}

std::string to_record(const Undelivered& undelivered) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("message");
  write_message(writer, undelivered.message);
  writer.field("error", undelivered.error);
  writer.field("at_ms", undelivered.at.milliseconds);
  writer.EndObject();
  return out;
}

std::optional<Undelivered> read_undelivered(std::string_view record) {
  const simdjson::padded_string padded(record);
  dom::parser parser;
  dom::element root, message;
  std::string_view error;
  Undelivered undelivered;
  if (parser.parse(padded).get(root) || root["message"].get(message) ||
      !read_message(message, undelivered.message) || root["error"].get(error) ||
      root["at_ms"].get(undelivered.at.milliseconds)) {
    return std::nullopt;
  }
  undelivered.error = error;
  return undelivered;
}

}  // namespace passaparola::deliver
