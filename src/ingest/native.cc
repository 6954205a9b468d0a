#include "ingest/native.h"

#include <algorithm>

#include "ingest/draft.h"

namespace passaparola::ingest {
namespace {

// Calls read(key, value) for the fields of `value`, which must be an object or null.
template <typename Read>
void each_field(Draft& draft, Json value, Read read) {
  JsonObject object;
  if (value.get(object) != simdjson::SUCCESS) {
    if (!value.is_null()) draft.fail(RejectReason::wrong_type);
    return;
  }
  for (const auto field : object) read(field.key, field.value);
}

void read_author(Draft& draft, Json value) {
  AuthorView& author = draft.post.author;
  each_field(draft, value, [&](std::string_view key, Json part) {
    if (is(key, "id")) {
      draft.read_string(author.id, part, kMaxIdBytes);
    } else if (is(key, "handle")) {
      draft.read_string(author.handle, part, kMaxNameBytes);
    } else if (is(key, "name")) {
      draft.read_string(author.name, part, kMaxNameBytes);
    } else if (is(key, "bio")) {
      draft.read_string(author.bio, part, kMaxBioBytes);
    } else if (is(key, "followers")) {
      draft.read_count(author.followers, part);
    } else if (is(key, "following")) {
      draft.read_count(author.following, part);
    } else if (is(key, "posts")) {
      draft.read_count(author.posts, part);
    } else if (is(key, "created_at")) {
      draft.read_time(author.created_at, part);
    }
  });
}

void read_reply_to(Draft& draft, Json value) {
  each_field(draft, value, [&](std::string_view key, Json part) {
    if (is(key, "id")) draft.read_string(draft.post.reply_to_id, part, kMaxIdBytes);
    if (is(key, "author_id")) draft.read_string(draft.post.reply_to_author_id, part, kMaxIdBytes);
  });
}

void read_quote(Draft& draft, Json value) {
  each_field(draft, value, [&](std::string_view key, Json part) {
    if (is(key, "id")) draft.read_string(draft.post.quote_id, part, kMaxIdBytes);
    if (is(key, "text")) {
      draft.read_string(draft.post.quote_text, part, kMaxTextBytes, RejectReason::text_too_long);
    }
  });
}

void read_rating(Draft& draft, Json value) {
  if (value.is_null()) return;
  std::optional<double> stars;
  std::optional<double> of;
  each_field(draft, value, [&](std::string_view key, Json part) {
    if (!is(key, "value") && !is(key, "max")) return;
    double number = 0;
    if (part.get(number) == simdjson::SUCCESS) {
      (is(key, "max") ? of : stars) = number;
    } else if (!part.is_null()) {
      draft.fail(RejectReason::wrong_type);
    }
  });
  if (!stars || !of) return draft.fail(RejectReason::missing_field);
  if (*of <= 0 || *stars < 0 || *stars > *of) return draft.fail(RejectReason::bad_value);
  draft.post.rating = Rating{*stars, *of};
}

void read_nps(Draft& draft, Json value) {
  std::optional<std::int64_t> score;
  draft.read_count(score, value);
  if (!score) return;
  if (*score < 0 || *score > 10) return draft.fail(RejectReason::bad_value);
  draft.post.nps = static_cast<int>(*score);
}

void read_links(Draft& draft, Json value) {
  JsonArray array;
  if (value.get(array) != simdjson::SUCCESS) {
    if (!value.is_null()) draft.fail(RejectReason::wrong_type);
    return;
  }
  std::array<std::string_view, kMaxLinks> links;
  std::size_t count = 0;
  for (const Json link : array) {
    if (count == links.size()) break;
    if (!link.is_string()) return draft.fail(RejectReason::wrong_type);
    draft.read_string(links[count], link, kMaxUrlBytes);
    ++count;
  }
  draft.post.links = draft.arena().copy(std::span<const std::string_view>(links.data(), count));
}

void read_engagement(Draft& draft, Json value) {
  Engagement& engagement = draft.post.engagement;
  each_field(draft, value, [&](std::string_view key, Json part) {
    if (is(key, "likes")) draft.read_count(engagement.likes, part);
    if (is(key, "reposts")) draft.read_count(engagement.reposts, part);
    if (is(key, "replies")) draft.read_count(engagement.replies, part);
    if (is(key, "views")) draft.read_count(engagement.views, part);
  });
}

// A word of a closed list.
template <typename T, typename Parse>
void read_name(Draft& draft, T& to, Json value, Parse parse) {
  std::string_view name;
  if (value.get(name) != simdjson::SUCCESS) {
    if (!value.is_null()) draft.fail(RejectReason::wrong_type);
    return;
  }
  const auto known = parse(name);
  if (!known) return draft.fail(RejectReason::bad_value);
  to = *known;
}

// What is needed beside the post itself to judge it at the end.
struct Seen {
  bool text = false;
  std::optional<Timestamp> created_at;
};

// One field; the length of the key halves the work of finding it.
void read_field(Draft& draft, Seen& seen, std::string_view key, Json value) {
  PostView& post = draft.post;
  switch (key.size()) {
    case 2:
      if (is(key, "id")) draft.read_string(post.id, value, kMaxIdBytes);
      if (is(key, "op")) read_name(draft, post.op, value, parse_post_op);
      break;
    case 3:
      if (is(key, "url")) draft.read_string(post.url, value, kMaxUrlBytes);
      if (is(key, "nps")) read_nps(draft, value);
      break;
    case 4:
      if (is(key, "kind")) read_name(draft, post.kind, value, parse_post_kind);
      if (is(key, "lang")) draft.read_string(post.lang, value, kMaxLanguageBytes);
      if (is(key, "text")) {
        seen.text = !value.is_null();
        draft.read_string(post.text, value, kMaxTextBytes, RejectReason::text_too_long);
      }
      break;
    case 5:
      if (is(key, "title")) draft.read_string(post.title, value, kMaxTitleBytes);
      if (is(key, "quote")) read_quote(draft, value);
      if (is(key, "links")) read_links(draft, value);
      break;
    case 6:
      if (is(key, "source")) draft.read_string(post.source, value, kMaxSourceBytes);
      if (is(key, "author")) read_author(draft, value);
      if (is(key, "thread")) draft.read_string(post.thread, value, kMaxIdBytes);
      if (is(key, "rating")) read_rating(draft, value);
      break;
    case 8:
      if (is(key, "reply_to")) read_reply_to(draft, value);
      break;
    case 9:
      if (is(key, "repost_of")) draft.read_string(post.repost_of, value, kMaxIdBytes);
      if (is(key, "sponsored")) draft.read_flag(post.sponsored, value);
      break;
    case 10:
      if (is(key, "created_at")) draft.read_time(seen.created_at, value);
      if (is(key, "engagement")) read_engagement(draft, value);
      break;
    default:
      break;
  }
}

void check_required(Draft& draft, bool has_text, bool has_time) {
  const PostView& post = draft.post;
  bool complete = !post.source.empty();
  switch (post.op) {
    case PostOp::create:
    case PostOp::update:
      complete = complete && !post.id.empty() && !post.author.id.empty() && has_text && has_time;
      break;
    case PostOp::remove:
      complete = complete && !post.id.empty();
      break;
    case PostOp::delete_author:
    case PostOp::hide_author:
    case PostOp::show_author:
      complete = complete && !post.author.id.empty();
      break;
  }
  if (!complete) draft.fail(RejectReason::missing_field);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
  if (std::any_of(post.source.begin(), post.source.end(), is_control)) {
    draft.fail(RejectReason::bad_value);
  }
}

// Stars and scores speak without words, and so do the posts of platforms of pictures.
Wordless wordless(const PostView& post) {
  const bool pictures = post.source == "bluesky" || post.source == "mastodon" || post.source == "x";
  return pictures || post.rating || post.nps ? Wordless::allowed : Wordless::rejected;
}

}  // namespace

void decode_native(Json record, RecordSink& sink) {
  JsonObject object;
  if (record.get(object) != simdjson::SUCCESS) return sink.reject(RejectReason::not_an_object);
  Draft draft(sink);
  Seen seen;
  for (const auto field : object) read_field(draft, seen, field.key, field.value);
  finish_native(draft, seen.text, seen.created_at);
}

void finish_native(Draft& draft, bool has_text, std::optional<Timestamp> created_at) {
  check_required(draft, has_text, created_at.has_value());
  if (created_at) draft.post.created_at = *created_at;
  draft.finish(wordless(draft.post));
}

bool is_native(const std::optional<Json>& source, const std::optional<Json>& author,
               const std::optional<Json>& op) {
  return source && source->is_string() && (author || op);
}

}  // namespace passaparola::ingest
