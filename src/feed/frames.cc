#include "feed/frames.h"

#include "core/json.h"

namespace passaparola::feed {

std::string subscribed_frame(std::string_view id, FeedCursor cursor) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("op", "subscribed");
  writer.field("id", id);
  writer.field("cursor", encode_cursor(cursor));
  writer.EndObject();
  return out;
}

std::string unsubscribed_frame(std::string_view id) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("op", "unsubscribed");
  writer.field("id", id);
  writer.EndObject();
  return out;
}

std::string error_frame(const ClientError& error) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("op", "error");
  writer.field_if("id", error.id);
  writer.field("code", error.code);
  writer.field("message", error.message);
  writer.EndObject();
  return out;
}

std::string gap_frame(std::string_view id, std::uint32_t store, std::uint64_t seq) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("op", "gap");
  writer.field("id", id);
  writer.field("from", encode_cursor({store, seq - 1}));
  writer.field("to", encode_cursor({store, seq}));
  writer.field("reason", "mention_too_large");
  writer.EndObject();
  return out;
}

std::string_view event_of(Channel channel) {
  if (channel == Channel::alerts) return "alert";
  return channel == Channel::changes ? "change" : "stats";
}

std::string news_frame(Channel channel, std::string_view id, std::string_view members) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("op", event_of(channel));
  writer.field("id", id);
  writer.EndObject();
  out.back() = ',';
  return out.append(members).append("}");
}

std::string news_gap_frame(Channel channel, std::string_view id) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("op", "gap");
  writer.field("id", id);
  writer.field("channel", name_of(channel));
  writer.field("reason", "too_far_behind");
  writer.EndObject();
  return out;
}

std::string mentions_frame_head(std::string_view id) {
  std::string out = R"({"op":"mentions","id":)";
  JsonWriter writer(out);
  writer.string(id);
  out += R"(,"items":[)";
  return out;
}

std::string mentions_frame_tail(FeedCursor cursor) {
  return R"(],"cursor":")" + encode_cursor(cursor) + "\"}";
}

}  // namespace passaparola::feed
