// passaparola serve: the daemon. Wires the parts together and takes them apart in the right order.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <future>

#include "advocacy/ranking.h"
#include "app/cli.h"
#include "app/config.h"
#include "app/deliveries_json.h"
#include "app/history_filter.h"
#include "app/live_deliveries.h"
#include "app/live_sources.h"
#include "app/process.h"
#include "app/rules_json.h"
#include "app/rules_service.h"
#include "app/wanted.h"
#include "app/webhook_config.h"
#include "core/json.h"
#include "core/terminal.h"
#include "feed/access.h"
#include "feed/feed.h"
#include "pipeline/intake.h"
#include "pipeline/live_rules.h"
#include "pipeline/writer.h"

namespace passaparola::app {
namespace {

struct ServeArguments {
  std::string config, rules, lexicons, store, listen;
};

Result<ServeConfig> merged_config(const ServeArguments& arguments) {
  ServeConfig config;
  if (!arguments.config.empty()) {
    auto loaded = load_config(arguments.config);
    if (!loaded) return loaded.error();
    config = std::move(*loaded);
  }
  const auto override_with = [](std::string& value, const std::string& flag) {
    if (!flag.empty()) value = flag;
  };
  override_with(config.rules, arguments.rules);
  override_with(config.lexicons, arguments.lexicons);
  override_with(config.store, arguments.store);
  override_with(config.listen, arguments.listen);
  if (config.rules.empty() || config.store.empty()) {
    return fail(ErrorCode::invalid_argument,
                "serve needs rules and a store: --rules and --store, or [rules] path and [store] "
                "path in the configuration");
  }
  return config;
}

std::string metrics_text(const pipeline::Intake& intake, const pipeline::Writer& writer,
                         const store::Store& store) {
  const pipeline::Counts counts = intake.counts();
  std::string text = fmt::format(
      "# TYPE passaparola_posts_total counter\npassaparola_posts_total {}\n"
      "# TYPE passaparola_posts_matched_total counter\npassaparola_posts_matched_total {}\n"
      "# TYPE passaparola_input_bytes_total counter\npassaparola_input_bytes_total {}\n"
      "# TYPE passaparola_intake_waiting_bytes gauge\npassaparola_intake_waiting_bytes {}\n"
      "# TYPE passaparola_writer_queued_bytes gauge\npassaparola_writer_queued_bytes {}\n"
      "# TYPE passaparola_store_disk_bytes gauge\npassaparola_store_disk_bytes {}\n"
      "# TYPE passaparola_rejected_total counter\n",
      counts.posts, counts.matched_posts, counts.bytes, intake.waiting_bytes(),
      writer.queued_bytes(), store.disk_bytes());
  for (std::size_t i = 0; i < counts.rejected.size(); ++i) {
    text += fmt::format("passaparola_rejected_total{{reason=\"{}\"}} {}\n",
                        ingest::name_of(static_cast<ingest::RejectReason>(i)), counts.rejected[i]);
  }
  return text;
}

feed::Push push_into(pipeline::Intake& intake, ingest::Format format) {
  return [&intake, format](std::string body, std::function<void(Result<feed::PushOutcome>)> done) {
    auto answer = [done = std::move(done)](Result<pipeline::IntakeOutcome> taken) {
      if (!taken) return done(taken.error());
      feed::PushOutcome outcome{taken->accepted, taken->duplicates, {}};
      for (const ingest::Reject& reject : taken->rejected) {
        outcome.rejected.push_back({reject.line, std::string(ingest::name_of(reject.reason))});
      }
      done(std::move(outcome));
    };
    intake.push({format, std::move(body), {}}, std::move(answer));
  };
}

std::vector<feed::Webhook> pushing_into(pipeline::Intake& intake,
                                        std::vector<feed::Webhook> webhooks,
                                        const ServeConfig& config) {
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    webhooks[i].push = push_into(intake, config.webhooks[i].format);
  }
  return webhooks;
}

// Erasure is a write: it waits its turn on the writer's thread.
feed::Forget forget_on(pipeline::Writer& writer) {
  return [&writer](std::vector<store::AuthorId> authors) {
    auto proofs = std::make_shared<std::promise<feed::Forgotten>>();
    auto future = proofs->get_future();
    auto task = [proofs, authors = std::move(authors)](store::Store& store) {
      proofs->set_value(store.forget(authors));
    };
    writer.run(std::move(task));
    return future.get();
  };
}

// Blocks SIGINT, SIGTERM and SIGHUP in this thread and all that it will start, so that one can wait
// for them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

struct Start {
  pipeline::RuleSet rules;
  std::shared_ptr<const sentiment::Scorer> scorer;
};

// An empty folder is no mistake: the page then asks for the first brand.
Result<pipeline::RuleSet> first_rules(const std::filesystem::path& path) {
  auto rules = pipeline::load_rule_set(path, pattern_compiler());
  std::error_code error;
  const bool is_empty = !rules && rules.error().code == ErrorCode::not_found &&
                        std::filesystem::is_directory(path, error);
  if (!is_empty) return rules;
  auto none = match::Ruleset::compile({}, pattern_compiler());
  if (!none) return none.error();
  spdlog::info("{} holds no rules yet: add a brand on the page", path.string());
  return pipeline::RuleSet{{}, *std::move(none)};
}

Result<Start> load_start(const ServeConfig& config) {
  auto lexicons = find_lexicons(config.lexicons, config.rules);
  if (!lexicons) return lexicons.error();
  auto rules = first_rules(config.rules);
  if (!rules) {
    const bool is_file = rules.error().code == ErrorCode::invalid_argument;
    return fail(is_file ? ErrorCode::invalid_file : rules.error().code, rules.error().message);
  }
  auto scorer = sentiment::Scorer::load(*lexicons);
  if (!scorer) return scorer.error();
  return Start{*std::move(rules), *std::move(scorer)};
}

void warn_of(const match::Ruleset& rules) {
  for (const match::Diagnostic& warning : rules.warnings()) {
    spdlog::warn("{}:{}:{}: {} {}", terminal_safe(warning.file), warning.line, warning.column,
                 warning.code, terminal_safe(warning.message));
  }
}

// What is done beside the feed: every minute rankings are brought up to date, so that nobody who
// asks waits for it, and old posts are taken away.
class Upkeep {
 public:
  Upkeep(store::Store& store, store::Retention retention, const advocacy::AdvocacyConfig& advocacy)
      : store_(store), retention_(std::move(retention)), advocacy_(advocacy) {}

