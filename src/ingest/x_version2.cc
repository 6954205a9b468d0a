#include "ingest/x_version2.h"

#include "ingest/feed_time.h"
#include "ingest/x_post.h"

namespace passaparola::ingest {
namespace {

// The object with that `id` in includes.<list>.
std::optional<JsonObject> included(std::optional<JsonObject> includes, std::string_view list,
                                   std::string_view id) {
  const auto items = includes ? array_in(*includes, list) : std::nullopt;
  if (!items || id.empty()) return std::nullopt;
  for (const Json item : *items) {
    const auto object = as_object(item);
    if (object && string_in(*object, "id") == id) return object;
  }
  return std::nullopt;
}

// The whole text: long posts carry it in note_tweet; still escaped.
std::string_view text_of(JsonObject data) {
  if (const auto note = object_in(data, "note_tweet")) {
    if (const auto text = string_in(*note, "text"); !text.empty()) return text;
  }
  return string_in(data, "text");
}

void add_links(JsonObject data, LinkList& links) {
  if (const auto note = object_in(data, "note_tweet")) {
    add_x_links(object_in(*note, "entities"), links);
  }
  add_x_links(object_in(data, "entities"), links);
}

void read_author(JsonObject data, std::optional<JsonObject> includes, Draft& draft) {
  const std::string_view id = string_in(data, "author_id");
  AuthorView& author = draft.post.author;
  author.id = draft.keep_whole(id, kMaxIdBytes);
  const auto user = included(includes, "users", id);
  if (!user) return;
  author.handle = draft.keep_whole(string_in(*user, "username"), kMaxNameBytes);
  author.name = draft.keep_start(string_in(*user, "name"), kMaxNameBytes);
  author.bio = draft.keep_start(
      without_basic_entities(string_in(*user, "description"), draft.arena()), kMaxBioBytes);
  author.created_at = parse_rfc3339(string_in(*user, "created_at"));
  if (const auto metrics = object_in(*user, "public_metrics")) {
    author.followers = integer_in(*metrics, "followers_count");
    author.following = integer_in(*metrics, "following_count");
    author.posts = integer_in(*metrics, "tweet_count");
  }
}

void read_engagement(JsonObject data, Draft& draft) {
  const auto metrics = object_in(data, "public_metrics");
  if (!metrics) return;
  Engagement& engagement = draft.post.engagement;
  engagement.likes = integer_in(*metrics, "like_count");
  engagement.reposts = integer_in(*metrics, "retweet_count");
  engagement.replies = integer_in(*metrics, "reply_count");
  engagement.views = integer_in(*metrics, "impression_count");
}

struct References {
  std::string_view replied_to;
  std::string_view quoted;
  std::string_view retweeted;
};

References references_of(JsonObject data) {
  References references;
  const auto list = array_in(data, "referenced_tweets");
  if (!list) return references;
  for (const Json item : *list) {
    const auto object = as_object(item);
    if (!object) continue;
    const std::string_view type = string_in(*object, "type");
    const std::string_view id = string_in(*object, "id");
    if (type == "replied_to") references.replied_to = id;
    if (type == "quoted") references.quoted = id;
    if (type == "retweeted") references.retweeted = id;
  }
  return references;
}

void read_references(JsonObject data, const References& references,
                     std::optional<JsonObject> includes, Draft& draft) {
  PostView& post = draft.post;
  post.quote_id = draft.keep_whole(references.quoted, kMaxIdBytes);
  if (!post.quote_id.empty()) post.kind = PostKind::quote;
  if (const auto quoted = included(includes, "tweets", references.quoted)) {
    post.quote_text =
        draft.keep_start(without_basic_entities(text_of(*quoted), draft.arena()), kMaxTextBytes);
  }
  post.reply_to_id = draft.keep_whole(references.replied_to, kMaxIdBytes);
  if (!post.reply_to_id.empty()) {
    post.kind = PostKind::reply;
    post.reply_to_author_id = draft.keep_whole(string_in(data, "in_reply_to_user_id"), kMaxIdBytes);
  }
  post.repost_of = draft.keep_whole(references.retweeted, kMaxIdBytes);
  if (!post.repost_of.empty()) post.kind = PostKind::repost;
}

// An edit is a post of its own, which names all versions, oldest first: here they are one post.
void read_versions(JsonObject data, Draft& draft) {
  const auto versions = array_in(data, "edit_history_tweet_ids");
  std::string_view first;
  if (!versions || versions->at(0).get(first) != simdjson::SUCCESS || first == draft.post.id) {
    return;
  }
  const std::string_view kept = draft.keep_whole(first, kMaxIdBytes);
  if (kept.empty()) return;
  draft.post.id = kept;
  draft.post.op = PostOp::update;
}

}  // namespace

void decode_x_post(JsonObject data, std::optional<JsonObject> includes, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kXSource;
  draft.require(post.id, find(data, "id"), kMaxIdBytes);
  read_author(data, includes, draft);
  const References references = references_of(data);
  read_references(data, references, includes, draft);
  // The text of a retweet is cut short; the included post has all of it.
  const JsonObject origin = included(includes, "tweets", references.retweeted).value_or(data);
  draft.check_string(origin, "text");
  draft.set_text(without_basic_entities(text_of(origin), draft.arena()));
  const std::string_view lang = string_in(origin, "lang");
  if (lang != "und") post.lang = draft.keep_whole(lang, kMaxLanguageBytes);
  LinkList links;
  add_links(origin, links);
  post.links = links.keep(draft.arena());
  const std::string_view thread = string_in(data, "conversation_id");
  if (thread != post.id) post.thread = draft.keep_whole(thread, kMaxIdBytes);
  read_engagement(data, draft);
  read_x_time(draft, string_in(data, "created_at"), post.id);
  post.url = x_url(draft, post.author.handle, post.id);
  read_versions(data, draft);
  draft.finish(find(origin, "text") ? Wordless::allowed : Wordless::rejected);
}

}  // namespace passaparola::ingest
