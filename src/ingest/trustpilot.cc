#include "ingest/trustpilot.h"

#include "ingest/draft.h"
#include "ingest/each_object.h"
#include "ingest/feed_time.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "trustpilot";
constexpr std::string_view kPage = "https://www.trustpilot.com/reviews/";

void read_consumer(const std::optional<Json>& value, Draft& draft) {
  const auto consumer = as_object(value);
  if (!consumer) return;
  AuthorView& author = draft.post.author;
  author.id = draft.keep_whole(string_in(*consumer, "id"), kMaxIdBytes);
  author.name = draft.keep_start(string_in(*consumer, "displayName"), kMaxNameBytes);
  author.posts = integer_in(*consumer, "numberOfReviews");
}

void read_times(const std::optional<Json>& created, const std::optional<Json>& updated,
                Draft& draft) {
  draft.require_time(created);
  const auto edited = parse_time_or_utc(as_string(updated));
  if (edited && *edited > draft.post.created_at) draft.post.op = PostOp::update;
}

void read_words(const std::optional<Json>& title, const std::optional<Json>& text, Draft& draft) {
  draft.check_string(title);
  draft.check_string(text);
  draft.post.title = draft.keep_start(as_string(title), kMaxTitleBytes);
  draft.set_text(as_string(text));
}

void decode_review(JsonObject review, RecordSink& sink) {
  const auto [id, stars, title, text, language, created, updated, likes, consumer, answer] =
      find_all<"id", "stars", "title", "text", "language", "createdAt", "updatedAt",
               "numberOfLikes", "consumer", "companyReply">(review);
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kSource;
  post.kind = PostKind::review;
  draft.require(post.id, id, kMaxIdBytes);
  read_consumer(consumer, draft);
  read_words(title, text, draft);
  draft.require_stars(stars);
  read_times(created, updated, draft);
  post.lang = draft.keep_whole(as_string(language), kMaxLanguageBytes);
  if (!draft.failed()) post.url = draft.join({kPage, post.id}, kMaxUrlBytes);
  if (likes) post.engagement.likes = as_integer(*likes);
  post.engagement.replies = answer ? 1 : 0;
  draft.finish(Wordless::allowed);
}

bool is_error(JsonObject object) { return find(object, "fault") || find(object, "message"); }

}  // namespace

void decode_trustpilot(Json record, RecordSink& sink) {
  decode_page(record, "reviews", sink, [&sink](JsonObject object) {
    const bool error = !find(object, "id") && is_error(object);
    return error ? sink.reject(RejectReason::stream_error) : decode_review(object, sink);
  });
}

bool is_trustpilot(JsonObject record) {
  const JsonObject review = first_object_in(record, "reviews").value_or(record);
  return find(review, "stars") && object_in(review, "consumer");
}

}  // namespace passaparola::ingest
