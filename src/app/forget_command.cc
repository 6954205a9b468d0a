// passaparola forget: erases an author, with proof.
#include <fmt/format.h>

#include "app/cli.h"
#include "app/server_client.h"
#include "feed/answers.h"

namespace passaparola::app {
namespace {

struct ForgetArguments {
  StoreFlags store;
  std::string source, author;
};

Result<std::string> forget(const ForgetArguments& arguments) {
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    return client->del(fmt::format("/api/v1/authors/{}/{}", url_encoded(arguments.source),
                                   url_encoded(arguments.author)));
  }
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  auto proof = (*store)->forget(arguments.source, arguments.author);
  if (!proof) return proof.error();
  return feed::erasure_json(*proof);
}

}  // namespace

void add_forget(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ForgetArguments>();
  CLI::App* command = app.add_subcommand(
      "forget", "Erase everything of an author, here and on disk, and print the proof");
  add_store_flags(*command, arguments->store);
  command->add_option("--source", arguments->source, "the author's network, such as bluesky")
      ->required();
  command->add_option("--author", arguments->author, "the author's id there")->required();
  command->final_callback([arguments, &exit_code] {
    auto proof = forget(*arguments);
    exit_code = proof ? kSuccess : report(proof.error());
    if (proof) fmt::print("{}\n", *proof);
  });
}

}  // namespace passaparola::app
