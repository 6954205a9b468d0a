#include "ingest/youtube.h"

#include "ingest/draft.h"
#include "ingest/each_object.h"
#include "ingest/html_text.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "youtube";
constexpr std::string_view kVideo = "https://www.youtube.com/watch?v=";

// What a comment may owe to the thread that it was found in.
struct Thread {
  std::string_view video;
  std::optional<std::int64_t> replies;
};

// The owner of a channel also sees comments that nobody else does.
bool is_public(JsonObject snippet) {
  const std::string_view status = string_in(snippet, "moderationStatus");
  return status.empty() || status == "published";
}

void read_author(const std::optional<Json>& channel, const std::optional<Json>& display_name,
                 Draft& draft) {
  AuthorView& author = draft.post.author;
  // Absent when the account is gone.
  if (const auto id = as_object(channel)) {
    author.id = draft.keep_whole(string_in(*id, "value"), kMaxIdBytes);
  }
  const std::string_view name = as_string(display_name);
  author.name = draft.keep_start(name, kMaxNameBytes);
  // Since YouTube has handles it shows them in place of names.
  if (name.starts_with('@')) author.handle = draft.keep_whole(name.substr(1), kMaxNameBytes);
}

// What was displayed is HTML, or plain text if that was asked for; only then has it line ends.
void read_displayed(std::string_view displayed, Draft& draft) {
  if (displayed.find('\n') != std::string_view::npos) return draft.set_text(displayed);
  const HtmlText converted = html_to_text(displayed, draft.arena());
  if (converted.text.size() > kMaxTextBytes) return draft.fail(RejectReason::text_too_long);
  draft.post.text = converted.text;
  draft.post.links = converted.links;
}

void read_text(const std::optional<Json>& original, const std::optional<Json>& displayed,
               Draft& draft) {
  draft.check_string(original);
  draft.check_string(displayed);
  const std::string_view text = as_string(original);
  return text.empty() ? read_displayed(as_string(displayed), draft) : draft.set_text(text);
}

void read_place(std::string_view video, std::string_view parent, Draft& draft) {
  PostView& post = draft.post;
  post.kind = PostKind::reply;
  post.thread = draft.keep_whole(video, kMaxIdBytes);
  post.reply_to_id = parent.empty() ? post.thread : draft.keep_whole(parent, kMaxIdBytes);
  if (post.thread.empty() || draft.failed()) return;
  post.url = draft.join({kVideo, post.thread, "&lc=", post.id}, kMaxUrlBytes);
}

void read_times(const std::optional<Json>& published, const std::optional<Json>& updated,
                Draft& draft) {
  draft.require_time(published);
  const auto edited = parse_rfc3339(as_string(updated));
  if (edited && *edited > draft.post.created_at) draft.post.op = PostOp::update;
}

void decode_comment(JsonObject comment, const Thread& thread, RecordSink& sink) {
  const auto snippet = object_in(comment, "snippet");
  if (!snippet) return sink.reject(RejectReason::missing_field);
  if (!is_public(*snippet)) return sink.ignore();
  const auto [channel, name, original, displayed, video, parent, likes, published, updated] =
      find_all<"authorChannelId", "authorDisplayName", "textOriginal", "textDisplay", "videoId",
               "parentId", "likeCount", "publishedAt", "updatedAt">(*snippet);
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kSource;
  draft.require(post.id, find(comment, "id"), kMaxIdBytes);
  read_author(channel, name, draft);
  read_text(original, displayed, draft);
  read_times(published, updated, draft);
  read_place(video ? as_string(video) : thread.video, as_string(parent), draft);
  if (likes) post.engagement.likes = as_integer(*likes);
  post.engagement.replies = thread.replies;
  draft.finish(Wordless::rejected);
}

void decode_thread(JsonObject item, JsonObject snippet, JsonObject top, RecordSink& sink) {
  const std::string_view video = string_in(snippet, "videoId");
  decode_comment(top, {video, integer_in(snippet, "totalReplyCount")}, sink);
  const auto replies = object_in(item, "replies");
  const auto comments = replies ? array_in(*replies, "comments") : std::nullopt;
  if (!comments) return;
  for_each_object(*comments, sink, [&](JsonObject reply) {
    decode_comment(reply, {video, {}}, sink);
  });
}

void decode_item(JsonObject item, RecordSink& sink) {
  const auto snippet = object_in(item, "snippet");
  const auto top = snippet ? object_in(*snippet, "topLevelComment") : std::nullopt;
  return top ? decode_thread(item, *snippet, *top, sink) : decode_comment(item, {}, sink);
}

}  // namespace

void decode_youtube(Json record, RecordSink& sink) {
  decode_page(record, "items", sink, [&sink](JsonObject item) { decode_item(item, sink); });
}

bool is_youtube(JsonObject record) {
  return string_in(record, "kind").starts_with("youtube#comment");
}

}  // namespace passaparola::ingest
