#include "ingest/format.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/limits.h"
#include "ingest/appstore.h"
#include "ingest/csv.h"
#include "ingest/googleplaces.h"
#include "ingest/googleplay.h"
#include "ingest/hackernews.h"
#include "ingest/jetstream.h"
#include "ingest/jsonfeed.h"
#include "ingest/lemmy.h"
#include "ingest/mastodon.h"
#include "ingest/native.h"
#include "ingest/reddit.h"
#include "ingest/server_sent_events.h"
#include "ingest/trustpilot.h"
#include "ingest/x.h"
#include "ingest/youtube.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// Follows the brackets of one JSON value, byte by byte, without judging it.
class BracketScan {
 public:
  // Takes the next byte; true when it closes the value.
  bool take(char c) {
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      return false;
    }
    if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      open_.push_back(c);
    } else if ((c == '}' || c == ']') && !open_.empty()) {
      open_.pop_back();
      return open_.empty();
    }
    return false;
  }
  bool in_string() const { return in_string_; }
  const std::string& open() const { return open_; }
  bool too_deep() const { return open_.size() > kMaxJsonDepth; }

 private:
  std::string open_;  // the open brackets, outermost first
  bool in_string_ = false;
  bool escaped_ = false;
};

// Whether the value that is open may go on at `next` after a line end behind `previous`. A line
// that was cut off is followed by the next record instead, whose '{' cannot stand inside an object.
bool may_continue(const BracketScan& scan, char previous, char next) {
  if (scan.in_string()) return false;
  return scan.open().back() == '[' || next != '{' || previous == ':';
}

// The first JSON value of `head`; when it does not end there, its beginning up to the last comma,
// with the open brackets closed: enough to recognise it.
std::string first_value(std::string_view head) {
  BracketScan scan;
  std::string closed;
  std::size_t comma = 0;
  std::string open_at_comma;
  for (std::size_t i = 0; i < head.size() && !scan.too_deep(); ++i) {
    if (scan.take(head[i])) return std::string(head.substr(0, i + 1));
    if (head[i] == ',' && !scan.in_string()) {
      comma = i;
      open_at_comma = scan.open();
    }
  }
  closed.assign(head.substr(0, comma));
  for (auto it = open_at_comma.rbegin(); it != open_at_comma.rend(); ++it) {
    closed.push_back(*it == '{' ? '}' : ']');
  }
  return closed;
}

Format recognise_text(std::string text, JsonParser& parser) {
  const std::size_t size = text.size();
  text.resize(size + kInputPaddingBytes);
  Json record;
  if (parser.parse({text.data(), size}, record)) return Format::autodetect;
  return recognise(record);
}

bool is_json_format(Format format) {
  return format != Format::native && format != Format::jetstream && format != Format::rss &&
         format != Format::csv;
}

struct FormatName {
  Format format;
  std::string_view name;
};
constexpr std::array<FormatName, 16> kFormats = {{{Format::autodetect, "auto"},
                                                  {Format::native, "native"},
                                                  {Format::jetstream, "jetstream"},
                                                  {Format::mastodon, "mastodon"},
                                                  {Format::x, "x"},
                                                  {Format::reddit, "reddit"},
                                                  {Format::rss, "rss"},
                                                  {Format::hackernews, "hackernews"},
                                                  {Format::youtube, "youtube"},
                                                  {Format::appstore, "appstore"},
                                                  {Format::googleplay, "googleplay"},
                                                  {Format::googleplaces, "googleplaces"},
                                                  {Format::trustpilot, "trustpilot"},
                                                  {Format::lemmy, "lemmy"},
                                                  {Format::jsonfeed, "jsonfeed"},
                                                  {Format::csv, "csv"}}};

}  // namespace

std::string_view name_of(Format format) { return kFormats[static_cast<std::size_t>(format)].name; }

