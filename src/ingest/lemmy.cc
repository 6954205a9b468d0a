#include "ingest/lemmy.h"

#include <algorithm>

#include "ingest/draft.h"
#include "ingest/each_object.h"
#include "ingest/feed_time.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "lemmy";

// "feddit.example" of "https://feddit.example/u/anna".
std::string_view host_of(std::string_view address) {
  constexpr std::string_view kScheme = "://";
  const std::size_t at = address.find(kScheme);
  if (at == std::string_view::npos) return {};
  address.remove_prefix(at + kScheme.size());
  return address.substr(0, address.find('/'));
}

// Names are unique on their server only.
std::string_view handle_of(std::string_view name, std::string_view address, Draft& draft) {
  const std::string_view host = host_of(address);
  if (name.empty() || host.empty() || name.size() + host.size() >= kMaxNameBytes) return {};
  return draft.join({name, "@", host}, kMaxNameBytes);
}

void read_creator(JsonObject view, Draft& draft) {
  const auto creator = object_in(view, "creator");
  if (!creator) return;
  const auto [address, name, display_name, bio, published] =
      find_all<"actor_id", "name", "display_name", "bio", "published">(*creator);
  AuthorView& author = draft.post.author;
  author.id = draft.keep_whole(as_string(address), kMaxIdBytes);
  author.handle = handle_of(as_string(name), as_string(address), draft);
  author.name = draft.keep_start(as_string(display_name), kMaxNameBytes);
  author.bio = draft.keep_start(as_string(bio), kMaxBioBytes);
  author.created_at = parse_time_or_utc(as_string(published));
}

// What posts and comments have alike. `thing` is the post or comment inside of `view`.
void read_common(JsonObject view, JsonObject thing, Draft& draft) {
  PostView& post = draft.post;
  post.source = kSource;
  const auto [id, published, updated] = find_all<"ap_id", "published", "updated">(thing);
  // The address that all servers know it by.
  draft.require(post.id, id, kMaxIdBytes);
  if (post.id.starts_with("https://") || post.id.starts_with("http://")) post.url = post.id;
  read_creator(view, draft);
  draft.require_time(published);
  if (updated) post.op = PostOp::update;
  // By its author, or by a moderator.
  const bool gone = true_in(thing, "deleted") || true_in(thing, "removed");
  if (gone) post.op = PostOp::remove;
}

void finish(Draft& draft) {
  if (draft.post.op == PostOp::remove) draft.become_removal();
  draft.finish(Wordless::rejected);
}

std::optional<std::int64_t> count_in(JsonObject view, std::string_view key) {
  const auto counts = object_in(view, "counts");
  return counts ? integer_in(*counts, key) : std::nullopt;
}

void decode_post(JsonObject view, JsonObject thing, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  read_common(view, thing, draft);
  draft.check_string(thing, "name");
  draft.check_string(thing, "body");
  post.title = draft.keep_start(string_in(thing, "name"), kMaxTitleBytes);
  draft.set_text(string_in(thing, "body"));
  LinkList links;
  links.add(string_in(thing, "url"));
  post.links = links.keep(draft.arena());
  post.engagement.likes = count_in(view, "score");
  post.engagement.replies = count_in(view, "comments");
  finish(draft);
}

// The path of a comment is "0.5.9": 0 for the post, then the ids of comments from it to this one.
// They are ids of the server that was asked; only the post has an id that all know.
bool is_answer_to_post(std::string_view path) {
  return std::count(path.begin(), path.end(), '.') == 1;
}

void decode_comment(JsonObject view, JsonObject thing, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  read_common(view, thing, draft);
  post.kind = PostKind::reply;
  draft.check_string(thing, "content");
  draft.set_text(string_in(thing, "content"));
  if (const auto below = object_in(view, "post")) {
    post.thread = draft.keep_whole(string_in(*below, "ap_id"), kMaxIdBytes);
  }
  if (is_answer_to_post(string_in(thing, "path"))) post.reply_to_id = post.thread;
  post.engagement.likes = count_in(view, "score");
  post.engagement.replies = count_in(view, "child_count");
  finish(draft);
}

void decode_view(JsonObject view, RecordSink& sink) {
  if (const auto comment = object_in(view, "comment")) return decode_comment(view, *comment, sink);
  if (const auto post = object_in(view, "post")) return decode_post(view, *post, sink);
  sink.reject(RejectReason::missing_field);
}

bool is_view(JsonObject object) {
  const auto thing = object_in(object, "comment");
  const auto named = thing ? thing : object_in(object, "post");
  return named && find(*named, "ap_id") && object_in(object, "creator");
}

}  // namespace

void decode_lemmy(Json record, RecordSink& sink) {
  const auto answer = as_object(record);
  const std::string_view list = answer && find(*answer, "comments") ? "comments" : "posts";
  decode_page(record, list, sink, [&sink](JsonObject view) { decode_view(view, sink); });
}

bool is_lemmy(JsonObject record) {
  const auto post = first_object_in(record, "posts");
  return is_view(post ? *post : first_object_in(record, "comments").value_or(record));
}

}  // namespace passaparola::ingest
