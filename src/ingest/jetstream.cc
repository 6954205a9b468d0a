#include "ingest/jetstream.h"

#include "ingest/draft.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "bluesky";
constexpr std::string_view kPostCollection = "app.bsky.feed.post";
constexpr std::string_view kPostInfix = "/app.bsky.feed.post/";
// Clients write createdAt themselves; a post is never much younger than the event that brought it.
constexpr std::int64_t kClockTolerance = 5 * 60 * kMillisecondsPerSecond;

// The account of "at://did:…/collection/key"; empty when it is not such an address.
std::string_view account_of(std::string_view uri) {
  constexpr std::string_view kScheme = "at://";
  if (!uri.starts_with(kScheme)) return {};
  uri.remove_prefix(kScheme.size());
  return uri.substr(0, uri.find('/'));
}

std::string_view uri_in(JsonObject object, std::string_view key) {
  const auto reference = object_in(object, key);
  return reference ? string_in(*reference, "uri") : std::string_view();
}

void add_facet_links(JsonObject record, LinkList& links) {
  const auto facets = array_in(record, "facets");
  if (!facets) return;
  for (const Json facet : *facets) {
    const auto object = as_object(facet);
    const auto features = object ? array_in(*object, "features") : std::nullopt;
    if (!features) continue;
    for (const Json feature : *features) {
      const auto link = as_object(feature);
      if (link && string_in(*link, "$type") == "app.bsky.richtext.facet#link") {
        links.add(string_in(*link, "uri"));
      }
    }
  }
}

// What is embedded: a card with a link, another post, or a post beside media (the two nested).
void read_embed(JsonObject record, Draft& draft, LinkList& links) {
  const auto embed = object_in(record, "embed");
  if (!embed) return;
  links.add(uri_in(*embed, "external"));
  if (const auto media = object_in(*embed, "media")) links.add(uri_in(*media, "external"));
  const auto reference = object_in(*embed, "record");
  if (!reference) return;
  std::string_view uri = string_in(*reference, "uri");
  if (uri.empty()) uri = uri_in(*reference, "record");
  // Lists, feeds and starter packs are embedded in the same way and are no quotes.
  if (uri.find(kPostInfix) == std::string_view::npos) return;
  draft.post.quote_id = draft.keep_whole(uri, kMaxIdBytes);
  if (!draft.post.quote_id.empty()) draft.post.kind = PostKind::quote;
}

void read_reply(JsonObject record, Draft& draft) {
  const auto reply = object_in(record, "reply");
  if (!reply) return;
  PostView& post = draft.post;
  post.reply_to_id = draft.keep_whole(uri_in(*reply, "parent"), kMaxIdBytes);
  if (post.reply_to_id.empty()) return;
  post.kind = PostKind::reply;
  post.reply_to_author_id = account_of(post.reply_to_id);
  post.thread = draft.keep_whole(uri_in(*reply, "root"), kMaxIdBytes);
}

void read_created_at(JsonObject record, Draft& draft, std::optional<Timestamp> event_time) {
  const auto claimed = parse_rfc3339(string_in(record, "createdAt"));
  const bool usable = claimed && (!event_time || claimed->milliseconds <=
                                                     event_time->milliseconds + kClockTolerance);
  const auto time = usable ? claimed : event_time;
  if (!time) return draft.fail(RejectReason::invalid_time);
  draft.post.created_at = *time;
}

void read_record(JsonObject record, Draft& draft, std::optional<Timestamp> event_time) {
  if (const auto text = find(record, "text")) {
    draft.read_string(draft.post.text, *text, kMaxTextBytes, RejectReason::text_too_long);
  } else {
    draft.fail(RejectReason::missing_field);
  }
  if (const auto langs = array_in(record, "langs")) {
    std::string_view lang;
    if (langs->at(0).get(lang) == simdjson::SUCCESS) {
      draft.post.lang = draft.keep_whole(lang, kMaxLanguageBytes);
    }
  }
  LinkList links;
  add_facet_links(record, links);
  read_embed(record, draft, links);
  draft.post.links = links.keep(draft.arena());
  read_reply(record, draft);
  read_created_at(record, draft, event_time);
}

