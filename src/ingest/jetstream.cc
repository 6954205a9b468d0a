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

std::string_view uri_of(const std::optional<Json>& value) {
  const auto reference = as_object(value);
  return reference ? as_string(find_all<"uri">(*reference)[0]) : std::string_view();
}

void add_facet_links(JsonArray facets, LinkList& links) {
  for (const Json facet : facets) {
    const auto object = as_object(facet);
    const auto features = object ? array_in(*object, "features") : std::nullopt;
    if (!features) continue;
    for (const Json feature : *features) {
      const auto link = as_object(feature);
      if (!link) continue;
      const auto [type, uri] = find_all<"$type", "uri">(*link);
      if (as_string(type) == "app.bsky.richtext.facet#link") links.add(as_string(uri));
    }
  }
}

// What is embedded: a card with a link, another post, or a post beside media (the two nested).
void read_embed(JsonObject embed, Draft& draft, LinkList& links) {
  const auto [external, media, record] = find_all<"external", "media", "record">(embed);
  links.add(uri_of(external));
  if (const auto object = as_object(media)) links.add(uri_of(find(*object, "external")));
  const auto reference = as_object(record);
  if (!reference) return;
  const auto [own_uri, nested] = find_all<"uri", "record">(*reference);
  std::string_view uri = as_string(own_uri);
  if (uri.empty()) uri = uri_of(nested);
  // Lists, feeds and starter packs are embedded in the same way and are no quotes.
  if (uri.find(kPostInfix) == std::string_view::npos) return;
  draft.post.quote_id = draft.keep_whole(uri, kMaxIdBytes);
  if (!draft.post.quote_id.empty()) draft.post.kind = PostKind::quote;
}

void read_reply(JsonObject reply, Draft& draft) {
  const auto [parent, root] = find_all<"parent", "root">(reply);
  PostView& post = draft.post;
  post.reply_to_id = draft.keep_whole(uri_of(parent), kMaxIdBytes);
  if (post.reply_to_id.empty()) return;
  post.kind = PostKind::reply;
  post.reply_to_author_id = account_of(post.reply_to_id);
  const std::string_view thread = uri_of(root);
  // The first reply of a thread names one post twice.
  post.thread =
      thread == post.reply_to_id ? post.reply_to_id : draft.keep_whole(thread, kMaxIdBytes);
}

void read_created_at(std::string_view created_at, Draft& draft,
                     std::optional<Timestamp> event_time) {
  const auto claimed = parse_rfc3339(created_at);
  const bool usable = claimed && (!event_time || claimed->milliseconds <=
                                                     event_time->milliseconds + kClockTolerance);
  const auto time = usable ? claimed : event_time;
  if (!time) return draft.fail(RejectReason::invalid_time);
  draft.post.created_at = *time;
}

void read_record(JsonObject record, Draft& draft, std::optional<Timestamp> event_time) {
  const auto [text, langs, facets, embed, reply, created_at] =
      find_all<"text", "langs", "facets", "embed", "reply", "createdAt">(record);
  if (text) {
    draft.read_string(draft.post.text, *text, kMaxTextBytes, RejectReason::text_too_long);
  } else {
    draft.fail(RejectReason::missing_field);
  }
  if (const auto list = as_array(langs)) {
    std::string_view lang;
    if (list->at(0).get(lang) == simdjson::SUCCESS) {
      draft.post.lang = draft.keep_whole(lang, kMaxLanguageBytes);
    }
  }
  if (facets || embed) {
    LinkList links;
    if (const auto list = as_array(facets)) add_facet_links(*list, links);
    if (const auto object = as_object(embed)) read_embed(*object, draft, links);
    draft.post.links = links.keep(draft.arena());
  }
  if (const auto object = as_object(reply)) read_reply(*object, draft);
  read_created_at(as_string(created_at), draft, event_time);
}

