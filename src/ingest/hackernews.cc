#include "ingest/hackernews.h"

#include <algorithm>

#include "ingest/draft.h"
#include "ingest/html_text.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "hackernews";
constexpr std::string_view kPage = "https://news.ycombinator.com/item?id=";

bool is_item_type(std::string_view type) {
  return type == "story" || type == "comment" || type == "job" || type == "poll" ||
         type == "pollopt";
}

// What both interfaces say of an item, each in its own words.
struct Item {
  std::optional<Json> id;
  std::optional<Json> author;
  std::optional<Json> time;  // Unix seconds
  std::optional<Json> title;
  std::optional<Json> text;
  std::optional<Json> link;  // what a story is about
  std::optional<Json> parent;
  std::optional<Json> thread;
  std::optional<std::int64_t> score;
  std::optional<std::int64_t> answers;
  bool comment = false;
  bool gone = false;  // deleted by its author, or killed by a moderator or by flags
};

void read_words(const Item& item, Draft& draft) {
  draft.check_string(item.title);
  draft.check_string(item.text);
  PostView& post = draft.post;
  post.title =
      draft.keep_start(html_to_text(as_string(item.title), draft.arena()).text, kMaxTitleBytes);
  const HtmlText converted = html_to_text(as_string(item.text), draft.arena());
  if (converted.text.size() > kMaxTextBytes) return draft.fail(RejectReason::text_too_long);
  post.text = converted.text;
  LinkList links;
  links.add(as_string(item.link));
  for (const std::string_view link : converted.links) links.add(link);
  post.links = links.keep(draft.arena());
}

void read_place(const Item& item, Draft& draft) {
  PostView& post = draft.post;
  post.url = draft.join({kPage, post.id}, kMaxUrlBytes);
  post.thread = draft.keep_number_as_id(item.thread);
  if (!item.comment) return;
  post.kind = PostKind::reply;
  post.reply_to_id = draft.keep_number_as_id(item.parent);
}

void decode(const Item& item, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kSource;
  draft.require_number_as_id(post.id, item.id);
  draft.check_string(item.author);
  post.author.id = draft.keep_whole(as_string(item.author), kMaxIdBytes);
  post.author.handle = post.author.id;
  if (item.gone) {
    draft.become_removal();
    return draft.finish(Wordless::allowed);
  }
  draft.require_seconds(item.time);
  read_place(item, draft);
  read_words(item, draft);
  post.engagement.likes = item.score;
  post.engagement.replies = item.answers;
  draft.finish(Wordless::rejected);
}

std::optional<std::int64_t> count_of(const std::optional<Json>& value) {
  return value ? as_integer(*value) : std::nullopt;
}

// A story counts all comments below it; of a comment only the direct answers are known.
std::optional<std::int64_t> answers(const std::optional<Json>& descendants,
                                    const std::optional<Json>& kids) {
  if (descendants) return as_integer(*descendants);
  const auto list = as_array(kids);
  if (!list) return std::nullopt;
  return static_cast<std::int64_t>(list->size());
}

// Users and lists of what changed come from the same interface.
bool is_other_object(JsonObject object) {
  return find(object, "karma") || find(object, "profiles");
}

void decode_item(JsonObject object, RecordSink& sink) {
  const auto [id, type, by, time, title, text, url, parent, poll, score, descendants, kids] =
      find_all<"id", "type", "by", "time", "title", "text", "url", "parent", "poll", "score",
               "descendants", "kids">(object);
  if (!type && is_other_object(object)) return sink.ignore();
  const bool gone = true_in(object, "deleted") || true_in(object, "dead");
  const std::string_view type_name = as_string(type);
  if (!gone && !type) return sink.reject(RejectReason::missing_field);
  if (!gone && !is_item_type(type_name)) return sink.reject(RejectReason::bad_value);
  decode({.id = id,
          .author = by,
          .time = time,
          .title = title,
          .text = text,
          .link = url,
          .parent = parent,
          .thread = poll,
          .score = count_of(score),
          .answers = answers(descendants, kids),
          .comment = type_name == "comment",
          .gone = gone},
         sink);
}

bool has_tag(const std::optional<Json>& tags, std::string_view wanted) {
  const auto list = as_array(tags);
  if (!list) return false;
  return std::any_of(list->begin(), list->end(),
                     [wanted](Json tag) { return as_string(tag) == wanted; });
}

void decode_hit(JsonObject hit, RecordSink& sink) {
  const auto [id, author, time, title, comment_text, story_text, url, parent_id, story_id, points,
              num_comments, tags] =
      find_all<"objectID", "author", "created_at_i", "title", "comment_text", "story_text", "url",
               "parent_id", "story_id", "points", "num_comments", "_tags">(hit);
  const bool comment = has_tag(tags, "comment") || (!tags && comment_text);
  decode({.id = id,
          .author = author,
          .time = time,
          .title = title,
          .text = comment ? comment_text : story_text,
          .link = url,
          .parent = parent_id,
          .thread = comment ? story_id : std::nullopt,
          .score = count_of(points),
          .answers = count_of(num_comments),
          .comment = comment},
         sink);
}

bool is_hit(JsonObject object) { return find(object, "objectID") && find(object, "created_at_i"); }

void decode_any(Json value, RecordSink& sink) {
  if (value.is_null()) return sink.ignore();
  const auto object = as_object(value);
  if (!object) return sink.reject(RejectReason::not_an_object);
  return find(*object, "objectID") ? decode_hit(*object, sink) : decode_item(*object, sink);
}

void decode_list(JsonArray values, RecordSink& sink) {
  for (const Json value : values) decode_any(value, sink);
}

}  // namespace

void decode_hackernews(Json record, RecordSink& sink) {
  if (const auto items = as_array(record)) return decode_list(*items, sink);
  const auto object = as_object(record);
  if (!object) return decode_any(record, sink);
  if (const auto hits = array_in(*object, "hits")) return decode_list(*hits, sink);
  // Firebase: {"error":"Permission denied"}; Algolia: {"message":"…","status":400}.
  const bool error = find(*object, "error") || (find(*object, "message") && !find(*object, "id"));
  if (error) return sink.reject(RejectReason::stream_error);
  decode_any(record, sink);
}

bool is_hackernews(JsonObject record) {
  if (const auto hit = first_object_in(record, "hits")) return is_hit(*hit);
  if (is_hit(record)) return true;
  const auto [id, type, time, by, deleted] =
      find_all<"id", "type", "time", "by", "deleted">(record);
  return id && id->is_int64() && time && time->is_int64() && (by || deleted) &&
         is_item_type(as_string(type));
}

}  // namespace passaparola::ingest
