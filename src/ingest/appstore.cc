#include "ingest/appstore.h"

#include "ingest/app_review.h"
#include "ingest/each_object.h"
#include "ingest/trimmed.h"

namespace passaparola::ingest {
namespace {

// Every value of this feed is text in an object of its own: {"label":"…"}.
std::string_view label_of(const std::optional<Json>& value) {
  const auto object = as_object(value);
  return object ? trimmed(string_in(*object, "label")) : std::string_view();
}

std::string_view label_in(JsonObject object, std::string_view key) {
  return label_of(find(object, key));
}

std::string_view address_in(const std::optional<Json>& link) {
  const auto object = as_object(link);
  const auto attributes = object ? object_in(*object, "attributes") : std::nullopt;
  return attributes ? string_in(*attributes, "href") : std::string_view();
}

void decode_entry(JsonObject entry, std::string_view feed_time, RecordSink& sink) {
  const auto [id, author, title, content, rating, votes, updated, link] =
      find_all<"id", "author", "title", "content", "im:rating", "im:voteSum", "updated", "link">(
          entry);
  // The app itself, which comes first in some feeds.
  if (!rating) return sink.ignore();
  const std::string_view time = label_of(updated);
  AppReview review{.id = label_of(id),
                   .title = label_of(title),
                   .text = label_of(content),
                   .rating = label_of(rating),
                   .votes = label_of(votes),
                   .time = time.empty() ? feed_time : time,
                   .page = address_in(link)};
  if (const auto person = as_object(author)) {
    review.account = label_in(*person, "uri");
    review.author = label_in(*person, "name");
  }
  finish_app_review(review, sink);
}

bool has_rating(JsonArray entries) {
  for (const Json item : entries) {
    const auto entry = as_object(item);
    if (entry && find(*entry, "im:rating")) return true;
  }
  return false;
}

}  // namespace

void decode_appstore(Json record, RecordSink& sink) {
  const auto object = as_object(record);
  if (!object) return sink.reject(RejectReason::not_an_object);
  const auto feed = object_in(*object, "feed");
  if (!feed) return sink.reject(RejectReason::missing_field);
  const std::string_view time = label_in(*feed, "updated");
  const auto decode = [&](JsonObject entry) { decode_entry(entry, time, sink); };
  // Many reviews are an array, one is an object, none is nothing.
  const auto entries = find(*feed, "entry");
  if (!entries) return;
  if (const auto list = as_array(entries)) return for_each_object(*list, sink, decode);
  const auto entry = as_object(entries);
  return entry ? decode(*entry) : sink.reject(RejectReason::not_an_object);
}

bool is_appstore(JsonObject record) {
  const auto feed = object_in(record, "feed");
  if (!feed) return false;
  if (label_in(*feed, "id").find("/customerreviews/") != std::string_view::npos) return true;
  if (const auto entries = array_in(*feed, "entry")) return has_rating(*entries);
  const auto entry = object_in(*feed, "entry");
  return entry && find(*entry, "im:rating");
}

}  // namespace passaparola::ingest
