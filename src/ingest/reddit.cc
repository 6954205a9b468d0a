#include "ingest/reddit.h"

#include <cmath>

#include "ingest/draft.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "reddit";
constexpr std::string_view kSite = "https://www.reddit.com";

bool is_gone(std::string_view text) { return text == "[deleted]" || text == "[removed]"; }

// The full name ("t3_1994vu"): `name`, or the id with its kind in front if it lacks it.
void read_id(JsonObject data, std::string_view prefix, Draft& draft) {
  draft.check_string(data, "id");
  const std::string_view name = string_in(data, "name");
  const std::string_view id = string_in(data, "id");
  if (name.starts_with(prefix)) return draft.require(draft.post.id, name, kMaxIdBytes);
  if (id.starts_with(prefix)) return draft.require(draft.post.id, id, kMaxIdBytes);
  if (id.empty()) return draft.fail(RejectReason::missing_field);
  draft.post.id = draft.join({prefix, id}, kMaxIdBytes);
}

void read_author(JsonObject data, Draft& draft) {
  draft.check_string(data, "author");
  const std::string_view author = string_in(data, "author");
  if (is_gone(author)) return;
  draft.post.author.id = draft.keep_whole(author, kMaxIdBytes);
  draft.post.author.handle = draft.post.author.id;
}

void read_created_at(JsonObject data, Draft& draft) {
  const auto value = find(data, "created_utc");
  if (!value) return draft.fail(RejectReason::missing_field);
  double seconds = 0;
  if (value->get(seconds) != simdjson::SUCCESS) return draft.fail(RejectReason::wrong_type);
  constexpr double kYear10000 = 253'402'300'800.0;  // seconds
  if (seconds < 0 || seconds >= kYear10000) return draft.fail(RejectReason::invalid_time);
  draft.post.created_at = Timestamp{static_cast<std::int64_t>(std::floor(seconds * 1000))};
}

void read_address(JsonObject data, Draft& draft) {
  const std::string_view permalink = string_in(data, "permalink");
  if (permalink.starts_with('/')) {
    if (kSite.size() + permalink.size() > kMaxUrlBytes) return;
    draft.post.url = draft.join({kSite, permalink}, kMaxUrlBytes);
  } else {
    draft.post.url = draft.keep_whole(permalink, kMaxUrlBytes);
  }
}

// The page that a link post is about. A text post links to itself.
void read_link(JsonObject data, Draft& draft) {
  const std::string_view url = string_in(data, "url");
  const std::string_view permalink = string_in(data, "permalink");
  if (true_in(data, "is_self") || (!permalink.empty() && url.ends_with(permalink))) return;
  LinkList links;
  if (url.starts_with("https://") || url.starts_with("http://")) links.add(url);
  draft.post.links = links.keep(draft.arena());
}

// A text that its author or a moderator took away stands for a deletion.
void set_text(std::string_view text, Draft& draft) {
  if (is_gone(text)) {
    draft.post.op = PostOp::remove;
  } else {
    draft.set_text(without_basic_entities(text, draft.arena()));
  }
}

void read_common(JsonObject data, std::string_view prefix, Draft& draft) {
  PostView& post = draft.post;
  post.source = kSource;
  read_id(data, prefix, draft);
  read_author(data, draft);
  read_created_at(data, draft);
  read_address(data, draft);
  const auto edited = find(data, "edited");
  if (edited && edited->is_number()) post.op = PostOp::update;
  post.sponsored = true_in(data, "promoted");
  post.engagement.likes = integer_in(data, "score");
}

void finish(Draft& draft) {
  if (draft.post.op == PostOp::remove) draft.become_removal();
  draft.finish(Wordless::rejected);
}

void decode_link(JsonObject data, RecordSink& sink) {
  Draft draft(sink);
  read_common(data, "t3_", draft);
  draft.check_string(data, "title");
  draft.check_string(data, "selftext");
  draft.post.title = draft.keep_start(
      without_basic_entities(string_in(data, "title"), draft.arena()), kMaxTitleBytes);
  draft.post.engagement.replies = integer_in(data, "num_comments");
  read_link(data, draft);
  set_text(string_in(data, "selftext"), draft);
  finish(draft);
}

void decode_comment(JsonObject data, RecordSink& sink) {
  Draft draft(sink);
  read_common(data, "t1_", draft);
  draft.check_string(data, "body");
  PostView& post = draft.post;
  post.kind = PostKind::reply;
  post.reply_to_id = draft.keep_whole(string_in(data, "parent_id"), kMaxIdBytes);
  post.thread = draft.keep_whole(string_in(data, "link_id"), kMaxIdBytes);
  set_text(string_in(data, "body"), draft);
  finish(draft);
}

void decode_flat(JsonObject data, RecordSink& sink) {
  const bool comment = find(data, "body") && !find(data, "title");
  return comment ? decode_comment(data, sink) : decode_link(data, sink);
}

void decode_thing(JsonObject thing, RecordSink& sink);

void decode_things(JsonArray things, RecordSink& sink) {
  for (const Json item : things) {
    const auto thing = as_object(item);
    if (thing) {
      decode_thing(*thing, sink);
    } else {
      sink.reject(RejectReason::not_an_object);
    }
  }
}

// Recursion ends with kMaxJsonDepth: every level of replies is nested deeper in the document.
void decode_thing(JsonObject thing, RecordSink& sink) {
  const std::string_view kind = string_in(thing, "kind");
  const auto data = object_in(thing, "data");
  if (!data) {
    const bool error = find(thing, "message") && (find(thing, "error") || find(thing, "reason"));
    return error ? sink.reject(RejectReason::stream_error) : decode_flat(thing, sink);
  }
  if (kind == "Listing") {
    const auto children = array_in(*data, "children");
    return children ? decode_things(*children, sink) : sink.reject(RejectReason::missing_field);
  }
  if (kind == "t3") return decode_link(*data, sink);
  if (kind != "t1") return sink.ignore();
  decode_comment(*data, sink);
  if (const auto replies = object_in(*data, "replies")) decode_thing(*replies, sink);
}

}  // namespace

void decode_reddit(Json record, RecordSink& sink) {
  if (const auto things = as_array(record)) return decode_things(*things, sink);
  const auto thing = as_object(record);
  if (!thing) return sink.reject(RejectReason::not_an_object);
  decode_thing(*thing, sink);
}

bool is_reddit(JsonObject record) {
  if (string_in(record, "kind") != "") return object_in(record, "data").has_value();
  if (find(record, "subreddit")) return find(record, "title") || find(record, "body");
  return find(record, "message") && (find(record, "error") || find(record, "reason"));
}

}  // namespace passaparola::ingest
