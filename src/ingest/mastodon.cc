#include "ingest/mastodon.h"

#include <algorithm>

#include "core/fold.h"
#include "ingest/draft.h"
#include "ingest/html_text.h"
#include "ingest/server_sent_events.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "mastodon";

bool is_public(JsonObject status) {
  const std::string_view visibility = string_in(status, "visibility");
  return visibility != "private" && visibility != "direct";
}

void read_account(JsonObject status, Draft& draft) {
  const auto account = object_in(status, "account");
  if (!account) {
    const bool absent = !find(status, "account");
    return draft.fail(absent ? RejectReason::missing_field : RejectReason::wrong_type);
  }
  AuthorView& author = draft.post.author;
  draft.require(author.id, find(*account, "id"), kMaxIdBytes);
  author.handle = draft.keep_whole(string_in(*account, "acct"), kMaxNameBytes);
  author.name = draft.keep_start(string_in(*account, "display_name"), kMaxNameBytes);
  author.bio =
      draft.keep_start(html_to_text(string_in(*account, "note"), draft.arena()).text, kMaxBioBytes);
  author.followers = integer_in(*account, "followers_count");
  author.following = integer_in(*account, "following_count");
  author.posts = integer_in(*account, "statuses_count");
  author.created_at = parse_rfc3339(string_in(*account, "created_at"));
}

// A quote names the quoted status, or holds all of it when it may be shown.
void read_quote(JsonObject status, Draft& draft) {
  const auto quote = object_in(status, "quote");
  if (!quote) return;
  const auto quoted = object_in(*quote, "quoted_status");
  const std::string_view id =
      quoted ? string_in(*quoted, "id") : string_in(*quote, "quoted_status_id");
  draft.post.quote_id = draft.keep_whole(id, kMaxIdBytes);
  if (draft.post.quote_id.empty()) return;
  draft.post.kind = PostKind::quote;
  if (quoted) {
    draft.post.quote_text = draft.keep_start(
        html_to_text(string_in(*quoted, "content"), draft.arena()).text, kMaxTextBytes);
  }
}

// What was said: by the author, or by the author of the status that was boosted.
void read_content(JsonObject status, Draft& draft) {
  PostView& post = draft.post;
  const auto content = find(status, "content");
  if (!content) return draft.fail(RejectReason::missing_field);
  std::string_view html;
  if (content->get(html) != simdjson::SUCCESS) return draft.fail(RejectReason::wrong_type);
  const HtmlText converted = html_to_text(html, draft.arena());
  if (converted.text.size() > kMaxTextBytes) return draft.fail(RejectReason::text_too_long);
  post.text = converted.text;
  post.links = converted.links;
  post.title = draft.keep_start(string_in(status, "spoiler_text"), kMaxTitleBytes);
  post.lang = draft.keep_whole(string_in(status, "language"), kMaxLanguageBytes);
  post.url = draft.keep_whole(string_in(status, "url"), kMaxUrlBytes);
  post.engagement.likes = integer_in(status, "favourites_count");
  post.engagement.reposts = integer_in(status, "reblogs_count");
  post.engagement.replies = integer_in(status, "replies_count");
}

void read_reply(JsonObject status, Draft& draft) {
  PostView& post = draft.post;
  post.reply_to_id = draft.keep_whole(string_in(status, "in_reply_to_id"), kMaxIdBytes);
  if (post.reply_to_id.empty()) return;
  post.kind = PostKind::reply;
  post.reply_to_author_id =
      draft.keep_whole(string_in(status, "in_reply_to_account_id"), kMaxIdBytes);
}

