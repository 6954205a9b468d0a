#include "ingest/x.h"

#include "ingest/x_version1.h"
#include "ingest/x_version2.h"

namespace passaparola::ingest {
namespace {

// A problem of the stream itself: {"title":"ConnectionException","detail":…,"type":…}.
bool is_problem(JsonObject record) {
  return find(record, "title") && find(record, "type") && find(record, "detail");
}

bool is_status(JsonObject record) {
  return find(record, "id_str") || find(record, "full_text") ||
         (find(record, "id") && find(record, "text") && find(record, "user"));
}

bool is_post(JsonObject data) {
  return find(data, "id") && find(data, "text") &&
         (find(data, "edit_history_tweet_ids") || find(data, "author_id") || data.size() == 2);
}

// Notices about the stream that are no posts: {"limit":{…}} and such.
bool is_notice(JsonObject record) {
  if (record.size() != 1) return false;
  return find(record, "limit") || find(record, "scrub_geo") || find(record, "warning") ||
         find(record, "status_withheld") || find(record, "user_withheld") ||
         find(record, "friends");
}

void decode_data(Json data, std::optional<JsonObject> includes, RecordSink& sink) {
  if (const auto post = as_object(data)) return decode_x_post(*post, includes, sink);
  const auto posts = as_array(data);
  if (!posts) return sink.reject(RejectReason::wrong_type);
  for (const Json item : *posts) {
    const auto post = as_object(item);
    if (post) {
      decode_x_post(*post, includes, sink);
    } else {
      sink.reject(RejectReason::not_an_object);
    }
  }
}

void decode_statuses(JsonArray statuses, RecordSink& sink) {
  for (const Json item : statuses) {
    const auto object = as_object(item);
    if (!object) {
      sink.reject(RejectReason::not_an_object);
      continue;
    }
    // Personal archives wrap each status once more.
    decode_x_status(object_in(*object, "tweet").value_or(*object), sink);
  }
}

}  // namespace

void decode_x(Json record, RecordSink& sink) {
  if (const auto array = as_array(record)) return decode_statuses(*array, sink);
  const auto object = as_object(record);
  if (!object) return sink.reject(RejectReason::not_an_object);
  if (const auto data = find(*object, "data")) {
    return decode_data(*data, object_in(*object, "includes"), sink);
  }
  if (const auto statuses = array_in(*object, "statuses")) return decode_statuses(*statuses, sink);
  if (find(*object, "errors") || find(*object, "disconnect") || is_problem(*object)) {
    return sink.reject(RejectReason::stream_error);
  }
  if (const auto notice = object_in(*object, "delete")) return decode_x_deletion(*notice, sink);
  // An answer without results, and notices that say nothing of posts.
  if (find(*object, "meta") || is_notice(*object)) return sink.ignore();
  decode_x_status(object_in(*object, "tweet").value_or(*object), sink);
}

bool is_x(JsonObject record) {
  if (const auto data = find(record, "data")) {
    if (find(record, "matching_rules") || find(record, "includes")) return true;
    if (const auto post = as_object(*data)) return is_post(*post);
    const auto posts = as_array(*data);
    JsonObject first;
    return posts && posts->at(0).get(first) == simdjson::SUCCESS && is_post(first);
  }
  if (const auto tweet = object_in(record, "tweet")) return is_status(*tweet);
  const auto notice = object_in(record, "delete");
  return array_in(record, "statuses") || array_in(record, "errors") || is_status(record) ||
         is_problem(record) || (notice && object_in(*notice, "status")) ||
         object_in(record, "disconnect") || is_notice(record);
}

}  // namespace passaparola::ingest
