// Post: anything someone published, as every decoder delivers it (PRODUCT "The native post").
// A PostView owns nothing: its strings and spans live in the arena or buffer of the batch that
// decoded it. All text is valid UTF-8 and inside core/limits.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/time.h"

namespace passaparola {

enum class PostOp : std::uint8_t {
  create,
  update,
  remove,
  delete_author,
  hide_author,
  show_author
};

enum class PostKind : std::uint8_t { post, reply, repost, quote, review, survey, answer };

struct AuthorView {
  std::string_view id;  // empty: the source does not say who wrote it; such posts have no history
  std::string_view handle;
  std::string_view name;
  std::string_view bio;
  std::optional<std::int64_t> followers;
  std::optional<std::int64_t> following;
  std::optional<std::int64_t> posts;
  std::optional<Timestamp> created_at;
};

struct Rating {
  double value = 0;
  double max = 0;
};

struct Engagement {
  std::optional<std::int64_t> likes;
  std::optional<std::int64_t> reposts;
  std::optional<std::int64_t> replies;
  std::optional<std::int64_t> views;
};

struct PostView {
  PostOp op = PostOp::create;
  PostKind kind = PostKind::post;
  std::string_view source;  // the network or connector: "bluesky", "x", "reddit", …
  std::string_view id;      // unique within the source; empty for the author operations
  AuthorView author;
  std::string_view text;
  std::string_view title;
  std::string_view lang;  // as the source says it ("it", "en-US"); empty when it does not
  Timestamp created_at;   // for deletes: when the delete was published, if known
  std::string_view url;
  std::string_view reply_to_id;
  std::string_view reply_to_author_id;
  std::string_view thread;  // id of the thread's first post
  std::string_view repost_of;
  std::string_view quote_id;
  std::string_view quote_text;
  std::optional<Rating> rating;
  std::optional<int> nps;  // 0..10
  std::span<const std::string_view> links;
  bool sponsored = false;  // the platform's own "paid" flag
  Engagement engagement;
};

std::string_view name_of(PostOp op);      // "create", "update", "delete", "delete_author", …
std::string_view name_of(PostKind kind);  // "post", "reply", …
std::optional<PostOp> parse_post_op(std::string_view name);
std::optional<PostKind> parse_post_kind(std::string_view name);

}  // namespace passaparola