void decode_status(JsonObject status, bool update, RecordSink& sink) {
  const auto boosted = object_in(status, "reblog");
  if (!is_public(status) || (boosted && !is_public(*boosted))) return sink.ignore();
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kSource;
  post.op = update || find(status, "edited_at") ? PostOp::update : PostOp::create;
  draft.require(post.id, find(status, "id"), kMaxIdBytes);
  read_account(status, draft);
  const JsonObject origin = boosted ? *boosted : status;
  read_content(origin, draft);
  read_quote(origin, draft);
  if (boosted) {
    post.kind = PostKind::repost;
    draft.require(post.repost_of, find(*boosted, "id"), kMaxIdBytes);
  } else {
    read_reply(status, draft);
  }
  const auto created_at = find(status, "created_at");
  std::optional<Timestamp> time;
  if (created_at) {
    draft.read_time(time, *created_at);
  } else {
    draft.fail(RejectReason::missing_field);
  }
  post.created_at = time.value_or(Timestamp{});
  draft.finish(Wordless::allowed);
}

void decode_deletion(std::string_view id, RecordSink& sink) {
  Draft draft(sink);
  draft.post.source = kSource;
  draft.post.op = PostOp::remove;
  const auto is_visible = [](char c) { return static_cast<unsigned char>(c) > ' '; };
  while (!id.empty() && !is_visible(id.back())) id.remove_suffix(1);
  while (!id.empty() && !is_visible(id.front())) id.remove_prefix(1);
  draft.require(draft.post.id, id, kMaxIdBytes);
  if (!is_valid_utf8(id)) draft.fail(RejectReason::invalid_utf8);
  draft.finish(Wordless::allowed);
}

bool is_status(JsonObject record) { return find(record, "content") && find(record, "account"); }

// `payload` is followed by readable bytes, as input is.
void decode_event(std::string_view name, std::string_view payload, RecordSink& sink,
                  JsonParser& parser) {
  if (payload.size() > kMaxRecordBytes) return sink.reject(RejectReason::record_too_long);
  if (name == "delete") return decode_deletion(payload, sink);
  const bool update = name == "status.update";
  if (!update && name != "update" && name != "message") return sink.ignore();
  Json record;
  if (const auto reason = parser.parse(payload, record)) return sink.reject(*reason);
  const auto object = as_object(record);
  if (!object) return sink.reject(RejectReason::not_an_object);
  if (find(*object, "error")) return sink.reject(RejectReason::stream_error);
  if (name == "message" && !is_status(*object)) return sink.ignore();
  decode_status(*object, update, sink);
}

void decode_frame(JsonObject frame, RecordSink& sink, JsonParser& nested) {
  const std::string_view name = string_in(frame, "event");
  const std::string_view payload = string_in(frame, "payload");
  char* const copy = sink.arena().allocate(payload.size() + kInputPaddingBytes);
  std::fill_n(std::copy(payload.begin(), payload.end(), copy), kInputPaddingBytes, '\0');
  decode_event(name, {copy, payload.size()}, sink, nested);
}

}  // namespace

void decode_mastodon(Json record, RecordSink& sink, JsonParser& nested) {
  if (const auto statuses = as_array(record)) {
    for (const Json item : *statuses) {
      const auto status = as_object(item);
      if (status) {
        decode_status(*status, false, sink);
      } else {
        sink.reject(RejectReason::not_an_object);
      }
    }
    return;
  }
  const auto object = as_object(record);
  if (!object) return sink.reject(RejectReason::not_an_object);
  if (find(*object, "event") && !is_status(*object)) return decode_frame(*object, sink, nested);
  if (find(*object, "error")) return sink.reject(RejectReason::stream_error);
  decode_status(*object, false, sink);
}

void decode_mastodon_events(std::string_view chunk, RecordSink& sink, JsonParser& parser,
                            std::string& joined) {
  ServerSentEvents events(chunk, joined);
  ServerSentEvent event;
  while (events.next(event)) {
    sink.at_line(event.line);
    decode_event(event.name, event.data, sink, parser);
  }
  for (std::uint64_t i = 0; i < events.comments(); ++i) sink.ignore();
  if (!events.cut_short()) return;
  sink.at_line(events.line());
  sink.reject(RejectReason::stream_error);
}

bool is_mastodon(JsonObject record) {
  return is_status(record) || (string_in(record, "event") != "" && find(record, "stream"));
}

}  // namespace passaparola::ingest
