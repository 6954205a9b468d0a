// passaparola stats: a brand over time.
#include <fmt/format.h>
#include <simdjson.h>

#include <array>

#include "app/cli.h"
#include "app/config.h"
#include "app/server_client.h"
#include "feed/answers.h"

namespace passaparola::app {
namespace {

struct StatsArguments {
  StoreFlags store;
  std::string brand, from, to, config;
  std::string bucket = "1d";
  bool json = false, kpi = false;
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
    return client->get(
        fmt::format("/api/v1/brands/{}/stats?from={}&to={}&bucket={}&balance=true&kpi={}",
                    url_encoded(arguments.brand), url_encoded(format_rfc3339(*from)),
                    url_encoded(format_rfc3339(*to)), arguments.bucket, arguments.kpi));
  }
  const auto config = load_advocacy(arguments.config);
  if (!config) return config.error();
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  const Size size = arguments.bucket == "5m"   ? Size::five_minutes
                    : arguments.bucket == "1h" ? Size::hour
                                               : Size::day;
  return feed::stats_json(
      **store, {arguments.brand, arguments.bucket, size, *from, *to, true, arguments.kpi}, *config);
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

double number_of(simdjson::dom::element object, std::string_view key) {
  double value = 0;
  return object[key].get(value) ? 0.0 : value;
}

std::uint64_t count_of(simdjson::dom::element object, std::string_view key) {
  std::uint64_t value = 0;
  return object[key].get(value) ? std::uint64_t{0} : value;
}

// The net promoter score of surveys, if anybody answered one.
std::string survey_text(simdjson::dom::element survey) {
  const std::uint64_t answers = count_of(survey, "answers");
  if (answers == 0) return {};
  return fmt::format("survey NPS: {:+.1f} ({:+.1f} to {:+.1f}), {} answers\n",
                     number_of(survey, "nps"), number_of(survey, "low"), number_of(survey, "high"),
                     answers);
}

// What texts say of recommending. Never the same as what surveys say.
std::string balance_text(simdjson::dom::element balance) {
  const std::uint64_t authors = count_of(balance, "authors");
  std::string text = "recommendation balance (not an NPS): ";
  if (authors < count_of(balance, "authors_needed")) {
    return text + fmt::format("not shown, {} authors with an opinion, {} are needed\n", authors,
                              count_of(balance, "authors_needed"));
  }
  text += fmt::format("{:+.1f} ({:+.1f} to {:+.1f})\n", number_of(balance, "balance"),
                      number_of(balance, "low"), number_of(balance, "high"));
  text += fmt::format("  of {} authors {} recommend, {} speak against, {} do neither\n", authors,
                      count_of(balance, "promoters"), count_of(balance, "detractors"),
                      count_of(balance, "passives"));
  return text + fmt::format("negative word of mouth: {:.1f} % of authors ({:.1f} to {:.1f})\n",
                            100 * number_of(balance, "nwom_rate"),
                            100 * number_of(balance, "nwom_low"),
                            100 * number_of(balance, "nwom_high"));
}

// The three series, of which none stands for another (FEATURES D.5).
std::string net_scores_text(simdjson::dom::element document) {
  std::string text;
  simdjson::dom::element survey, balance, stars;
  if (!document["survey_nps"].get(survey)) text += survey_text(survey);
  if (!document["star_proxy"].get(stars) && count_of(stars, "reviews") > 0) {
    text += fmt::format(
        "star proxy (not an NPS): {:+.1f} ({:+.1f} to {:+.1f}), {} reviews, {:.2f} stars\n",
        number_of(stars, "score"), number_of(stars, "low"), number_of(stars, "high"),
        count_of(stars, "reviews"), number_of(stars, "mean_stars"));
  }
  if (!document["recommendation_balance"].get(balance)) text += balance_text(balance);
  return text;
}

// One figure a line; those of advocates one by one.
std::string kpi_text(simdjson::dom::object kpi, std::string_view indent = "") {
  std::string text;
  for (const auto& [name, value] : kpi) {
    simdjson::dom::object part;
    if (value.get(part)) {
      text += fmt::format("{}{}: {}\n", indent, name, std::string(simdjson::minify(value)));
    } else if (std::uint64_t of = 0; !part["of"].get(of)) {
      text += fmt::format("{}{}: {} of {}", indent, name, count_of(value, "part"), of);
      text += of == 0
                  ? "\n"
                  : fmt::format(", {:.1f} % ({:.1f} to {:.1f})\n", 100 * number_of(value, "share"),
                                100 * number_of(value, "low"), 100 * number_of(value, "high"));
    } else {
      text += fmt::format("{}{}:\n{}", indent, name, kpi_text(part, "  "));
    }
  }
  return text;
}

// The JSON as a table: one bucket a line, then the sums.
Result<std::string> table(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array buckets;
  if (parser.parse(json).get(document) || document["buckets"].get(buckets))
    return fail(ErrorCode::io, "these statistics are not understood");
  std::string text =
      fmt::format("{:<17} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}\n", "from", "mentions", "positive",
                  "negative", "neutral", "recommend", "complaints");
  for (const simdjson::dom::element bucket : buckets) {
    std::string_view begin;
    if (bucket["begin"].get(begin)) begin = "?";
    text += fmt::format("{:<17} {:>8} {:>8} {:>8} {:>8} {:>10} {:>10}\n", begin.substr(0, 16),
                        count_of(bucket, "mentions"), count_of(bucket, "positive"),
                        count_of(bucket, "negative"), count_of(bucket, "neutral"),
                        count_of(bucket, "recommendations"), count_of(bucket, "complaints"));
  }
  for (const std::string_view name : {"share_of_voice", "mention_recommendation_balance"}) {
    simdjson::dom::element value;
    if (document[name].get(value) || value.is_null()) continue;
    text += fmt::format("{}: {}\n", name, std::string(simdjson::minify(value)));
  }
  text += net_scores_text(document);
  simdjson::dom::object kpi;
  if (!document["kpi"].get(kpi)) text += kpi_text(kpi);
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
  add_config_flag(*command, arguments->config);
  command->add_option("--brand", arguments->brand, "the brand's id")->required();
  command->add_option("--from", arguments->from,
                      "first instant or day (default: 30 days before --to)");
  command->add_option("--to", arguments->to, "end (default: now)");
  command->add_option("--bucket", arguments->bucket, "5m, 1h or 1d")
      ->capture_default_str()
      ->check(CLI::IsMember({"5m", "1h", "1d"}));
  command->add_flag("--kpi", arguments->kpi,
                    "also authors, reviews, share of voice, advocates and defence (reads every "
                    "history)");
  command->add_flag("--json", arguments->json, "JSON instead of a table");
  command->final_callback([arguments, &exit_code] {
    auto text = stats(*arguments);
    if (text && !arguments->json) text = table(*text);
    exit_code = text ? kSuccess : report(text.error());
    if (text) fmt::print("{}{}", *text, text->ends_with('\n') ? "" : "\n");
  });
}

}  // namespace passaparola::app
