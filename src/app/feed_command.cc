// passaparola feed: mentions in commit order, one JSON object a line.
#include <fmt/format.h>
#include <simdjson.h>

#include "app/cli.h"
#include "app/history_filter.h"
#include "app/server_client.h"
#include "core/json.h"
#include "core/limits.h"
#include "match/match.h"

namespace passaparola::app {
namespace {

struct FeedArguments {
  StoreFlags store;
  std::string brand, where, after;
  std::size_t limit = 0;  // 0: all there are
  bool follow = false;
};

Result<void> print_store(const FeedArguments& arguments) {
  if (arguments.follow) {
    return fail(ErrorCode::invalid_argument,
                "--follow needs --server: nobody else writes while this command owns the store");
  }
  auto filter = match::Filter::compile(arguments.where);
  if (!filter) return fail(filter.error().code, "--where: " + filter.error().message);
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  auto after = parse_after_flag(arguments.after, **store);
  if (!after) return after.error();
  auto out = OutputFile::open("-");
  if (!out) return out.error();

  store::FeedQuery query;
  query.after = *after;
  query.brand = arguments.brand;
  if (!arguments.where.empty()) {
    auto known = filters_over(**store, advocacy::default_config())(arguments.where);
    if (!known) return known.error();
    query.where = std::move(known->holds);
  }
  std::size_t left = arguments.limit == 0 ? SIZE_MAX : arguments.limit;
  std::string line;
  while (left > 0 && query.after < (*store)->last_seq()) {
    query.limit = std::min(left, kMaxPageItems);
    auto page = (*store)->read_feed(query);
    if (!page) return page.error();
    for (const store::StoredMention& mention : page->mentions) {
      line.clear();
      JsonWriter writer(line);
      write_mention(writer, *mention, (*store)->id());
      line.push_back('\n');
      if (auto written = out->write_json(line); !written) return written.error();
    }
    left -= page->mentions.size();
    if (page->next_after <= query.after) break;
    query.after = page->next_after;
  }
  return out->close();
}

Result<void> write_line(OutputFile& out, std::string_view text) {
  if (auto written = out.write_json(text); !written) return written.error();
  return out.write("\n");
}

std::string target_of(const FeedArguments& arguments, std::string_view route,
                      std::string_view after) {
  std::string target = fmt::format("/api/v1/{}?after={}", route, url_encoded(after));
  if (!arguments.brand.empty()) target += "&brand=" + url_encoded(arguments.brand);
  if (!arguments.where.empty()) target += "&where=" + url_encoded(arguments.where);
  return target;
}

// The server's event stream: what is there and what comes, until the limit or a signal.
Result<void> follow_server(const FeedArguments& arguments, ServerClient& client, OutputFile& out) {
  const std::string after = arguments.after.empty() ? "start" : arguments.after;
  std::size_t left = arguments.limit == 0 ? SIZE_MAX : arguments.limit;
  std::optional<Error> error;
  const auto visit = [&](std::string_view data) {
    auto written = write_line(out, data);
    if (written) written = out.flush();
    if (!written) error = written.error();
    return !error && --left > 0 && !stop_requested().load();
  };
  auto followed = client.follow(target_of(arguments, "live/sse", after), visit);
  if (error) return *error;
  return followed;
}

// The server's pages, to the end of what is there.
Result<void> page_server(const FeedArguments& arguments, ServerClient& client, OutputFile& out) {
  std::string after = arguments.after.empty() ? "start" : arguments.after;
  std::size_t left = arguments.limit == 0 ? SIZE_MAX : arguments.limit;
  simdjson::dom::parser parser;
  while (left > 0) {
    const auto target = fmt::format("{}&limit={}", target_of(arguments, "mentions", after),
                                    std::min(left, kMaxPageItems));
    auto page = client.get(target);
    if (!page) return page.error();
    const auto document = parser.parse(*page);
    simdjson::dom::array items;
    std::string_view cursor;
    bool more = false;
    if (document["items"].get(items) || document["cursor"].get(cursor) ||
        document["more"].get(more)) {
      return fail(ErrorCode::io, "the server's page is not understood");
    }
    for (const simdjson::dom::element item : items) {
      if (auto written = write_line(out, simdjson::minify(item)); !written) return written.error();
      --left;
    }
    if (!more) break;
    after = cursor;
  }
  return {};
}

Result<void> print_server(const FeedArguments& arguments) {
  auto client = ServerClient::connect(arguments.store.server);
  if (!client) return client.error();
  auto out = OutputFile::open("-");
  if (!out) return out.error();
  auto done = arguments.follow ? follow_server(arguments, *client, *out)
                               : page_server(arguments, *client, *out);
  if (!done) return done.error();
  return out->close();
}

}  // namespace

void add_feed(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<FeedArguments>();
  CLI::App* command = app.add_subcommand("feed", "Print stored mentions in the order of the feed");
  add_store_flags(*command, arguments->store);
  command->add_option("--brand", arguments->brand, "only this brand");
  command->add_option("--where", arguments->where,
                      "only mentions for which this holds, such as 'sentiment<0 lang:it'");
  command->add_option("--after", arguments->after,
                      "start behind this cursor; 'start' (the default) or 'now'");
  command->add_option("--limit", arguments->limit, "at most this many");
  command->add_flag("--follow", arguments->follow, "with --server: go on with what comes");
  command->final_callback([arguments, &exit_code] {
    watch_signals();
    auto done =
        arguments->store.server.empty() ? print_store(*arguments) : print_server(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
