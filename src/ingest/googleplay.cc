#include "ingest/googleplay.h"

#include <algorithm>

#include "ingest/draft.h"
#include "ingest/each_object.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "googleplay";

// What is said below one review: once by its author, and perhaps by the developer.
struct Comments {
  std::optional<JsonObject> user;
  std::int64_t answers = 0;
};

Comments comments_of(JsonArray list) {
  Comments comments;
  for (const Json item : list) {
    const auto comment = as_object(item);
    if (!comment) continue;
    if (!comments.user) comments.user = object_in(*comment, "userComment");
    if (find(*comment, "developerComment")) ++comments.answers;
  }
  return comments;
}

// What the author wrote: Google's translation stands in `text` when one was asked for. Older
// reviews have a title, which a tab parts from what follows.
void read_words(const std::optional<Json>& text, const std::optional<Json>& original,
                Draft& draft) {
  draft.check_string(text);
  draft.check_string(original);
  const std::string_view translated = as_string(text);
  std::string_view words = as_string(original);
  if (words.empty()) words = translated;
  const std::size_t tab = words.find('\t');
  if (tab != std::string_view::npos) {
    draft.post.title = draft.keep_start(words.substr(0, tab), kMaxTitleBytes);
    words.remove_prefix(tab + 1);
  }
  draft.set_text(words);
}

// "en_US" as "en-US".
void read_language(std::string_view locale, Draft& draft) {
  if (locale.size() > kMaxLanguageBytes) return;
  char* const begin = draft.arena().allocate(locale.size());
  std::replace_copy(locale.begin(), locale.end(), begin, '_', '-');
  draft.post.lang = {begin, locale.size()};
}

void read_comment(JsonObject comment, Draft& draft) {
  const auto [text, original, modified, stars, language, thumbs_up] =
      find_all<"text", "originalText", "lastModified", "starRating", "reviewerLanguage",
               "thumbsUpCount">(comment);
  read_words(text, original, draft);
  read_language(as_string(language), draft);
  draft.require_stars(stars);
  const auto time = as_object(modified);
  draft.require_seconds(time ? find(*time, "seconds") : std::nullopt);
  if (thumbs_up) draft.post.engagement.likes = as_integer(*thumbs_up);
}

void decode_review(JsonObject review, RecordSink& sink) {
  const auto list = array_in(review, "comments");
  const Comments comments = list ? comments_of(*list) : Comments{};
  if (!comments.user) return sink.reject(RejectReason::missing_field);
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = kSource;
  post.kind = PostKind::review;
  // A review that was edited comes again under its id, and nothing tells it from a new one.
  post.op = PostOp::update;
  draft.require(post.id, find(review, "reviewId"), kMaxIdBytes);
  // No account is named, and many people share a name.
  post.author.name = draft.keep_start(string_in(review, "authorName"), kMaxNameBytes);
  read_comment(*comments.user, draft);
  post.engagement.replies = comments.answers;
  draft.finish(Wordless::allowed);
}

// An app without reviews of late is answered with {}.
bool is_empty_page(JsonObject object) {
  return object.size() == 0 || find(object, "tokenPagination") || find(object, "pageInfo");
}

}  // namespace

void decode_googleplay(Json record, RecordSink& sink) {
  decode_page(record, "reviews", sink, [&sink](JsonObject object) {
    return is_empty_page(object) ? sink.ignore() : decode_review(object, sink);
  });
}

bool is_googleplay(JsonObject record) {
  const JsonObject review = first_object_in(record, "reviews").value_or(record);
  return find(review, "reviewId") && array_in(review, "comments");
}

}  // namespace passaparola::ingest
