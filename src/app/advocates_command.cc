// passaparola advocates: the identification job.
#include <fmt/format.h>

#include "advocacy/advocacy.h"
#include "advocacy/cohorts.h"
#include "advocacy/movement.h"
#include "advocacy/revisions.h"
#include "app/cli.h"
#include "app/config.h"
#include "app/server_client.h"
#include "core/limits.h"

namespace passaparola::app {
namespace {

struct AdvocatesArguments {
  StoreFlags store;
  std::string brand, relation, as_of, level, config;
  std::string type, language, active_from, active_to, cohort, compare;
  advocacy::PeopleFilter filter;
  std::string format = "table";
  std::size_t top = 20;
  std::uint64_t after = 0;
  bool explain = false, settings = false, cohorts = false, revisions = false;
};

Result<std::string> settings_of(const AdvocatesArguments& arguments) {
  const auto config = load_advocacy(arguments.config);
  if (!config) return config.error();
  return arguments.format == "json" ? advocacy::settings_json(*config)
                                    : advocacy::settings_toml(*config);
}

// The filter with what its flags say in words.
Result<advocacy::PeopleFilter> filter_of(const AdvocatesArguments& arguments) {
  advocacy::PeopleFilter filter = arguments.filter;
  if (!arguments.level.empty()) filter.least_level = *advocacy::parse_level(arguments.level);
  filter.type = advocacy::parse_type(arguments.type);
  filter.language = pack_language(arguments.language);
  if (!arguments.language.empty() && filter.language == 0) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("--language {}: not a language; write it or en", arguments.language));
  }
  if (!arguments.cohort.empty()) {
    filter.cohort = advocacy::parse_month(arguments.cohort);
    if (!filter.cohort) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("--cohort {}: not a month; write 2026-03", arguments.cohort));
    }
  }
  if (!arguments.active_from.empty()) {
    const auto from = parse_time_flag("active-from", arguments.active_from, {});
    if (!from) return from.error();
    filter.active_from = *from;
  }
  if (!arguments.active_to.empty()) {
    const auto to = parse_time_flag("active-to", arguments.active_to, {});
    if (!to) return to.error();
    filter.active_to = *to;
  }
  return filter;
}

template <typename Report>
Result<std::string> text_of(const Result<Report>& report, advocacy::ReportFormat format) {
  if (!report) return report.error();
  return advocacy::formatted(*report, format);
}

bool as_json(const AdvocatesArguments& arguments) { return arguments.format == "json"; }

Result<std::string> revisions_of(const AdvocatesArguments& arguments) {
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    return client->get(fmt::format("/api/v1/brands/{}/revisions?after={}&format={}",
                                   url_encoded(arguments.brand), arguments.after,
                                   as_json(arguments) ? "json" : "ndjson"));
  }
  const auto config = load_advocacy(arguments.config);
  if (!config) return config.error();
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  const advocacy::RevisionQuery query{arguments.brand, arguments.after, kMaxPageItems, now()};
  const auto page = advocacy::revisions(**store, query, *config);
  if (!page) return page.error();
  return as_json(arguments) ? advocacy::to_json(query, *page) : advocacy::to_ndjson(query, *page);
}

Result<std::string> from_store(const AdvocatesArguments& arguments) {
  auto as_of = parse_time_flag("as-of", arguments.as_of, now());
  if (!as_of) return as_of.error();
  auto before = parse_time_flag("compare", arguments.compare, *as_of);
  if (!before) return before.error();
  auto filter = filter_of(arguments);
  if (!filter) return filter.error();
  const auto config = load_advocacy(arguments.config);
  if (!config) return config.error();
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  advocacy::IdentifyQuery query;
  query.brand = arguments.brand;
  query.top = arguments.top;
  query.as_of = *as_of;
  query.is_now = arguments.as_of.empty();
  query.filter = *filter;
  if (!arguments.relation.empty())
    query.relation = advocacy::parse_relation_class(arguments.relation);
  const auto format = *advocacy::parse_report_format(arguments.format);
  if (arguments.cohorts) {
    return text_of(advocacy::cohorts(**store, query.brand, *as_of, *config), format);
  }
  if (!arguments.compare.empty()) {
    return text_of(advocacy::compare(**store, query, *before, *config), format);
  }
  auto report = advocacy::identify(**store, query, *config);
  if (!report) return report.error();
  return advocacy::formatted(*report, format, arguments.explain);
}

Result<std::string> from_server(const AdvocatesArguments& arguments) {
  auto as_of = parse_time_flag("as-of", arguments.as_of, now());
  if (!as_of) return as_of.error();
  auto before = parse_time_flag("compare", arguments.compare, *as_of);
  if (!before) return before.error();
  const auto checked = filter_of(arguments);
  if (!checked) return checked.error();
  auto client = ServerClient::connect(arguments.store.server);
  if (!client) return client.error();
  std::string target =
      fmt::format("/api/v1/brands/{}/advocates?top={}&explain={}&format={}",
                  url_encoded(arguments.brand), arguments.top, arguments.explain, arguments.format);
  if (!arguments.relation.empty()) target += "&class=" + url_encoded(arguments.relation);
  const advocacy::PeopleFilter& filter = *checked;
  if (!arguments.level.empty()) target += "&level=" + arguments.level;
  if (!filter.source.empty()) target += "&source=" + url_encoded(filter.source);
  if (filter.audience_min) target += fmt::format("&audience_min={}", *filter.audience_min);
  if (filter.audience_max) target += fmt::format("&audience_max={}", *filter.audience_max);
  if (filter.at_risk) target += "&at_risk=true";
  if (filter.lapsed) target += "&lapsed=true";
  if (filter.type) target += "&type=" + arguments.type;
  if (filter.language != 0) target += "&language=" + url_encoded(arguments.language);
  if (filter.cohort) target += "&cohort=" + arguments.cohort;
  if (arguments.cohorts) target += "&cohorts=true";
  const auto time = [&](std::string_view name, Timestamp at) {
    target += fmt::format("&{}={}", name, url_encoded(format_rfc3339(at)));
  };
  if (filter.active_from) time("active_from", *filter.active_from);
  if (filter.active_to) time("active_to", *filter.active_to);
  if (!arguments.compare.empty()) time("compare", *before);
  if (!arguments.as_of.empty()) target += "&as_of=" + url_encoded(format_rfc3339(*as_of));
  return client->get(target);
}

