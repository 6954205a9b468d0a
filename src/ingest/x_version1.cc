#include "ingest/x_version1.h"

#include <charconv>

#include "ingest/feed_time.h"
#include "ingest/x_post.h"

namespace passaparola::ingest {
namespace {

// The whole text of a status, however it was asked for; still escaped.
std::string_view text_of(JsonObject status) {
  if (const auto extended = object_in(status, "extended_tweet")) {
    if (const auto text = string_in(*extended, "full_text"); !text.empty()) return text;
  }
  const std::string_view full = string_in(status, "full_text");
  return full.empty() ? string_in(status, "text") : full;
}

void add_links(JsonObject status, LinkList& links) {
  if (const auto extended = object_in(status, "extended_tweet")) {
    add_x_links(object_in(*extended, "entities"), links);
  }
  add_x_links(object_in(status, "entities"), links);
}

void read_user(JsonObject status, Draft& draft) {
  const auto user = object_in(status, "user");
  if (!user) return;  // the archive of one account does not name its owner
  AuthorView& author = draft.post.author;
  draft.require(author.id, x_id(*user, "id_str", "id", draft.arena()), kMaxIdBytes);
  author.handle = draft.keep_whole(string_in(*user, "screen_name"), kMaxNameBytes);
  author.name = draft.keep_start(string_in(*user, "name"), kMaxNameBytes);
  author.bio = draft.keep_start(
      without_basic_entities(string_in(*user, "description"), draft.arena()), kMaxBioBytes);
  author.followers = integer_in(*user, "followers_count");
  author.following = integer_in(*user, "friends_count");
  author.posts = integer_in(*user, "statuses_count");
  author.created_at = parse_x_time(string_in(*user, "created_at"));
}

void read_context(JsonObject status, Draft& draft, LinkList& links) {
  PostView& post = draft.post;
  Arena& arena = draft.arena();
  post.quote_id = draft.keep_whole(x_id(status, "quoted_status_id_str", "quoted_status_id", arena),
                                   kMaxIdBytes);
  if (!post.quote_id.empty()) post.kind = PostKind::quote;
  if (const auto quoted = object_in(status, "quoted_status")) {
    post.quote_text =
        draft.keep_start(without_basic_entities(text_of(*quoted), arena), kMaxTextBytes);
  }
  post.reply_to_id = draft.keep_whole(
      x_id(status, "in_reply_to_status_id_str", "in_reply_to_status_id", arena), kMaxIdBytes);
  post.reply_to_author_id = draft.keep_whole(
      x_id(status, "in_reply_to_user_id_str", "in_reply_to_user_id", arena), kMaxIdBytes);
  if (!post.reply_to_id.empty()) post.kind = PostKind::reply;
  add_links(status, links);
}

}  // namespace

void decode_x_status(JsonObject status, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kXSource;
  draft.require(post.id, x_id(status, "id_str", "id", draft.arena()), kMaxIdBytes);
  read_user(status, draft);
  const auto reposted = object_in(status, "retweeted_status");
  // The text of a retweet is cut short; the retweeted status has all of it.
  const JsonObject origin = reposted ? *reposted : status;
  const std::string_view lang = string_in(origin, "lang");
  if (lang != "und") post.lang = draft.keep_whole(lang, kMaxLanguageBytes);
  draft.check_string(origin, "text");
  draft.check_string(origin, "full_text");
  draft.set_text(without_basic_entities(text_of(origin), draft.arena()));
  LinkList links;
  read_context(origin, draft, links);
  if (reposted) {
    post.kind = PostKind::repost;
    post.reply_to_id = {};
    post.reply_to_author_id = {};
    draft.require(post.repost_of, x_id(*reposted, "id_str", "id", draft.arena()), kMaxIdBytes);
  }
  post.links = links.keep(draft.arena());
  post.engagement.likes = integer_in(status, "favorite_count");
  post.engagement.reposts = integer_in(status, "retweet_count");
  post.engagement.replies = integer_in(status, "reply_count");
  read_x_time(draft, string_in(status, "created_at"), post.id);
  post.url = x_url(draft, post.author.handle, post.id);
  draft.finish(find(origin, "text") || find(origin, "full_text") ? Wordless::allowed
                                                                 : Wordless::rejected);
}

void decode_x_deletion(JsonObject notice, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  post.op = PostOp::remove;
  post.source = kXSource;
  if (const auto status = object_in(notice, "status")) {
    draft.require(post.id, x_id(*status, "id_str", "id", draft.arena()), kMaxIdBytes);
    post.author.id =
        draft.keep_whole(x_id(*status, "user_id_str", "user_id", draft.arena()), kMaxIdBytes);
  } else {
    draft.fail(RejectReason::missing_field);
  }
  const std::string_view time = string_in(notice, "timestamp_ms");
  std::from_chars(time.data(), time.data() + time.size(), post.created_at.milliseconds);
  draft.finish(Wordless::allowed);
}

}  // namespace passaparola::ingest
