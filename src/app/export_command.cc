// passaparola export: the mentions of a store, for other programs and for spreadsheets.
#include <fmt/format.h>

#include <limits>

#include "app/cli.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/mention_csv.h"

namespace passaparola::app {
namespace {

struct ExportArguments {
  std::string store, brand, since, until, after;
  std::string format = "ndjson";
  std::string output = "-";
};

// What was exported, and where to go on.
struct Exported {
  std::uint64_t mentions = 0;
  std::string cursor;
  bool stopped = false;
};

// Whether the file has whole rows already, behind which more may be written.
Result<bool> has_rows(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (path == "-" || error || size == 0) return false;
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return fail(ErrorCode::io, "cannot read " + path);
  const bool found = std::fseek(file, -1, SEEK_END) == 0 && std::fgetc(file) == '\n';
  std::fclose(file);
  if (found) return true;
  return fail(ErrorCode::invalid_argument,
              fmt::format("{} ends in the middle of a row: take that row away, and give the cursor "
                          "of the one before it to --after",
                          path));
}

Result<store::MentionFilter> between(const ExportArguments& arguments) {
  constexpr Timestamp kFirst{std::numeric_limits<std::int64_t>::min()};
  constexpr Timestamp kLast{std::numeric_limits<std::int64_t>::max()};
  const auto since = parse_time_flag("since", arguments.since, kFirst);
  if (!since) return since.error();
  const auto until = parse_time_flag("until", arguments.until, kLast);
  if (!until) return until.error();
  if (arguments.since.empty() && arguments.until.empty()) return store::MentionFilter();
  return store::MentionFilter([since = *since, until = *until](const Mention& mention) {
    return mention.post.created_at >= since && mention.post.created_at < until;
  });
}

void append(const Mention& mention, std::uint32_t store, bool csv, std::string& rows) {
  if (csv) return feed::append_csv(mention, store, rows);
  JsonWriter writer(rows);
  write_mention(writer, mention, store);
  rows.push_back('\n');
}

// Page by page. A page that was written out is behind the cursor, whatever happens then.
Result<void> write_pages(const store::Store& store, store::FeedQuery query, bool csv,
                         OutputFile& out, Exported& done) {
  std::string rows;
  while (query.after < store.last_seq() && !stop_requested().load()) {
    const auto page = store.read_feed(query);
    if (!page) return page.error();
    rows.clear();
    for (const store::StoredMention& mention : page->mentions) {
      append(*mention, store.id(), csv, rows);
    }
    if (auto written = csv ? out.write(rows) : out.write_json(rows); !written) {
      return written.error();
    }
    if (auto flushed = out.flush(); !flushed) return flushed.error();
    done.mentions += page->mentions.size();
    if (page->next_after <= query.after) break;
    query.after = page->next_after;
    done.cursor = encode_cursor({store.id(), query.after});
  }
  done.stopped = stop_requested().load();
  return out.close();
}

Result<Exported> run(const ExportArguments& arguments) {
  const bool csv = arguments.format == "csv";
  store::FeedQuery query;
  query.brand = arguments.brand;
  query.limit = kMaxPageItems;
  auto filter = between(arguments);
  if (!filter) return filter.error();
  query.where = *std::move(filter);
  const auto store = open_existing_store(arguments.store);
  if (!store) return store.error();
  const auto after = parse_after_flag(arguments.after, **store);
  if (!after) return after.error();
  query.after = *after;
  const bool goes_on = !arguments.after.empty();
  const auto rows = goes_on ? has_rows(arguments.output) : Result<bool>(false);
  if (!rows) return rows.error();
  auto out = OutputFile::open(arguments.output, goes_on);
  if (!out) return out.error();
  if (csv && !*rows) {
    if (auto written = out->write(feed::mention_csv_header()); !written) return written.error();
  }
  Exported done;
  done.cursor = encode_cursor({(*store)->id(), query.after});
  const auto written = write_pages(**store, std::move(query), csv, *out, done);
  if (!written) {
    return fail(written.error().code,
                fmt::format("{} ({} mentions are out; go on with --after {})",
                            written.error().message, done.mentions, done.cursor));
  }
  return done;
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand(
      "export", "Write stored mentions as NDJSON, or as CSV that is safe to open in a spreadsheet");
  command->add_option("STORE", arguments->store, "folder of the store")->required();
  command->add_option("--brand", arguments->brand, "only this brand");
  command->add_option("--format", arguments->format, "ndjson or csv")
      ->capture_default_str()
      ->check(CLI::IsMember({"ndjson", "csv"}));
  command->add_option("--since", arguments->since, "only posts written at this time or later");
  command->add_option("--until", arguments->until, "only posts written before this time");
  command->add_option("--output", arguments->output, "file (default: standard output)")
      ->capture_default_str();
  command->add_option("--after", arguments->after,
                      "go on behind this cursor; what FILE holds already is kept");
  command->final_callback([arguments, &exit_code] {
    watch_signals();
    const auto done = run(*arguments);
    exit_code = !done ? report(done.error()) : done->stopped ? kFailedRun : kSuccess;
    if (!done) return;
    fmt::print(stderr, "{} mentions{}; go on with --after {}\n", done->mentions,
               done->stopped ? ", stopped" : "", done->cursor);
  });
}

}  // namespace passaparola::app
