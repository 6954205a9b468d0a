#include "ingest/jsonfeed.h"

#include <string>

#include "ingest/each_object.h"
#include "ingest/feed_item.h"

namespace passaparola::ingest {
namespace {

// Version 1.1 has a list of authors, version 1 has one.
std::string_view author_of(JsonObject object) {
  if (const auto first = first_object_in(object, "authors")) return string_in(*first, "name");
  const auto author = object_in(object, "author");
  return author ? string_in(*author, "name") : std::string_view();
}

// Some feeds number their items; readers are asked to take such an id as its digits.
std::string id_of(const std::optional<Json>& id) {
  const auto number = id ? as_integer(*id) : std::nullopt;
  return number ? std::to_string(*number) : std::string(as_string(id));
}

FeedText text_of(const std::optional<Json>& value, bool plain) {
  return {std::string(as_string(value)), plain};
}

bool is_other_than_string(const std::optional<Json>& value) { return value && !value->is_string(); }

void decode_item(JsonObject object, std::string_view feed_author, std::string_view feed_language,
                 RecordSink& sink) {
  const auto [id, url, title, html, text, summary, published, modified, language] =
      find_all<"id", "url", "title", "content_html", "content_text", "summary", "date_published",
               "date_modified", "language">(object);
  for (const auto& value : {url, title, html, text, summary, published, modified, language}) {
    if (is_other_than_string(value)) return sink.reject(RejectReason::wrong_type);
  }
  FeedItem item;
  item.id = id_of(id);
  item.link = as_string(url);
  const std::string_view author = author_of(object);
  item.creator = author.empty() ? feed_author : author;
  item.published = as_string(published);
  item.updated = as_string(modified);
  item.title = text_of(title, true);
  item.summary = text_of(summary, true);
  const bool plain = as_string(html).empty();
  item.content = text_of(plain ? text : html, plain);
  item.line = sink.line();
  FeedDefaults defaults;
  defaults.language = language ? as_string(language) : feed_language;
  finish_item(item, defaults, sink);
}

}  // namespace

void decode_jsonfeed(Json record, RecordSink& sink) {
  const auto feed = as_object(record);
  if (!feed) return sink.reject(RejectReason::not_an_object);
  const auto items = array_in(*feed, "items");
  if (!items) return sink.reject(RejectReason::missing_field);
  const std::string_view author = author_of(*feed);
  const std::string_view language = string_in(*feed, "language");
  for_each_object(*items, sink,
                  [&](JsonObject item) { decode_item(item, author, language, sink); });
}

bool is_jsonfeed(JsonObject record) {
  const std::string_view version = string_in(record, "version");
  return version.starts_with("https://jsonfeed.org/version/") ||
         version.starts_with("http://jsonfeed.org/version/");
}

}  // namespace passaparola::ingest
