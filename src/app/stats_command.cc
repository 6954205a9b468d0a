// passaparola stats: a brand over time.
#include <fmt/format.h>
#include <simdjson.h>

#include <array>

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

// "labels right: 8 of 11, 72.7 % (43.4 to 90.3)"; nothing when none was counted.
std::string share_line(std::string_view name, simdjson::dom::element share) {
  std::uint64_t right = 0, of = 0;
  double part = 0, low = 0, high = 0;
  if (share["right"].get(right) || share["of"].get(of) || share["share"].get(part) ||
      share["low"].get(low) || share["high"].get(high)) {
    return {};
  }
  return fmt::format("  {}: {} of {}, {:.1f} % ({:.1f} to {:.1f})\n", name, right, of, 100 * part,
                     100 * low, 100 * high);
}

// How often the program was right of what people corrected; nothing when they corrected nothing.
std::string accuracy_text(std::string_view title, simdjson::dom::element accuracy) {
  std::uint64_t corrected = 0;
  if (accuracy["corrected"].get(corrected) || corrected == 0) return {};
  std::string text = fmt::format("{} ({} corrected):\n", title, corrected);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> shares{
      {{"about_brand", "about the brand"},
       {"labels", "label right"},
       {"decided", "label right when not abstaining"},
       {"acts", "acts right"}}};
  for (const auto& [key, name] : shares) {
    simdjson::dom::element share;
    if (!accuracy[key].get(share)) text += share_line(name, share);
  }
  return text;
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
  simdjson::dom::element accuracy, sampled;
  if (!document["measured_accuracy"].get(accuracy)) {
    text += accuracy_text("measured accuracy of what people checked", accuracy);
    if (!accuracy["sampled"].get(sampled)) {
      text += accuracy_text("measured accuracy of mentions drawn at random", sampled);
    }
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
