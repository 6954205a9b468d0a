// passaparola history: everything that the store holds of one author.
#include <fmt/format.h>

#include "app/cli.h"
#include "app/config.h"
#include "app/server_client.h"
#include "feed/access_report.h"
#include "feed/answers.h"

namespace passaparola::app {
namespace {

struct HistoryArguments {
  StoreFlags store;
  std::string source, author, brand, config;
  bool access = false;
};

Result<std::string> history(const HistoryArguments& arguments) {
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    std::string target = fmt::format("/api/v1/authors/{}/{}", url_encoded(arguments.source),
                                     url_encoded(arguments.author));
    if (arguments.access) target += "/access";
    if (!arguments.brand.empty()) target += "?brand=" + url_encoded(arguments.brand);
    return client->get(target);
  }
  const auto config =
      arguments.config.empty() ? Result<ServeConfig>(ServeConfig{}) : load_config(arguments.config);
  if (!config) return config.error();
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  if (arguments.access) {
    return feed::access_report_json(**store, {arguments.source, arguments.author},
                                    retention_of(*config), config->advocacy, SIZE_MAX);
  }
  return feed::author_json(**store, arguments.source, arguments.author, arguments.brand,
                           config->advocacy, feed::Caller());
}

}  // namespace

void add_history(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<HistoryArguments>();
  CLI::App* command =
      app.add_subcommand("history", "One author's mentions and aggregates, brand by brand");
  add_store_flags(*command, arguments->store);
  add_config_flag(*command, arguments->config);
  command->add_option("--source", arguments->source, "the author's network, such as bluesky")
      ->required();
  command->add_option("--author", arguments->author, "the author's id there")->required();
  auto* brand = command->add_option("--brand", arguments->brand, "only this brand");
  command
      ->add_flag("--access", arguments->access,
                 "everything that is kept of them, for themselves (GDPR Article 15)")
      ->excludes(brand);
  command->final_callback([arguments, &exit_code] {
    auto json = history(*arguments);
    exit_code = json ? kSuccess : report(json.error());
    if (json) print_json(*json);
  });
}

}  // namespace passaparola::app
