// A saved view as feed readers read it: RSS 2.0 and JSON Feed 1.1.
#include <fmt/format.h>

#include <array>
#include <ctime>

#include "core/json.h"
#include "core/limits.h"
#include "feed/parameters.h"
#include "feed/views.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kItems = 50;

// What a reader may be led to: a post's address is a stranger's text.
bool is_web_address(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

// As XML 1.0 takes it: what may not stand there at all is left out.
void append_xml(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out += c;
    }
  }
}

void add_element(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  fmt::format_to(std::back_inserter(out), "<{}>", name);
  append_xml(out, text);
  fmt::format_to(std::back_inserter(out), "</{}>", name);
}

// RFC 822, as RSS wants it.
std::string rss_date(Timestamp at) {
  const std::time_t seconds = at.milliseconds / kMillisecondsPerSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t bytes =
      std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return {text.data(), bytes};
}

std::string author_of(const PostView& post) {
  return std::string(!post.author.name.empty() ? post.author.name : post.author.handle);
}

// "negative · complain · bluesky · @anna"
std::string headline(const Mention& mention) {
  std::string out(name_of(mention.sentiment.label));
  for (const ActHit& hit : mention.acts) out.append(" · ").append(name_of(hit.act));
  out.append(" · ").append(mention.post.source);
  const std::string author = author_of(mention.post);
  if (!author.empty()) out.append(" · ").append(author);
  return out;
}

std::string to_rss(const SavedView& view, const std::vector<store::StoredMention>& mentions) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>";
  add_element(out, "title", view.title.empty() ? view.name : view.title);
  add_element(out, "link", "/");
  add_element(out, "description", view.where.empty() ? "All mentions" : view.where);
  for (const store::StoredMention& stored : mentions) {
    const Mention& mention = *stored;
    const PostView& post = mention.post;
    out += "<item>";
    add_element(out, "title", headline(mention));
    if (is_web_address(post.url)) add_element(out, "link", post.url);
    add_element(out, "description", post.text);
    add_element(out, "category", mention.brand);
    add_element(out, "pubDate", rss_date(post.created_at));
    out += "<guid isPermaLink=\"false\">" + mention_id(post.source, post.id, mention.brand) +
           "</guid></item>";
  }
  return out + "</channel></rss>\n";
}

std::string to_json_feed(const SavedView& view, const std::vector<store::StoredMention>& mentions) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("version", "https://jsonfeed.org/version/1.1");
  writer.field("title", view.title.empty() ? view.name : view.title);
  writer.field_if("description", view.where);
  writer.key("items");
  writer.StartArray();
  for (const store::StoredMention& stored : mentions) {
    const Mention& mention = *stored;
    const PostView& post = mention.post;
    writer.StartObject();
    writer.field("id", mention_id(post.source, post.id, mention.brand));
    if (is_web_address(post.url)) writer.field("url", post.url);
    writer.field("title", headline(mention));
    writer.field("content_text", post.text);
    writer.field("date_published", format_rfc3339(post.created_at));
    writer.field_if("language", mention.lang == "und" ? "" : mention.lang);
    if (const std::string author = author_of(post); !author.empty()) {
      writer.key("authors");
      writer.StartArray();
      writer.StartObject();
      writer.field("name", author);
      writer.EndObject();
      writer.EndArray();
    }
    writer.key("tags");
    writer.StartArray();
    writer.string(mention.brand);
    writer.string(name_of(mention.sentiment.label));
    for (const ActHit& hit : mention.acts) writer.string(name_of(hit.act));
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

}  // namespace

Outcome view_feed_answer(Context& context, const Target& target, const Caller& caller) {
  const std::string_view format = target.parameter("format").value_or("rss");
  if (format != "rss" && format != "json") return bad_parameter("format must be rss or json");
  const auto view = find_view(*context.services.store, target.path[3], caller);
  if (!view) return problem_of(view.error());
  const auto mentions = newest_of(context, *view, caller, kItems);
  if (!mentions) return problem_of(mentions.error());
  Answer out;
  out.content_type = format == "rss" ? "application/rss+xml; charset=utf-8"
                                     : "application/feed+json; charset=utf-8";
  out.body = format == "rss" ? to_rss(*view, *mentions) : to_json_feed(*view, *mentions);
  return out;
}

}  // namespace passaparola::feed
