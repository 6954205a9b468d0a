#include "ingest/feed_item.h"

#include "ingest/app_review.h"
#include "ingest/draft.h"
#include "ingest/feed_time.h"
#include "ingest/html_text.h"
#include "ingest/trimmed.h"

namespace passaparola::ingest {
namespace {

HtmlText converted(const FeedText& text, Arena& arena) {
  if (text.plain) return {arena.copy(trimmed(text.value)), {}};
  return html_to_text(text.value, arena);
}

// "ada@example.org (Ada)" is Ada.
std::string_view name_of_mailbox(std::string_view mailbox) {
  const std::size_t open = mailbox.find('(');
  const std::size_t close = mailbox.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return mailbox;
  }
  const std::string_view name = trimmed(mailbox.substr(open + 1, close - open - 1));
  return name.empty() ? mailbox : name;
}

void read_author(const FeedItem& item, Draft& draft) {
  std::string_view name = trimmed(item.creator);
  if (name.empty()) name = name_of_mailbox(trimmed(item.mailbox));
  // A feed knows its authors by name only: the name is the account.
  draft.post.author.id = draft.keep_whole(name, kMaxNameBytes);
  draft.post.author.name = draft.post.author.id;
}

void read_text(const FeedItem& item, Draft& draft) {
  PostView& post = draft.post;
  post.title = draft.keep_start(converted(item.title, draft.arena()).text, kMaxTitleBytes);
  HtmlText body = converted(item.content, draft.arena());
  // The summary will do when the whole text is missing or longer than any post may be.
  if (body.text.empty() || body.text.size() > kMaxTextBytes) {
    const HtmlText summary = converted(item.summary, draft.arena());
    if (!summary.text.empty()) body = summary;
  }
  if (body.text.size() > kMaxTextBytes) return draft.fail(RejectReason::text_too_long);
  post.text = body.text;
  post.links = body.links;
}

void read_time(const FeedItem& item, const FeedDefaults& defaults, Draft& draft) {
  for (const std::string* text : {&item.published, &item.updated, &defaults.time}) {
    if (const auto time = parse_feed_time(*text)) {
      draft.post.created_at = *time;
      return;
    }
  }
  draft.fail(RejectReason::invalid_time);
}

void finish_review(const FeedItem& item, const FeedDefaults& defaults, RecordSink& sink) {
  const std::string_view time = trimmed(item.updated);
  finish_app_review({.id = trimmed(item.id),
                     .account = trimmed(item.account),
                     .author = trimmed(item.creator),
                     .title = trimmed(converted(item.title, sink.arena()).text),
                     .text = trimmed(converted(item.content, sink.arena()).text),
                     .rating = trimmed(item.rating),
                     .votes = trimmed(item.votes),
                     .time = time.empty() ? trimmed(defaults.time) : time,
                     .page = item.related},
                    sink);
}

// Apple's feed of reviews may begin with the app itself.
bool is_reviewed_app(const FeedDefaults& defaults) {
  return defaults.id.find("/customerreviews/") != std::string::npos;
}

}  // namespace

void FeedItem::clear() {
  for (std::string* text : {&id, &link, &creator, &mailbox, &published, &updated, &title.value,
                            &summary.value, &content.value, &rating, &votes, &account, &related}) {
    text->clear();
  }
  title.plain = summary.plain = content.plain = false;
}

void finish_item(const FeedItem& item, const FeedDefaults& defaults, RecordSink& sink) {
  sink.at_line(item.line);
  if (!item.rating.empty()) return finish_review(item, defaults, sink);
  if (is_reviewed_app(defaults)) return sink.ignore();
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = "rss";
  const std::string_view id = trimmed(item.id);
  const std::string_view link = trimmed(item.link);
  const bool id_is_address = id.starts_with("https://") || id.starts_with("http://");
  draft.require(post.id, id.empty() ? link : id, kMaxIdBytes);
  post.url = draft.keep_whole(link.empty() && id_is_address ? id : link, kMaxUrlBytes);
  post.lang = draft.keep_whole(trimmed(defaults.language), kMaxLanguageBytes);
  read_author(item, draft);
  read_text(item, draft);
  read_time(item, defaults, draft);
  draft.finish(Wordless::rejected);
}

}  // namespace passaparola::ingest
