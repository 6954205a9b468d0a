#include "feed/conditional.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/hash.h"

namespace passaparola::feed {
namespace {

void skip(std::string_view& list, std::string_view any_of) {
  list.remove_prefix(std::min(list.find_first_not_of(any_of), list.size()));
}

// Takes the next tag off `list`, with its quotes, without "W/". A tag may have commas.
std::optional<std::string_view> take_tag(std::string_view& list) {
  skip(list, ", \t");
  if (list.starts_with("W/")) list.remove_prefix(2);
  if (!list.starts_with('"')) return std::nullopt;
  const std::size_t end = list.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view tag = list.substr(0, end + 1);
  list.remove_prefix(tag.size());
  skip(list, " \t");
  if (!list.empty() && !list.starts_with(',')) return std::nullopt;
  return tag;
}

bool has_tag(std::string_view list, std::string_view etag) {
  if (list == "*") return true;
  while (const auto tag = take_tag(list)) {
    if (*tag == etag) return true;
  }
  return false;
}

bool is_document(const Answer& answer) {
  if (answer.status != 200 || !answer.file.empty()) return false;
  const std::string_view type = answer.content_type;
  if (type.starts_with("text/")) return !type.starts_with("text/plain");  // the page, tables
  return type.find("json") != std::string_view::npos || type.starts_with("application/rss");
}

// Of a single mention the tag is the version of its triage, for If-Match: a correction, an edit of
// the post and who is at it leave it as it is. Whoever has the tag need not have the answer.
bool is_of_all(const Exchange& exchange) { return exchange.route->route != Route::mention; }

}  // namespace

bool names_etag(const Head& head, std::string_view etag) {
  return std::any_of(head.fields.begin(), head.fields.end(), [etag](const auto& field) {
    return field.first == "if-none-match" && has_tag(field.second, etag);
  });
}

void spare_known(const Exchange& exchange, Answer& answer) {
  const bool is_read = exchange.head.method == "GET" || exchange.head.method == "HEAD";
  if (!is_read || !is_document(answer)) return;
  // A token decides what is in it.
  answer.fields.emplace_back("Vary", "Authorization");
  const auto given = std::find_if(answer.fields.begin(), answer.fields.end(),
                                  [](const auto& field) { return field.first == "ETag"; });
  std::string etag =
      given != answer.fields.end() ? given->second : '"' + content_hash_hex(answer.body) + '"';
  if (given == answer.fields.end()) answer.fields.emplace_back("ETag", etag);
  if (!names_etag(exchange.head, is_of_all(exchange) ? etag : std::string())) return;
  answer.status = 304;
  answer.body.clear();
}

}  // namespace passaparola::feed