  void run() {
    const Timestamp at = now();
    // A day's mark is made by the day's first call; all others find nothing to do.
    const auto retained = store_.retain(retention_, at);
    if (!retained) {
      spdlog::error("old posts could not be taken away: {}", retained.error().message);
    } else if (retained->mentions > 0) {
      spdlog::info("{} posts were older than they are kept, and are gone", retained->mentions);
    }
    for (const std::string& brand : store_.brands()) {
      const auto ranked = advocacy::update_ranks(store_, brand, at, advocacy_);
      if (!ranked)
        spdlog::error("the people of {} could not be ranked: {}", brand, ranked.error().message);
    }
  }

 private:
  store::Store& store_;
  store::Retention retention_;
  advocacy::AdvocacyConfig advocacy_;
};

constexpr timespec kUpkeepEvery{60, 0};

void reload_certificate(feed::Server& server) {
  const auto loaded = server.reload_certificate();
  if (loaded) return;
  spdlog::error("the certificate stays as it was: {}", terminal_safe(loaded.error().message));
}

void say_where(const feed::ServerOptions& options, const std::string& listen, std::uint16_t port) {
  const bool is_plain = options.certificate.empty();
  fmt::print("listening on {}://{}:{}/\n", is_plain ? "http" : "https",
             listen.substr(0, listen.rfind(':')), port);
  std::fflush(stdout);
  if (!is_plain || feed::is_loopback(options.address)) return;
  spdlog::warn(
      "others on the network can read tokens and posts on their way: set [server] certificate and "
      "key, or listen at 127.0.0.1 behind a proxy that speaks TLS");
}

// Until SIGINT or SIGTERM; SIGHUP means that the rules or the certificate on disk are others now.
void wait_for_stop(const sigset_t& signals, const std::function<void()>& reload, Upkeep& upkeep) {
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kUpkeepEvery);
    if (signal == SIGINT || signal == SIGTERM) return;
    if (signal == SIGHUP) reload();
    if (signal < 0 && errno == EAGAIN) upkeep.run();
  }
}

// The folder of export jobs: "store.exports" beside "store".
std::string beside(std::string store) {
  while (store.size() > 1 && store.ends_with('/')) store.pop_back();
  return store + ".exports";
}

feed::ServerOptions server_options(const ServeConfig& config, const ListenAddress& listen,
                                   const std::string& token) {
  feed::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.host_names = config.host_names;
  options.origins = config.origins;
  options.tokens = config.tokens;
  if (!token.empty()) options.tokens.push_back(feed::admin_token(token));
  options.requests_per_minute = config.requests_per_minute;
  options.connections_per_address = config.connections_per_address;
  options.max_connections = connections_within_descriptors();
  options.certificate = config.certificate;
  options.key = config.key;
  options.export_folder = beside(config.store);
  options.threads = static_cast<unsigned>(std::max<std::uint64_t>(1, config.http_threads));
  return options;
}

