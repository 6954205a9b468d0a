// passaparola deliveries: how a running server's deliveries are doing.
#include <fmt/format.h>
#include <simdjson.h>

#include "app/cli.h"
#include "app/server_client.h"
#include "core/terminal.h"

namespace passaparola::app {
namespace {

struct DeliveriesArguments {
  std::string server;
  bool json = false;
};

std::string_view text_in(const simdjson::dom::element& object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::uint64_t number_in(const simdjson::dom::element& object, std::string_view key) {
  std::uint64_t number = 0;
  return object[key].get(number) == simdjson::SUCCESS ? number : 0;
}

void print_delivery(const simdjson::dom::element& delivery) {
  const std::string to = terminal_safe(text_in(delivery, "to"));
  fmt::print("{} {} {} {:>8} {:>8} {:>7} {:>6}\n",
             fit_columns(terminal_safe(text_in(delivery, "name")), 18), fit_columns(to, 28),
             fit_columns(text_in(delivery, "state"), 8), number_in(delivery, "lag_mentions"),
             number_in(delivery, "sent"), number_in(delivery, "failed"),
             number_in(delivery, "undelivered"));
  const std::string failure = terminal_safe(text_in(delivery, "last_failure"));
  if (!failure.empty()) fmt::print("  last failure: {}\n", failure);
}

Result<void> print_deliveries(const DeliveriesArguments& arguments) {
  auto client = ServerClient::connect(arguments.server);
  if (!client) return client.error();
  const auto body = client->get("/api/v1/deliveries");
  if (!body) return body.error();
  if (arguments.json) {
    print_json(*body);
    return {};
  }
  simdjson::dom::parser parser;
  simdjson::dom::array deliveries;
  if (parser.parse(*body)["deliveries"].get(deliveries) != simdjson::SUCCESS) {
    return fail(ErrorCode::io, "the server's answer is no list of deliveries");
  }
  if (deliveries.size() == 0) {
    fmt::print("no deliveries: each is a [[delivery]] of the server's configuration\n");
    return {};
  }
  fmt::print("{:<18} {:<28} {:<8} {:>8} {:>8} {:>7} {:>6}\n", "name", "to", "state", "lag", "sent",
             "failed", "owed");
  for (const simdjson::dom::element delivery : deliveries) print_delivery(delivery);
  return {};
}

}  // namespace

void add_deliveries(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<DeliveriesArguments>();
  CLI::App* command = app.add_subcommand(
      "deliveries",
      "How a running server's deliveries are doing: state, lag, failures, what is owed");
  command->add_option("--server", arguments->server, "http://HOST:PORT of the server")->required();
  command->add_flag("--json", arguments->json, "everything that is known of them, as JSON");
  command->final_callback([arguments, &exit_code] {
    const auto done = print_deliveries(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
