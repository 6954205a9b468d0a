// Draft: a post in the making. It copies what it is given into the batch's arena, holds every
// limit, remembers the first thing that was wrong, and keeps or rejects the post at the end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "core/limits.h"
#include "core/post.h"
#include "ingest/json_value.h"
#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Whether a post without a word may be kept: platforms of pictures have such posts.
enum class Wordless : bool { rejected, allowed };

class Draft {
 public:
  explicit Draft(RecordSink& sink) : post(sink.begin_post()), sink_(sink) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  PostView& post;

  Arena& arena() { return sink_.arena(); }
  void fail(RejectReason reason) {
    if (!wrong_) wrong_ = reason;
  }
  bool failed() const { return wrong_.has_value(); }

  // --- strict, for our own format: null is absent, another type is wrong ---
  void read_string(std::string_view& to, Json value, std::size_t limit,
                   RejectReason too_long = RejectReason::field_too_long);
  void read_count(std::optional<std::int64_t>& to, Json value);
  void read_time(std::optional<Timestamp>& to, Json value);
  void read_flag(bool& to, Json value);

  // --- for other formats ---
  // A field that the post cannot be without: absent or empty is missing_field.
  void check_required(const std::optional<Json>& value, std::size_t limit);
  void check_required(std::string_view value, std::size_t limit);
  // The same, and kept.
  void require(std::string_view& to, const std::optional<Json>& value, std::size_t limit);
  void require(std::string_view& to, std::string_view value, std::size_t limit);
  // A field that is there must be a string.
  void check_string(JsonObject object, std::string_view key);
  void check_string(const std::optional<Json>& value);
  // When the post was made: Unix seconds, as a number or as digits.
  void require_seconds(const std::optional<Json>& value);
  // The same as RFC 3339, or without a zone in UTC.
  void require_time(const std::optional<Json>& value);
  // A rating out of five stars.
  void require_stars(const std::optional<Json>& value);
  // An id that the source writes as a number, or as its digits.
  void require_number_as_id(std::string_view& to, const std::optional<Json>& value);
  // Nothing when it is no such id.
  std::string_view keep_number_as_id(const std::optional<Json>& value);
  // Text of any length from outside, which becomes the post's.
  void set_text(std::string_view text);
  std::string_view keep(std::string_view text) { return arena().copy(text); }
  // Nothing when it is over its limit: half an id or URL is worse than none.
  std::string_view keep_whole(std::string_view text, std::size_t limit);
  // As many whole characters as fit.
  std::string_view keep_start(std::string_view text, std::size_t limit);
  // The parts end to end; over `limit` the draft fails with field_too_long.
  std::string_view join(std::initializer_list<std::string_view> parts, std::size_t limit);

  // Nothing of a removed post is kept but its name and that of its author.
  void become_removal();

  // Ends the draft. For posts (create, update): a missing text is replaced by the title.
  void finish(Wordless wordless);

 private:
  RecordSink& sink_;
  std::optional<RejectReason> wrong_;
};

// The links of one post: the first kMaxLinks that fit, each once.
class LinkList {
 public:
  // `link` must live until keep().
  void add(std::string_view link);
  // Copies of all that were added; they live as long as the arena.
  std::span<const std::string_view> keep(Arena& arena);

 private:
  std::array<std::string_view, kMaxLinks> links_;
  std::size_t count_ = 0;
};

// `text` without the entities with which some interfaces escape plain text: &amp; &lt; &gt;.
std::string_view without_basic_entities(std::string_view text, Arena& arena);

}  // namespace passaparola::ingest
