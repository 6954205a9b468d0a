// passaparola sources, and source test: how the real feeds are doing, and whether one can be read.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "app/cli.h"
#include "app/config.h"
#include "app/server_client.h"
#include "app/wanted.h"
#include "connect/connect.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::app {
namespace {

struct SourcesArguments {
  std::string server;
  bool json = false;
};
struct TestArguments {
  std::string name, config;
  std::size_t posts = 10;
  std::uint64_t seconds = 60;
};

std::string_view text_in(const simdjson::dom::element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

double number_in(const simdjson::dom::element& object, std::string_view key) {
  double number = 0;
  return object[key].get(number) == simdjson::SUCCESS ? number : -1;
}

std::string age(double seconds) {
  if (seconds < 0) return "-";
  if (seconds < 120) return fmt::format("{:.1f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.0f} h", seconds / 3600);
}

void print_source(const simdjson::dom::element& source) {
  fmt::print("{} {} {} {:>9.1f} {} {:>4.0f}\n", fit_columns(text_in(source, "name"), 18),
             fit_columns(text_in(source, "type"), 11), fit_columns(text_in(source, "state"), 10),
             number_in(source, "records_per_second"),
             fit_columns(age(number_in(source, "lag_seconds")), 8),
             std::max(0.0, number_in(source, "gap_count")));
  const std::string error = terminal_safe(text_in(source, "last_error"));
  if (!error.empty()) fmt::print("  last error: {}\n", error);
}

Result<void> print_sources(const SourcesArguments& arguments) {
  auto client = ServerClient::connect(arguments.server);
  if (!client) return client.error();
  const auto body = client->get("/api/v1/sources");
  if (!body) return body.error();
  if (arguments.json) {
    print_json(*body);
    return {};
  }
  simdjson::dom::parser parser;
  simdjson::dom::array sources;
  if (parser.parse(*body)["sources"].get(sources) != simdjson::SUCCESS) {
    return fail(ErrorCode::io, "the server's answer is no list of sources");
  }
  if (sources.size() == 0) {
    fmt::print("no sources: each is a [[source]] of the server's configuration\n");
    return {};
  }
  fmt::print("{:<18} {:<11} {:<10} {:>9} {:<8} {:>4}\n", "name", "type", "state", "records/s",
             "lag", "gaps");
  for (const simdjson::dom::element source : sources) print_source(source);
  return {};
}

// Shows what a source gives, and stores nothing.
class Trial {
 public:
  // `rules`: where they are, for the few sources that ask by them.
  Trial(std::size_t posts, std::string rules) : posts_(posts), rules_(std::move(rules)) {}

  connect::Services services() {
    connect::Services services;
    services.deliver = [this](const std::string&, connect::Delivery delivery,
                              std::function<void(Result<connect::Delivered>)> done) {
      done(take(std::move(delivery)));
    };
    services.note_gap = [](SourceGap gap, std::function<void(Result<SourceGap>)> done) {
      gap.number = 1;
      done(std::move(gap));
    };
    services.cursor = [](const std::string&) { return std::optional<std::string>(); };
    services.wanted = [this] { return wanted(); };
    return services;
  }

  // True: the posts were shown before `until`.
  bool wait(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return shown_ >= posts_; });
  }
  std::size_t shown() const {
    const std::lock_guard lock(mutex_);
    return shown_;
  }

 private:
  // On the thread of the sources. Reading rules takes time, and is needed by few.
  const std::vector<connect::Wanted>& wanted() {
    if (wanted_) return *wanted_;
    const auto rules = match::Ruleset::load(rules_, pattern_compiler());
    if (!rules) fmt::print(stderr, "without rules: {}\n", rules.error().message);
    return wanted_.emplace(rules ? wanted_of(**rules) : std::vector<connect::Wanted>());
  }

