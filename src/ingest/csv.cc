#include "ingest/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "core/fold.h"
#include "core/limits.h"
#include "ingest/csv_rows.h"
#include "ingest/draft.h"
#include "ingest/feed_time.h"
#include "ingest/native.h"
#include "ingest/server_sent_events.h"
#include "ingest/trimmed.h"

namespace passaparola::ingest {
namespace {

// One row on its way to a post.
struct RowDraft {
  explicit RowDraft(RecordSink& sink) : draft(sink) {}

  Draft draft;
  std::optional<Timestamp> created_at;
  std::optional<double> stars;
  std::optional<double> of;
};

using ReadCell = void (*)(RowDraft& row, std::string_view cell);

void keep(RowDraft& row, std::string_view& to, std::string_view cell, std::size_t limit,
          RejectReason too_long = RejectReason::field_too_long) {
  if (cell.size() > limit) return row.draft.fail(too_long);
  to = row.draft.keep(cell);
}

template <auto member, std::size_t limit>
void read_string(RowDraft& row, std::string_view cell) {
  keep(row, row.draft.post.*member, cell, limit);
}

template <auto member, std::size_t limit>
void read_author(RowDraft& row, std::string_view cell) {
  keep(row, row.draft.post.author.*member, cell, limit);
}

template <typename T>
std::optional<T> number_of(std::string_view text) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

void read_count(RowDraft& row, std::optional<std::int64_t>& to, std::string_view cell) {
  to = number_of<std::int64_t>(cell);
  if (!to) row.draft.fail(RejectReason::bad_value);
}

template <auto member>
void read_author_count(RowDraft& row, std::string_view cell) {
  read_count(row, row.draft.post.author.*member, cell);
}

template <auto member>
void read_engagement(RowDraft& row, std::string_view cell) {
  read_count(row, row.draft.post.engagement.*member, cell);
}

// Spreadsheets of half of Europe write "4,5".
void read_stars(RowDraft& row, std::optional<double>& to, std::string_view cell) {
  std::array<char, 32> buffer;
  if (cell.size() > buffer.size()) return row.draft.fail(RejectReason::bad_value);
  std::replace_copy(cell.begin(), cell.end(), buffer.begin(), ',', '.');
  to = number_of<double>({buffer.data(), cell.size()});
  if (!to) row.draft.fail(RejectReason::bad_value);
}

void read_time(RowDraft& row, std::optional<Timestamp>& to, std::string_view cell) {
  to = parse_time_or_utc(cell);
  if (!to) to = parse_feed_time(cell);
  if (!to) row.draft.fail(RejectReason::invalid_time);
}

void read_nps(RowDraft& row, std::string_view cell) {
  const auto score = number_of<int>(cell);
  if (!score || *score < 0 || *score > 10) return row.draft.fail(RejectReason::bad_value);
  row.draft.post.nps = *score;
}

void read_sponsored(RowDraft& row, std::string_view cell) {
  if (cell != "true" && cell != "false") return row.draft.fail(RejectReason::bad_value);
  row.draft.post.sponsored = cell == "true";
}

// Addresses with spaces between them.
void read_links(RowDraft& row, std::string_view cell) {
  LinkList links;
  for (cell = trimmed(cell); !cell.empty(); cell = trimmed(cell)) {
    const std::string_view link = cell.substr(0, cell.find_first_of(" \t\r\n"));
    if (link.size() > kMaxUrlBytes) return row.draft.fail(RejectReason::field_too_long);
    links.add(link);
    cell.remove_prefix(link.size());
  }
  row.draft.post.links = links.keep(row.draft.arena());
}

template <auto member, auto parse>
void read_name(RowDraft& row, std::string_view cell) {
  const auto known = parse(cell);
  if (!known) return row.draft.fail(RejectReason::bad_value);
  row.draft.post.*member = *known;
}

void read_text(RowDraft& row, std::string_view cell) {
  keep(row, row.draft.post.text, cell, kMaxTextBytes, RejectReason::text_too_long);
}

void read_quote_text(RowDraft& row, std::string_view cell) {
  keep(row, row.draft.post.quote_text, cell, kMaxTextBytes, RejectReason::text_too_long);
}

struct Column {
  std::string_view name;
  ReadCell read;
};

constexpr Column kColumns[] = {
    {"op", read_name<&PostView::op, parse_post_op>},
    {"kind", read_name<&PostView::kind, parse_post_kind>},
    {"source", read_string<&PostView::source, kMaxSourceBytes>},
    {"id", read_string<&PostView::id, kMaxIdBytes>},
    {"author.id", read_author<&AuthorView::id, kMaxIdBytes>},
    {"author.handle", read_author<&AuthorView::handle, kMaxNameBytes>},
    {"author.name", read_author<&AuthorView::name, kMaxNameBytes>},
    {"author.bio", read_author<&AuthorView::bio, kMaxBioBytes>},
    {"author.followers", read_author_count<&AuthorView::followers>},
    {"author.following", read_author_count<&AuthorView::following>},
    {"author.posts", read_author_count<&AuthorView::posts>},
    {"author.created_at",
     [](RowDraft& row, std::string_view cell) {
       read_time(row, row.draft.post.author.created_at, cell);
     }},
    {"text", read_text},
    {"title", read_string<&PostView::title, kMaxTitleBytes>},
    {"lang", read_string<&PostView::lang, kMaxLanguageBytes>},
    {"created_at",
     [](RowDraft& row, std::string_view cell) { read_time(row, row.created_at, cell); }},
    {"url", read_string<&PostView::url, kMaxUrlBytes>},
    {"reply_to.id", read_string<&PostView::reply_to_id, kMaxIdBytes>},
    {"reply_to_id", read_string<&PostView::reply_to_id, kMaxIdBytes>},
    {"reply_to.author_id", read_string<&PostView::reply_to_author_id, kMaxIdBytes>},
    {"reply_to_author_id", read_string<&PostView::reply_to_author_id, kMaxIdBytes>},
    {"thread", read_string<&PostView::thread, kMaxIdBytes>},
    {"repost_of", read_string<&PostView::repost_of, kMaxIdBytes>},
    {"quote.id", read_string<&PostView::quote_id, kMaxIdBytes>},
    {"quote.text", read_quote_text},
    {"rating.value",
     [](RowDraft& row, std::string_view cell) { read_stars(row, row.stars, cell); }},
    {"rating.max", [](RowDraft& row, std::string_view cell) { read_stars(row, row.of, cell); }},
    {"nps", read_nps},
    {"links", read_links},
    {"sponsored", read_sponsored},
    {"engagement.likes", read_engagement<&Engagement::likes>},
    {"engagement.reposts", read_engagement<&Engagement::reposts>},
    {"engagement.replies", read_engagement<&Engagement::replies>},
    {"engagement.views", read_engagement<&Engagement::views>}};

// What reads each column; nullptr for a name that we do not know.
std::vector<ReadCell> columns_of(const TableRow& header) {
  std::vector<ReadCell> columns;
  for (const std::string_view cell : header.cells) {
    const std::string_view name = trimmed(cell);
    const auto* const known =
        std::find_if(std::begin(kColumns), std::end(kColumns),
                     [name](const Column& column) { return column.name == name; });
    columns.push_back(known != std::end(kColumns) ? known->read : nullptr);
  }
  return columns;
}

void read_rating(RowDraft& row) {
  if (!row.stars && !row.of) return;
  if (!row.stars || !row.of) return row.draft.fail(RejectReason::missing_field);
  // Written so that what is no number is refused.
  const bool possible = *row.of > 0 && *row.of < 1e9 && *row.stars >= 0 && *row.stars <= *row.of;
  if (!possible) return row.draft.fail(RejectReason::bad_value);
  row.draft.post.rating = Rating{*row.stars, *row.of};
}

void decode_row(const TableRow& row, const std::vector<ReadCell>& columns, bool has_text,
                RecordSink& sink) {
  if (row.text.size() > kMaxRecordBytes) return sink.reject(RejectReason::record_too_long);
  if (row.malformed || row.cells.size() != columns.size()) {
    return sink.reject(RejectReason::invalid_csv);
  }
  if (!is_valid_utf8(row.text)) return sink.reject(RejectReason::invalid_utf8);
  RowDraft to(sink);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view cell = row.cells[i];
    if (columns[i] != nullptr && !cell.empty()) columns[i](to, cell);
  }
  read_rating(to);
  finish_native(to.draft, has_text, to.created_at);
}

bool has_column(const TableRow& header, std::string_view name) {
  return std::any_of(header.cells.begin(), header.cells.end(),
                     [name](std::string_view cell) { return trimmed(cell) == name; });
}

// Spreadsheets write the rows below a table, too.
bool is_blank(const TableRow& row) {
  return std::all_of(row.cells.begin(), row.cells.end(),
                     [](std::string_view cell) { return trimmed(cell).empty(); });
}

}  // namespace

