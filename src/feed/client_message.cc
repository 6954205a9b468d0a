#include "feed/client_message.h"

#include <simdjson.h>

#include <algorithm>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kMaxSubscriptionIdBytes = 64;
constexpr std::int64_t kMaxEveryMilliseconds = 60'000;

using Object = simdjson::dom::object;

// Throws nothing: every helper returns false after it filled `error`.
bool refuse(ClientError& error, const char* code, std::string message) {
  error.code = code;
  error.message = std::move(message);
  return false;
}

// A string member; absent or null leaves `out` as it is.
bool read_string(const Object& object, const char* name, std::string& out, ClientError& error) {
  simdjson::dom::element element;
  if (object[name].get(element) != simdjson::SUCCESS || element.is_null()) return true;
  std::string_view text;
  if (element.get(text) != simdjson::SUCCESS) {
    return refuse(error, "bad_message", std::string(name) + " is not a string");
  }
  out = text;
  return true;
}

bool read_id(const Object& object, std::string& id, ClientError& error) {
  if (!read_string(object, "id", id, error)) return false;
  if (id.empty() || id.size() > kMaxSubscriptionIdBytes) {
    return refuse(error, "bad_message", "id must be a string of 1 to 64 bytes");
  }
  error.id = id;
  return true;
}

bool read_every(const Object& object, ClientMessage& message, ClientError& error) {
  simdjson::dom::element element;
  if (object["every_ms"].get(element) != simdjson::SUCCESS || element.is_null()) return true;
  std::int64_t every = 0;
  if (element.get(every) != simdjson::SUCCESS || every < 0 || every > kMaxEveryMilliseconds) {
    return refuse(error, "bad_message", "every_ms must be a whole number from 0 to 60000");
  }
  message.every_ms = static_cast<std::uint32_t>(every);
  return true;
}

bool read_channels(const Object& object, ClientMessage& message, ClientError& error) {
  simdjson::dom::element list;
  if (object["channels"].get(list) != simdjson::SUCCESS || list.is_null()) return true;
  simdjson::dom::array channels;
  if (list.get(channels) != simdjson::SUCCESS || channels.size() == 0) {
    return refuse(error, "bad_message", "channels must be a list of names");
  }
  auto& known = message.channels;
  known.clear();
  for (const simdjson::dom::element element : channels) {
    std::string_view name;
    if (element.get(name) != simdjson::SUCCESS) name = {};
    const auto channel = parse_channel(name);
    if (!channel) {
      return refuse(error, "bad_message", "a channel is one of mentions, stats, alerts, changes");
    }
    if (std::find(known.begin(), known.end(), *channel) == known.end()) known.push_back(*channel);
  }
  return true;
}

bool read_subscribe(const Object& object, ClientMessage& message, ClientError& error) {
  std::string after = "now";
  if (!read_string(object, "view", message.view, error) ||
      !read_string(object, "brand", message.brand, error) ||
      !read_string(object, "where", message.where, error) ||
      !read_string(object, "after", after, error)) {
    return false;
  }
  if (message.where.size() > kMaxFilterBytes) {
    return refuse(error, "bad_filter", "where is longer than 4096 bytes");
  }
  const auto start = parse_start_at(after);
  if (!start) return refuse(error, "bad_cursor", "after is not now, start or a cursor");
  message.after = *start;
  return read_every(object, message, error) && read_channels(object, message, error);
}

bool read_message(const simdjson::dom::element& root, ClientMessage& message, ClientError& error) {
  Object object;
  if (root.get(object) != simdjson::SUCCESS) {
    return refuse(error, "bad_message", "the message is not a JSON object");
  }
  std::string op;
  if (!read_string(object, "op", op, error)) return false;
  if (op == "subscribe") {
    return read_id(object, message.id, error) && read_subscribe(object, message, error);
  }
  if (op == "unsubscribe") {
    message.op = ClientMessage::Op::unsubscribe;
    return read_id(object, message.id, error);
  }
  return refuse(error, "bad_message", "op is not subscribe or unsubscribe");
}

}  // namespace

std::optional<StartAt> parse_start_at(std::string_view text) {
  if (text == "now") return StartAt{};
  if (text == "start") return StartAt{StartAt::Place::start, {}};
  const auto cursor = decode_cursor(text);
  if (!cursor) return std::nullopt;
  return StartAt{StartAt::Place::cursor, *cursor};
}

ParsedMessage parse_client_message(std::string_view text) {
  ParsedMessage out;
  if (text.size() > kMaxClientMessageBytes) {
    refuse(out.error, "bad_message", "the message is longer than 65536 bytes");
    return out;
  }
  // The parser wants readable bytes behind the text; padded_string copies and zeroes them.
  const simdjson::padded_string padded(text);
  simdjson::dom::parser parser(kMaxClientMessageBytes);
  simdjson::dom::element root;
  if (parser.allocate(kMaxClientMessageBytes, kMaxJsonDepth) != simdjson::SUCCESS ||
      parser.parse(padded).get(root) != simdjson::SUCCESS) {
    refuse(out.error, "bad_message", "the message is not JSON");
    return out;
  }
  ClientMessage message;
  if (read_message(root, message, out.error)) out.message = std::move(message);
  return out;
}

}  // namespace passaparola::feed
