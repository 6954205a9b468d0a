// passaparola correct: a person says what is right of a mention.
#include <fmt/format.h>

#include "app/cli.h"
#include "app/server_client.h"
#include "core/json.h"
#include "feed/triage.h"

namespace passaparola::app {
namespace {

struct CorrectArguments {
  StoreFlags store;
  std::string id, label;
  std::vector<std::string> acts;
  std::optional<bool> about_brand;
  bool no_acts = false, sampled = false, remove = false;
};

// The body of PATCH /mentions/{id}, which both ways go by, so that both refuse the same.
std::string body_of(const CorrectArguments& arguments) {
  std::string body;
  JsonWriter writer(body);
  writer.StartObject();
  writer.key("correction");
  if (arguments.remove) {
    writer.Null();
  } else {
    writer.StartObject();
    writer.field("label", arguments.label);
    if (!arguments.acts.empty() || arguments.no_acts) {
      writer.key("acts");
      writer.StartArray();
      for (const std::string& act : arguments.acts) writer.string(act);
      writer.EndArray();
    }
    if (arguments.about_brand) writer.field("about_brand", *arguments.about_brand);
    if (arguments.sampled) writer.field("sampled", true);
    writer.EndObject();
  }
  writer.EndObject();
  return body;
}

// The mention as it is afterwards, as JSON.
Result<std::string> correct(const CorrectArguments& arguments) {
  const std::string body = body_of(arguments);
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    return client->patch("/api/v1/mentions/" + url_encoded(arguments.id), body);
  }
  const auto request = feed::read_triage(body);
  if (!request) return request.error();
  std::optional<Correction> correction = *request->correction;  // which body_of() has written
  if (correction) {
    correction->by = "local";
    correction->at = now();
  }
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  const auto kept = (*store)->correct(arguments.id, correction);
  if (!kept) return kept.error();
  const auto mention = (*store)->mention(arguments.id);
  if (!mention) return mention.error();
  std::string json;
  JsonWriter writer(json);
  write_mention(writer, **mention, (*store)->id());
  return json;
}

}  // namespace

void add_correct(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<CorrectArguments>();
  CLI::App* command = app.add_subcommand(
      "correct", "Say what is right of a mention, beside what the program says, and print it");
  add_store_flags(*command, arguments->store);
  command->add_option("--id", arguments->id, "the mention's mention_id")->required();
  auto* says = command->add_option_group("what is right");
  says->add_option("--label", arguments->label, "positive, negative, neutral or mixed");
  says->add_flag("--remove", arguments->remove, "take the correction away");
  says->require_option(1);
  auto* acts = command->add_option("--acts", arguments->acts, "all its acts: complain,churn");
  acts->delimiter(',');
  command->add_flag("--no-acts", arguments->no_acts, "it does nothing that counts as an act")
      ->excludes(acts);
  command->add_option("--about-brand", arguments->about_brand,
                      "true, or false when it speaks of something else");
  command->add_flag("--sampled", arguments->sampled, "the mention was drawn at random, not picked");
  command->final_callback([arguments, &exit_code] {
    auto mention = correct(*arguments);
    exit_code = mention ? kSuccess : report(mention.error());
    if (mention) print_json(*mention);
  });
}

}  // namespace passaparola::app