PostOp operation_named(std::string_view name, Draft& draft) {
  if (is(name, "create")) return PostOp::create;
  if (is(name, "update")) return PostOp::update;
  if (is(name, "delete")) return PostOp::remove;
  draft.fail(name.empty() ? RejectReason::missing_field : RejectReason::bad_value);
  return PostOp::create;
}

// The address of a post names its author and its key once for all that is made of them.
void read_address(std::string_view did, const std::optional<Json>& rkey, Draft& draft) {
  draft.check_required(did, kMaxIdBytes);
  draft.check_required(rkey, kMaxIdBytes);
  if (draft.failed()) return;
  const std::string_view key = as_string(rkey);
  PostView& post = draft.post;
  post.id = draft.join({"at://", did, kPostInfix, key}, kMaxIdBytes);
  post.url = draft.join({"https://bsky.app/profile/", did, "/post/", key}, kMaxUrlBytes);
  post.author.id = draft.keep(did);
}

// `commit` holds operation, collection, rkey and record.
void decode_commit(std::string_view did, JsonObject commit, std::optional<Timestamp> event_time,
                   RecordSink& sink) {
  const auto [operation, collection, rkey, record] =
      find_all<"operation", "collection", "rkey", "record">(commit);
  if (as_string(collection) != kPostCollection) return sink.ignore();
  Draft draft(sink);
  PostView& post = draft.post;
  post.op = operation_named(as_string(operation), draft);
  post.source = kSource;
  read_address(did, rkey, draft);
  if (post.op == PostOp::remove) {
    post.created_at = event_time.value_or(Timestamp{});
  } else if (const auto object = as_object(record)) {
    read_record(*object, draft, event_time);
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
  const auto [kind, did, time_us, commit, account] =
      find_all<"kind", "did", "time_us", "commit", "account">(event);
  const std::string_view name = as_string(kind);
  const bool is_commit = is(name, "commit");
  if (!is_commit && !is(name, "account")) {
    return name.empty() ? sink.reject(RejectReason::missing_field) : sink.ignore();
  }
  const auto body = as_object(is_commit ? commit : account);
  if (!body) return sink.reject(RejectReason::missing_field);
  const auto micros = time_us ? as_integer(*time_us) : std::nullopt;
  const auto time = micros ? std::optional(Timestamp{*micros / 1000}) : std::nullopt;
  if (is_commit) return decode_commit(as_string(did), *body, time, sink);
  decode_account(as_string(did), *body, time, sink);
}

void decode_second_version(JsonObject event, std::string_view type, RecordSink& sink) {
  const std::string_view kind = type.substr(type.find('#') + 1);
  const auto time = parse_rfc3339(string_in(event, "time"));
  const std::string_view did = string_in(event, "did");
  if (is(kind, "commit")) return decode_commit(did, event, time, sink);
  if (!is(kind, "account")) return sink.ignore();
  const auto account = object_in(event, "account");
  if (!account) return sink.reject(RejectReason::missing_field);
  decode_account(did, *account, time, sink);
}

}  // namespace

void decode_jetstream(Json record, RecordSink& sink) {
  const auto event = as_object(record);
  if (!event) return sink.reject(RejectReason::not_an_object);
  const std::string_view type = as_string(find_all<"$type">(*event)[0]);
  if (type.empty()) return decode_first_version(*event, sink);
  if (is(type, "error")) return sink.reject(RejectReason::stream_error);
  if (type != "message") return decode_second_version(*event, type, sink);
  const auto payload = object_in(*event, "payload");
  if (!payload) return sink.reject(RejectReason::missing_field);
  decode_second_version(*payload, string_in(*payload, "$type"), sink);
}

bool is_jetstream(const std::optional<Json>& frame, const std::optional<Json>& did,
                  const std::optional<Json>& kind) {
  const std::string_view type = as_string(frame);
  if (!type.empty()) {
    return is(type, "message") || is(type, "error") || type.starts_with("network.bsky.jetstream.");
  }
  return did && kind;
}

}  // namespace passaparola::ingest