// Who of the class is wanted.
void add_filter_flags(CLI::App& command, AdvocatesArguments& arguments) {
  command.add_option("--level", arguments.level, "people of at least this level")
      ->check(CLI::IsMember({"candidate", "advocate", "champion"}));
  command.add_option("--source", arguments.filter.source, "people who write on this source");
  command
      .add_option("--audience-min", arguments.filter.audience_min,
                  "people with at least so many followers")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--audience-max", arguments.filter.audience_max,
                  "people with at most so many followers, or an unknown number")
      ->check(CLI::NonNegativeNumber);
  command.add_flag("--at-risk", arguments.filter.at_risk,
                   "advocates who complained in the last 30 days, of any class by now");
  command.add_flag("--lapsed", arguments.filter.lapsed,
                   "advocates who did nothing that counts for 180 days, of any class by now");
  command.add_option("--type", arguments.type, "people of this type")
      ->check(CLI::IsMember(
          {"educator", "validator", "status_seeker", "collaborator", "undetermined"}));
  command.add_option("--language", arguments.language,
                     "people who mostly write this language, such as it");
  command.add_option("--active-from", arguments.active_from,
                     "people with an act that counts at this time or later");
  command.add_option("--active-to", arguments.active_to, "the same, before this time");
  command.add_option("--cohort", arguments.cohort,
                     "people first seen in this month, such as 2026-03");
}

}  // namespace

void add_advocates(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<AdvocatesArguments>();
  CLI::App* command = app.add_subcommand(
      "advocates", "Who are this brand's real advocates, why, and who was only paid");
  add_store_flags(*command, arguments->store);
  command->add_option("--brand", arguments->brand, "the brand's id");
  add_config_flag(*command, arguments->config);
  command->add_option("--top", arguments->top, "how many people")
      ->capture_default_str()
      ->check(CLI::Range(1, static_cast<int>(kMaxPageItems)));
  const auto known_class = [](const std::string& name) -> std::string {
    if (advocacy::parse_relation_class(name)) return {};
    return fmt::format(
        "no relation class is called '{}': advocate, loyal, influencer, referral-partner, "
        "incentivised, affiliated, detractor, inauthentic or neutral",
        name);
  };
  command->add_option("--class", arguments->relation, "people of this relation class instead")
      ->check(CLI::Validator(known_class, "CLASS"));
  add_filter_flags(*command, *arguments);
  command->add_flag("--cohorts", arguments->cohorts,
                    "instead: by the month of the first mention, how many people became advocates "
                    "and still are");
  CLI::Option* const revisions = command->add_flag(
      "--revisions", arguments->revisions,
      "instead: whose standing changed since something of their history is gone, and why; NDJSON, "
      "at most 1000, oldest first");
  command
      ->add_option("--after", arguments->after, "of these, those behind the one with this number")
      ->needs(revisions);
  command->add_option("--compare", arguments->compare,
                      "instead: who came, rose, stayed, fell and left since this time");
  command->add_option("--as-of", arguments->as_of, "as known at this time (default: now)");
  command->add_flag("--explain", arguments->explain,
                    "every factor of every score, and what is missing for the next level");
  command->add_option("--format", arguments->format, "table, json, ndjson or csv")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json", "ndjson", "csv"}));
  command
      ->add_flag("--settings", arguments->settings,
                 "print every setting with its default and their hash, as a configuration file (or "
                 "--format json), and no people")
      ->excludes(command->get_option("--server"));
  // In place of what add_store_flags asks for: settings are printed without a store.
  command->parse_complete_callback([arguments] {
    if (arguments->settings) return;
    if (arguments->store.store.empty() && arguments->store.server.empty()) {
      throw CLI::RequiredError("--store or --server");
    }
    if (arguments->brand.empty()) throw CLI::RequiredError("--brand");
  });
  command->final_callback([arguments, &exit_code] {
    auto text = arguments->settings               ? settings_of(*arguments)
                : arguments->revisions            ? revisions_of(*arguments)
                : arguments->store.server.empty() ? from_store(*arguments)
                                                  : from_server(*arguments);
    if (!text) {
      exit_code = report(text.error());
      return;
    }
    exit_code = kSuccess;
    if (text->empty()) return;
    const bool is_json = arguments->revisions || arguments->format.ends_with("json");
    if (is_json) return print_json(*text);
    fmt::print("{}{}", *text, text->ends_with('\n') ? "" : "\n");
  });
}

}  // namespace passaparola::app
