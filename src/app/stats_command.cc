// passaparola stats: a brand over time.
#include <fmt/format.h>
#include <simdjson.h>

#include "app/cli.h"
#include "app/server_client.h"
#include "feed/answers.h"

namespace passaparola::app {
namespace {

struct StatsArguments {
  StoreFlags store;
  std::string brand, from, to;
  std::string bucket = "1d";
  bool json = false;
};

constexpr std::int64_t kDefaultDays = 30;

Result<std::string> stats(const StatsArguments& arguments) {
  using Size = store::Store::BucketSize;
  auto to = parse_time_flag("to", arguments.to, now());
  if (!to) return to.error();
  const Timestamp month_before{to->milliseconds - kDefaultDays * kMillisecondsPerDay};
  auto from = parse_time_flag("from", arguments.from, month_before);
  if (!from) return from.error();
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    return client->get(fmt::format("/api/v1/brands/{}/stats?from={}&to={}&bucket={}",
                                   url_encoded(arguments.brand), url_encoded(format_rfc3339(*from)),
                                   url_encoded(format_rfc3339(*to)), arguments.bucket));
  }
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  const Size size = arguments.bucket == "5m"   ? Size::five_minutes
                    : arguments.bucket == "1h" ? Size::hour
                                               : Size::day;
  return feed::stats_json(**store, {arguments.brand, arguments.bucket, size, *from, *to});
}

// The JSON as a table: one bucket a line, then the sums.
Result<std::string> table(const std::string& json) {
  simdjson::dom::parser parser;
  const auto document = parser.parse(json);
  simdjson::dom::array buckets;
  if (document["buckets"].get(buckets))
    return fail(ErrorCode::io, "these statistics are not understood");
  const auto count = [](simdjson::dom::element object, std::string_view key) {
    std::uint64_t value = 0;
    return object[key].get(value) ? std::uint64_t{0} : value;
  };
  std::string text =
      fmt::format("{:<17} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}\n", "from", "mentions", "positive",
                  "negative", "neutral", "recommend", "complaints");
  for (const simdjson::dom::element bucket : buckets) {
    std::string_view begin;
    if (bucket["begin"].get(begin)) begin = "?";
    text += fmt::format("{:<17} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}\n", begin.substr(0, 16),
                        count(bucket, "mentions"), count(bucket, "positive"),
                        count(bucket, "negative"), count(bucket, "neutral"),
                        count(bucket, "recommendations"), count(bucket, "complaints"));
  }
  for (const std::string_view name : {"share_of_voice", "mention_recommendation_balance", "nps"}) {
    simdjson::dom::element value;
    if (document[name].get(value) || value.is_null()) continue;
    text += fmt::format("{}: {}\n", name, std::string(simdjson::minify(value)));
  }
  return text;
}

}  // namespace

void add_stats(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<StatsArguments>();
  CLI::App* command = app.add_subcommand(
      "stats", "Volume, sentiment, share of voice and recommendation balance of a brand over time");
  add_store_flags(*command, arguments->store);
  command->add_option("--brand", arguments->brand, "the brand's id")->required();
  command->add_option("--from", arguments->from,
                      "first instant or day (default: 30 days before --to)");
  command->add_option("--to", arguments->to, "end (default: now)");
  command->add_option("--bucket", arguments->bucket, "5m, 1h or 1d")
      ->capture_default_str()
      ->check(CLI::IsMember({"5m", "1h", "1d"}));
  command->add_flag("--json", arguments->json, "JSON instead of a table");
  command->final_callback([arguments, &exit_code] {
    auto text = stats(*arguments);
    if (text && !arguments->json) text = table(*text);
    exit_code = text ? kSuccess : report(text.error());
    if (text) fmt::print("{}{}", *text, text->ends_with('\n') ? "" : "\n");
  });
}

}  // namespace passaparola::app