Result<std::unique_ptr<store::Store>> open_store(const ServeConfig& config) {
  store::StoreOptions options;
  options.memory_bytes = config.store_memory_mib << 20;
  options.min_free_bytes = config.store_min_free_mib << 20;
  options.say = [](std::string_view words) { spdlog::info("{}", words); };
  return store::Store::open(config.store, options);
}

// What of `services` is about rules. Both outlive the server.
void serve_rules(pipeline::LiveRules& rules, feed::RuleVersions& versions,
                 feed::Services& services) {
  services.rules_json = [&rules] { return rules_json(*rules.current()); };
  services.rules_hash = [&rules] { return std::string(rules.current()->rules->hash()); };
  services.change_rules = change_rules_of(rules, versions, services.store->id());
  services.rule_versions = &versions;
}

Result<void> run(const ServeArguments& arguments) {
  // Before anything starts a thread, such as compiling rules and the store do.
  const sigset_t stop_signals = block_stop_signals();
  auto config = merged_config(arguments);
  if (!config) return config.error();
  auto listen = parse_listen(config->listen);
  if (!listen) return listen.error();
  auto token = load_token(config->token_file);
  if (!token) return token.error();
  auto webhooks = load_webhooks(config->webhooks);
  if (!webhooks) return webhooks.error();
  auto start = load_start(*config);
  if (!start) return start.error();
  warn_of(*start->rules.rules);
  auto store = open_store(*config);
  if (!store) return store.error();

  pipeline::Writer writer(**store, {});
  pipeline::Intake intake({start->rules.rules, start->scorer}, **store, writer, config->workers);
  const std::size_t brands = start->rules.rules->brands().size();
  feed::RuleVersions versions(**store);
  pipeline::LiveRules rules(config->rules, std::move(start->rules), start->scorer, intake,
                            pattern_compiler());
  keep_version(*rules.current(), feed::RulesCame::start, {}, versions);
  feed::Services services;
  services.store = store->get();
  services.push = push_into(intake, ingest::Format::native);
  services.webhooks = pushing_into(intake, *std::move(webhooks), *config);
  services.compile_filter = filters_over(**store, config->advocacy);
  serve_rules(rules, versions, services);
  auto deliveries = start_deliveries(config->deliveries, services.compile_filter, **store);
  if (!deliveries) return deliveries.error();
  services.deliveries = answers_of(**deliveries, (*store)->id());
  LiveSources sources(intake, writer, **store);
  services.sources_json = [&sources] { return sources.to_json(); };
  services.metrics = [&] {
    return metrics_text(intake, writer, **store) + sources.metrics() +
           deliveries_metrics(**deliveries);
  };
  services.ready = [&] { return (*store)->can_write(); };
  services.forget = forget_on(writer);
  services.advocacy = config->advocacy;
  services.warnings = config->warnings;
  services.retention = retention_of(*config);
  const feed::ServerOptions options = server_options(*config, *listen, *token);
  auto server = feed::Server::start(options, std::move(services));
  if (!server) return server.error();
  (*store)->on_commit([&server, &deliveries](const store::FeedChange& change) {
    (*server)->committed(change);
    (*deliveries)->committed();
  });
  const auto reading =
      sources.start(config->sources, [&rules] { return wanted_of(*rules.current()->rules); });
  if (!reading) return reading.error();
  say_where(options, config->listen, (*server)->port());
  spdlog::info("serving {} brands from {}", brands, config->store);

  Upkeep upkeep(**store, retention_of(*config), config->advocacy);
  const auto reload = [&] {
    reload_rules(rules, versions);
    reload_certificate(**server);
  };
  wait_for_stop(stop_signals, reload, upkeep);
  spdlog::info("stopping: finishing what was accepted");
  sources.stop();
  (*server)->stop();
  (*deliveries)->stop();
  writer.drain();
  return {};
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ServeArguments>();
  CLI::App* command = app.add_subcommand(
      "serve", "The daemon: takes posts, stores mentions, serves the live feed and its page");
  command->add_option("--config", arguments->config, "TOML file; every flag here wins over it");
  command->add_option("--rules", arguments->rules, "folder of *.rules files, or one file");
  command->add_option("--lexicons", arguments->lexicons, "folder of the lexicons (default: found)");
  command->add_option("--store", arguments->store, "folder of the store");
  command->add_option("--listen", arguments->listen, "ADDRESS:PORT (default 127.0.0.1:8737)");
  command->final_callback([arguments, &exit_code] {
    spdlog::set_default_logger(spdlog::stderr_logger_mt("passaparola"));
    keep_private();
    auto done = run(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
