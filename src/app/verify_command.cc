// passaparola verify: counts everything in a store again from its mentions.
#include <fmt/format.h>

#include <array>

#include "advocacy/advocacy.h"
#include "app/cli.h"
#include "app/config.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/terminal.h"
#include "store/verify.h"

namespace passaparola::app {
namespace {

struct VerifyArguments {
  std::string store, config;
  bool json = false;
};

void write_difference(JsonWriter& writer, const store::Difference& difference) {
  writer.StartObject();
  writer.field("family", difference.family);
  writer.field("key", difference.key);
  writer.field("stored", difference.stored);
  writer.field("recounted", difference.recounted);
  writer.EndObject();
}

struct Count {
  const char* name;
  std::uint64_t count;
};
std::array<Count, 10> counts_of(const store::Verified& verified) {
  return {{{"mentions", verified.mentions},
           {"authors", verified.authors},
           {"posts", verified.posts},
           {"buckets", verified.buckets},
           {"responses", verified.responses},
           {"corrections", verified.corrections},
           {"triaged", verified.triaged},
           {"references", verified.references},
           {"author_brands", verified.author_brands},
           {"ranks", verified.ranks}}};
}

// As they are found: a check of a large store takes its time.
void print_difference(const store::Difference& difference) {
  fmt::print("{}: {}: stored {}, recounted {}\n", difference.family, terminal_safe(difference.key),
             terminal_safe(difference.stored), terminal_safe(difference.recounted));
}

void print_end(const store::Verified& verified) {
  std::string counts;
  for (const auto& [name, count] : counts_of(verified)) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, name);
  }
  if (verified.differences > kMaxReportedDifferences) {
    fmt::print("and {} more\n", verified.differences - kMaxReportedDifferences);
  }
  fmt::print("{}: {}\n", counts,
             verified.differences == 0 ? "no difference"
                                       : fmt::format("{} differences", verified.differences));
}

Result<int> verify(const VerifyArguments& arguments) {
  const auto config = load_advocacy(arguments.config);
  if (!config) return config.error();
  auto store = open_existing_store(arguments.store);
  if (!store) return store.error();
  std::size_t reported = 0;
  std::string text;
  JsonWriter writer(text);
  writer.StartObject();
  writer.key("differences");
  writer.StartArray();
  const auto visit = [&](const store::Difference& difference) {
    if (++reported > kMaxReportedDifferences) return;
    if (arguments.json) return write_difference(writer, difference);
    print_difference(difference);
  };
  const store::RankCheck ranks = advocacy::rank_check(now(), *config);
  const auto verified = (*store)->verify(visit, &ranks);
  if (!verified) return verified.error();
  writer.EndArray();
  writer.field("difference_count", verified->differences);
  for (const auto& [name, count] : counts_of(*verified)) writer.field(name, count);
  writer.EndObject();
  if (arguments.json) {
    fmt::print("{}\n", text);
  } else {
    print_end(*verified);
  }
  return verified->differences == 0 ? kSuccess : kFailedRun;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command = app.add_subcommand(
      "verify", "Check a store's files and count everything in it again; exit 1 on a difference");
  command->add_option("STORE", arguments->store, "folder of the store")->required();
  add_config_flag(*command, arguments->config);
  command->add_flag("--json", arguments->json, "print the outcome as JSON");
  command->final_callback([arguments, &exit_code] {
    const auto code = verify(*arguments);
    exit_code = code ? *code : report(code.error());
  });
}

}  // namespace passaparola::app