std::optional<Format> parse_format(std::string_view name) {
  for (const FormatName& known : kFormats) {
    if (known.name == name) return known.format;
  }
  return std::nullopt;
}

std::string_view format_names() {
  return "auto, native, jetstream, mastodon, x, reddit, rss, hackernews, youtube, appstore, "
         "googleplay, googleplaces, trustpilot, lemmy, jsonfeed, csv";
}

Format recognise(Json record) {
  if (const auto array = as_array(record)) {
    Json first;
    const bool has_first = array->at(0).get(first) == simdjson::SUCCESS;
    return has_first && first.is_object() ? recognise(first) : Format::autodetect;
  }
  const auto object = as_object(record);
  if (!object) return Format::autodetect;
  const auto [source, author, op, type, did, kind] =
      find_all<"source", "author", "op", "$type", "did", "kind">(*object);
  if (is_native(source, author, op)) return Format::native;
  if (is_jetstream(type, did, kind)) return Format::jetstream;
  if (is_mastodon(*object)) return Format::mastodon;
  if (is_reddit(*object)) return Format::reddit;
  if (is_x(*object)) return Format::x;
  if (is_hackernews(*object)) return Format::hackernews;
  if (is_youtube(*object)) return Format::youtube;
  if (is_appstore(*object)) return Format::appstore;
  if (is_googleplay(*object)) return Format::googleplay;
  if (is_googleplaces(*object)) return Format::googleplaces;
  if (is_trustpilot(*object)) return Format::trustpilot;
  if (is_lemmy(*object)) return Format::lemmy;
  if (is_jsonfeed(*object)) return Format::jsonfeed;
  return Format::autodetect;
}

bool looks_like_xml(std::string_view head) {
  if (head.starts_with("\xFE\xFF") || head.starts_with("\xFF\xFE")) return true;
  if (head.starts_with(std::string_view("\0<", 2))) return true;
  return without_space(without_mark(head)).starts_with('<');
}

bool is_json_document(std::string_view head) {
  head = without_space(without_mark(head));
  if (head.empty() || (head.front() != '{' && head.front() != '[')) return false;
  BracketScan scan;
  for (std::size_t i = 0; i < head.size() && !scan.too_deep(); ++i) {
    if (head[i] == '\n') {
      const std::size_t previous = head.substr(0, i).find_last_not_of(kSpace);
      const std::size_t next = head.find_first_not_of(kSpace, i);
      if (next == std::string_view::npos) return false;
      return may_continue(scan, head[previous], head[next]);
    }
    if (i >= kMaxRecordBytes) return true;
    if (scan.take(head[i])) return false;
  }
  return head.size() >= kMaxRecordBytes && head.find('\n') == std::string_view::npos;
}

Format detect(std::string_view head) {
  if (looks_like_xml(head)) return Format::rss;
  if (looks_like_csv(head)) return Format::csv;
  if (looks_like_events(head)) return Format::mastodon;
  JsonParser parser;
  std::string_view rest = without_space(without_mark(head));
  if (is_json_document(rest)) return recognise_text(first_value(rest), parser);
  // The first lines may be broken or of no format.
  constexpr int kLinesTried = 64;
  for (int line = 0; line < kLinesTried && !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const Format format = recognise_text(first_value(rest.substr(0, end)), parser);
    if (format != Format::autodetect) return format;
    rest = without_space(rest.substr(end));
  }
  return Format::autodetect;
}

std::size_t whole_records(Format format, std::string_view bytes) {
  if (is_document(format, bytes)) return 0;
  const bool events = is_json_format(format) && looks_like_events(bytes);
  if (events) return whole_events(bytes);
  const std::size_t newline = bytes.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

bool is_document(Format format, std::string_view head) {
  if (format == Format::rss || format == Format::csv) return true;
  if (format == Format::autodetect && (looks_like_xml(head) || looks_like_csv(head))) return true;
  return is_json_format(format) && is_json_document(head);
}

}  // namespace passaparola::ingest