  connect::Delivered take(connect::Delivery delivery) {
    const std::lock_guard lock(mutex_);
    const std::size_t size = delivery.bytes.size();
    delivery.bytes.append(kInputPaddingBytes, '\0');
    batch_.clear();
    decoder_.decode(delivery.format, std::string_view(delivery.bytes).substr(0, size), batch_);
    for (const PostView& post : batch_.posts) show(post);
    connect::Delivered delivered;
    delivered.records = batch_.records;
    delivered.posts = batch_.posts.size();
    delivered.rejected = batch_.rejects.size();
    changed_.notify_all();
    return delivered;
  }

  void show(const PostView& post) {
    if (shown_ >= posts_ || (post.op != PostOp::create && post.op != PostOp::update)) return;
    ++shown_;
    const std::string_view who = post.author.handle.empty() ? post.author.id : post.author.handle;
    fmt::print("{}  {}  {}\n", format_rfc3339(post.created_at), fit_columns(terminal_safe(who), 20),
               fit_columns(terminal_safe(post.text.empty() ? post.title : post.text), 30));
    std::fflush(stdout);
  }

  const std::size_t posts_;
  const std::string rules_;
  std::optional<std::vector<connect::Wanted>> wanted_;  // once somebody has asked
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t shown_ = 0;    // protected by mutex_
  ingest::Decoder decoder_;  // protected by mutex_
  ingest::PostBatch batch_;  // protected by mutex_
};

Result<int> test(const TestArguments& arguments) {
  auto config = load_config(arguments.config);
  if (!config) return config.error();
  const auto found =
      std::find_if(config->sources.begin(), config->sources.end(),
                   [&](const auto& source) { return source.name == arguments.name; });
  if (found == config->sources.end()) {
    return fail(ErrorCode::not_found,
                fmt::format("{}: no [[source]] is called '{}'", arguments.config, arguments.name));
  }
  Trial trial(arguments.posts, config->rules);
  auto sources = connect::Sources::start({*found}, trial.services());
  if (!sources) return sources.error();
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::seconds(arguments.seconds);
  std::string told;
  while (!trial.wait(
      std::min(end, std::chrono::steady_clock::now() + std::chrono::milliseconds(200)))) {
    const connect::SourceStatus status = (*sources)->status().front();
    if (!status.last_error.empty() && status.last_error != told) {
      told = status.last_error;
      fmt::print(stderr, "{}\n", told);
    }
    if (std::chrono::steady_clock::now() >= end) break;
  }
  const connect::SourceStatus status = (*sources)->status().front();
  (*sources)->stop();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  fmt::print("{} posts shown, {} records in {:.1f} s ({:.1f}/s), {} rejected; read from {}\n",
             trial.shown(), status.records, seconds, static_cast<double>(status.records) / seconds,
             status.rejected, status.place.empty() ? "nowhere" : status.place);
  return trial.shown() > 0 ? kSuccess : kFailedRun;
}

}  // namespace

void add_sources(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<SourcesArguments>();
  CLI::App* command = app.add_subcommand(
      "sources", "How a running server's sources are doing: state, rate, lag, gaps, errors");
  command->add_option("--server", arguments->server, "http[s]://HOST:PORT of the server")
      ->required();
  command->add_flag("--json", arguments->json, "everything that is known of them, as JSON");
  command->final_callback([arguments, &exit_code] {
    const auto done = print_sources(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });

  auto tested = std::make_shared<TestArguments>();
  CLI::App* source = app.add_subcommand("source", "One source of a configuration");
  source->require_subcommand(1);
  CLI::App* test_command = source->add_subcommand(
      "test",
      "Connects to a source, shows some posts and the rate, and says what is wrong; stores "
      "nothing");
  test_command->add_option("NAME", tested->name, "the source's name")->required();
  test_command->add_option("--config", tested->config, "the configuration with its [[source]]")
      ->required();
  test_command->add_option("--posts", tested->posts, "how many posts")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  test_command->add_option("--seconds", tested->seconds, "for how long at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 86'400));
  test_command->final_callback([tested, &exit_code] {
    const auto code = test(*tested);
    exit_code = code ? *code : report(code.error());
  });
}

}  // namespace passaparola::app