// `commit` holds operation, collection, rkey and record.
void decode_commit(std::string_view did, JsonObject commit, std::optional<Timestamp> event_time,
                   RecordSink& sink) {
  if (string_in(commit, "collection") != kPostCollection) return sink.ignore();
  const std::string_view operation = string_in(commit, "operation");
  const bool remove = operation == "delete";
  Draft draft(sink);
  PostView& post = draft.post;
  if (!remove && operation != "create" && operation != "update") {
    draft.fail(operation.empty() ? RejectReason::missing_field : RejectReason::bad_value);
  }
  post.op = remove ? PostOp::remove : operation == "update" ? PostOp::update : PostOp::create;
  post.source = kSource;
  draft.require(post.author.id, did, kMaxIdBytes);
  std::string_view key;
  draft.require(key, find(commit, "rkey"), kMaxIdBytes);
  if (!draft.failed()) {
    post.id = draft.join({"at://", did, kPostInfix, key}, kMaxIdBytes);
    post.url = draft.join({"https://bsky.app/profile/", did, "/post/", key}, kMaxUrlBytes);
  }
  const auto record = object_in(commit, "record");
  if (remove) {
    post.created_at = event_time.value_or(Timestamp{});
  } else if (record) {
    read_record(*record, draft, event_time);
  } else {
    draft.fail(RejectReason::missing_field);
  }
  draft.finish(Wordless::allowed);
}

void decode_account(std::string_view did, JsonObject account, std::optional<Timestamp> event_time,
                    RecordSink& sink) {
  const auto active = find(account, "active");
  const std::string_view status = string_in(account, "status");
  // A host that limits or resynchronises an account says nothing about the account itself.
  if (status == "desynchronized" || status == "throttled") return sink.ignore();
  Draft draft(sink);
  draft.post.source = kSource;
  draft.require(draft.post.author.id, did, kMaxIdBytes);
  draft.post.created_at = event_time.value_or(Timestamp{});
  if (!active) {
    draft.fail(RejectReason::missing_field);
  } else if (!active->is_bool()) {
    draft.fail(RejectReason::wrong_type);
  } else if (active->get_bool().value_unsafe()) {
    draft.post.op = PostOp::show_author;
  } else {
    draft.post.op = status == "deleted" ? PostOp::delete_author : PostOp::hide_author;
  }
  draft.finish(Wordless::allowed);
}

void decode_first_version(JsonObject event, RecordSink& sink) {
  const std::string_view kind = string_in(event, "kind");
  const auto micros = integer_in(event, "time_us");
  const auto time = micros ? std::optional(Timestamp{*micros / 1000}) : std::nullopt;
  if (kind != "commit" && kind != "account") {
    return kind.empty() ? sink.reject(RejectReason::missing_field) : sink.ignore();
  }
  const auto body = object_in(event, kind);
  if (!body) return sink.reject(RejectReason::missing_field);
  const std::string_view did = string_in(event, "did");
  if (kind == "commit") return decode_commit(did, *body, time, sink);
  decode_account(did, *body, time, sink);
}

void decode_second_version(JsonObject event, std::string_view type, RecordSink& sink) {
  const std::string_view kind = type.substr(type.find('#') + 1);
  const auto time = parse_rfc3339(string_in(event, "time"));
  const std::string_view did = string_in(event, "did");
  if (kind == "commit") return decode_commit(did, event, time, sink);
  if (kind == "account") return decode_account(did, event, time, sink);
  sink.ignore();
}

}  // namespace

void decode_jetstream(Json record, RecordSink& sink) {
  const auto event = as_object(record);
  if (!event) return sink.reject(RejectReason::not_an_object);
  const std::string_view type = string_in(*event, "$type");
  if (type.empty()) return decode_first_version(*event, sink);
  if (type == "error") return sink.reject(RejectReason::stream_error);
  if (type != "message") return decode_second_version(*event, type, sink);
  const auto payload = object_in(*event, "payload");
  if (!payload) return sink.reject(RejectReason::missing_field);
  decode_second_version(*payload, string_in(*payload, "$type"), sink);
}

bool is_jetstream(JsonObject record) {
  const std::string_view type = string_in(record, "$type");
  if (!type.empty()) {
    return type == "message" || type == "error" || type.starts_with("network.bsky.jetstream.");
  }
  return find(record, "did") && find(record, "kind");
}

}  // namespace passaparola::ingest