void decode_csv(std::string_view document, RecordSink& sink) {
  if (document.size() > kMaxDocumentBytes) return sink.reject(RejectReason::record_too_long);
  document = without_mark(document);
  if (trimmed(document).empty()) return;
  TableReader reader(document, csv_separator(document.substr(0, document.find('\n'))),
                     sink.arena());
  TableRow row;
  reader.next(row);
  const std::vector<ReadCell> columns = columns_of(row);
  const bool has_text = has_column(row, "text");
  const bool known =
      std::any_of(columns.begin(), columns.end(), [](ReadCell read) { return read != nullptr; });
  if (!known || row.malformed) return sink.reject(RejectReason::unknown_format);
  while (reader.next(row)) {
    sink.at_line(row.line);
    if (is_blank(row) && !row.malformed) {
      sink.ignore();
    } else {
      decode_row(row, columns, has_text, sink);
    }
  }
}

bool looks_like_csv(std::string_view head) {
  constexpr std::size_t kLongestHeader = 4 << 10;
  head = without_mark(head);
  const std::string_view line = head.substr(0, std::min(head.find('\n'), kLongestHeader));
  if (line.find("source") == std::string_view::npos) return false;
  Arena arena;
  TableReader reader(line, csv_separator(line), arena);
  TableRow header;
  if (!reader.next(header) || header.malformed) return false;
  return has_column(header, "source") && has_column(header, "id") &&
         (has_column(header, "author.id") || has_column(header, "op"));
}

}  // namespace passaparola::ingest
