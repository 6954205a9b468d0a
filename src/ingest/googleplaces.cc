#include "ingest/googleplaces.h"

#include <algorithm>

#include "ingest/draft.h"
#include "ingest/each_object.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "google";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "1064…581" of "https://www.google.com/maps/contrib/1064…581/reviews", else the whole address.
std::string_view account_of(std::string_view address) {
  constexpr std::string_view kBefore = "/contrib/";
  const std::size_t at = address.find(kBefore);
  if (at == std::string_view::npos) return address;
  const std::string_view rest = address.substr(at + kBefore.size());
  const std::string_view number = rest.substr(0, rest.find('/'));
  const bool digits = std::all_of(number.begin(), number.end(), is_digit);
  return digits && !number.empty() ? number : address;
}

void begin_review(Draft& draft) {
  draft.post.source = kSource;
  draft.post.kind = PostKind::review;
  // A review that was edited comes again under its id, and nothing tells it from a new one.
  draft.post.op = PostOp::update;
}

void read_author(std::string_view address, std::string_view name, Draft& draft) {
  draft.post.author.id = draft.keep_whole(account_of(address), kMaxIdBytes);
  draft.post.author.name = draft.keep_start(name, kMaxNameBytes);
}

// Such reviews have no id, but one account has one review of a place.
void read_legacy_id(std::string_view place, std::string_view address, Draft& draft) {
  if (place.empty() || address.empty()) return draft.fail(RejectReason::missing_field);
  draft.post.id = draft.join({place, "/", account_of(address)}, kMaxIdBytes);
}

void decode_legacy(JsonObject review, JsonObject place, RecordSink& sink) {
  const auto [name, address, language, rating, text, time] =
      find_all<"author_name", "author_url", "language", "rating", "text", "time">(review);
  Draft draft(sink);
  PostView& post = draft.post;
  begin_review(draft);
  draft.check_string(address);
  read_legacy_id(string_in(place, "place_id"), as_string(address), draft);
  read_author(as_string(address), as_string(name), draft);
  draft.check_string(text);
  draft.set_text(as_string(text));
  draft.require_stars(rating);
  draft.require_seconds(time);
  post.lang = draft.keep_whole(as_string(language), kMaxLanguageBytes);
  post.url = draft.keep_whole(string_in(place, "url"), kMaxUrlBytes);
  draft.finish(Wordless::allowed);
}

// {"text":"…","languageCode":"it"}
void read_localised(const std::optional<Json>& value, Draft& draft) {
  const auto object = as_object(value);
  if (!object) {
    if (value) draft.fail(RejectReason::wrong_type);
    return;
  }
  draft.check_string(*object, "text");
  draft.set_text(string_in(*object, "text"));
  draft.post.lang = draft.keep_whole(string_in(*object, "languageCode"), kMaxLanguageBytes);
}

void decode_new(JsonObject review, RecordSink& sink) {
  const auto [name, author, original, text, rating, published, page] =
      find_all<"name", "authorAttribution", "originalText", "text", "rating", "publishTime",
               "googleMapsUri">(review);
  Draft draft(sink);
  begin_review(draft);
  draft.require(draft.post.id, name, kMaxIdBytes);
  if (const auto person = as_object(author)) {
    read_author(string_in(*person, "uri"), string_in(*person, "displayName"), draft);
  }
  // `text` is a translation when the author wrote another language than was asked for.
  read_localised(original ? original : text, draft);
  draft.require_stars(rating);
  draft.require_time(published);
  draft.post.url = draft.keep_whole(as_string(page), kMaxUrlBytes);
  draft.finish(Wordless::allowed);
}

void read_star_name(const std::optional<Json>& value, Draft& draft) {
  static constexpr std::array<std::string_view, 5> kNames = {"ONE", "TWO", "THREE", "FOUR", "FIVE"};
  draft.check_string(value);
  const std::string_view name = as_string(value);
  if (name.empty() || name == "STAR_RATING_UNSPECIFIED") return;
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return draft.fail(RejectReason::bad_value);
  draft.post.rating = Rating{static_cast<double>(found - kNames.begin() + 1), 5};
}

void decode_business(JsonObject review, RecordSink& sink) {
  const auto [name, id, reviewer, stars, comment, created, updated, reply] =
      find_all<"name", "reviewId", "reviewer", "starRating", "comment", "createTime", "updateTime",
               "reviewReply">(review);
  Draft draft(sink);
  PostView& post = draft.post;
  begin_review(draft);
  draft.require(post.id, name ? name : id, kMaxIdBytes);
  // No account is named, many people share a name, and some give none.
  const auto person = as_object(reviewer);
  if (person) read_author({}, string_in(*person, "displayName"), draft);
  read_star_name(stars, draft);
  draft.check_string(comment);
  draft.set_text(as_string(comment));
  draft.require_time(created);
  const auto edited = parse_rfc3339(as_string(updated));
  if (!edited || *edited <= post.created_at) post.op = PostOp::create;
  post.engagement.replies = reply ? 1 : 0;
  draft.finish(post.rating ? Wordless::allowed : Wordless::rejected);
}

void decode_place(JsonObject place, RecordSink& sink) {
  const auto reviews = array_in(place, "reviews");
  if (!reviews) return;
  for_each_object(*reviews, sink, [&](JsonObject review) { decode_legacy(review, place, sink); });
}

// A place, or a page of reviews, without any.
bool is_without_reviews(JsonObject object) {
  return object.size() == 0 || find(object, "id") || find(object, "totalReviewCount");
}

void decode_review(JsonObject review, RecordSink& sink) {
  if (find(review, "starRating") || find(review, "reviewId")) return decode_business(review, sink);
  return is_without_reviews(review) ? sink.ignore() : decode_new(review, sink);
}

bool is_named_review(JsonObject review) {
  const std::string_view name = string_in(review, "name");
  if (name.find("/reviews/") == std::string_view::npos) return false;
  return find(review, "authorAttribution") || find(review, "publishTime") ||
         find(review, "starRating");
}

}  // namespace

void decode_googleplaces(Json record, RecordSink& sink) {
  if (const auto answer = as_object(record)) {
    if (const auto place = object_in(*answer, "result")) return decode_place(*place, sink);
    // Only the legacy interface has a status, and only an error has no result beside it.
    if (find(*answer, "status")) return sink.reject(RejectReason::stream_error);
  }
  decode_page(record, "reviews", sink, [&sink](JsonObject review) { decode_review(review, sink); });
}

bool is_googleplaces(JsonObject record) {
  if (const auto place = object_in(record, "result")) {
    return find(*place, "place_id") && array_in(*place, "reviews");
  }
  return is_named_review(first_object_in(record, "reviews").value_or(record));
}

}  // namespace passaparola::ingest
