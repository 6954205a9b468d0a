// passaparola rules diff: which mentions a new set of rules would gain and lose.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>

#include "app/cli.h"
#include "app/rule_diff.h"
#include "app/rules_json.h"
#include "app/server_client.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/terminal.h"
#include "pipeline/input.h"

namespace passaparola::app {
namespace {

constexpr std::string_view kOnlyStored =
    "A store has only posts that some rule matched when they came: among all other posts the new "
    "rules may gain more than is counted here. Over files (--input) every post is counted.";

struct DiffArguments {
  std::string before, after, lexicons, store, server;
  std::vector<std::string> inputs;
  FormatFlag format;
  std::size_t examples = 3;
  bool json = false;
};

// Posts of a feed, where the mentions of one post follow one another.
class PostsOnce {
 public:
  bool is_new(const PostView& post) {
    if (post.source == source_ && post.id == id_) return false;
    source_ = post.source;
    id_ = post.id;
    return true;
  }

 private:
  std::string source_, id_;
};

Result<void> add_files(const DiffArguments& arguments, RuleDiff& diff) {
  auto inputs = pipeline::open_inputs(arguments.inputs);
  if (!inputs) return inputs.error();
  pipeline::ChunkPool pool;
  pipeline::ChunkReader reader(std::move(*inputs), arguments.format.format(), pool);
  ingest::Decoder decoder;
  ingest::PostBatch batch;
  while (true) {
    auto chunk = reader.next();
    if (!chunk) return chunk.error();
    if (!*chunk) return {};
    batch.clear();
    decoder.decode((*chunk)->format, (*chunk)->bytes(), batch);
    diff.add(batch.posts);
    pool.give_back(std::move(*chunk));
  }
}

Result<void> add_store(const std::string& path, RuleDiff& diff) {
  auto store = open_existing_store(path);
  if (!store) return store.error();
  PostsOnce once;
  store::FeedQuery query;
  query.limit = kMaxPageItems;
  std::vector<PostView> posts;
  while (true) {
    auto page = (*store)->read_feed(query);
    if (!page) return page.error();
    posts.clear();
    for (const store::StoredMention& mention : page->mentions) {
      if (once.is_new(mention->post)) posts.push_back(mention->post);
    }
    diff.add(posts);
    if (page->next_after <= query.after) return {};
    query.after = page->next_after;
  }
}

Error not_understood() { return fail(ErrorCode::io, "the server's page is not understood"); }

// The posts of a page's mentions as lines.
Result<std::string> lines_of(simdjson::dom::array items) {
  std::string lines;
  for (const simdjson::dom::element item : items) {
    simdjson::dom::element post;
    if (item["post"].get(post)) return not_understood();
    lines += simdjson::minify(post);
    lines += '\n';
  }
  return lines;
}

Result<void> add_server(const std::string& url, RuleDiff& diff) {
  auto client = ServerClient::connect(url);
  if (!client) return client.error();
  PostsOnce once;
  simdjson::dom::parser parser;
  ingest::Decoder decoder;
  ingest::PostBatch batch;
  std::string after = "start";
  for (bool more = true; more;) {
    auto page = client->get(
        fmt::format("/api/v1/mentions?limit={}&after={}", kMaxPageItems, url_encoded(after)));
    if (!page) return page.error();
    const auto document = parser.parse(*page);
    simdjson::dom::array items;
    std::string_view cursor;
    if (document["items"].get(items) || document["cursor"].get(cursor) ||
        document["more"].get(more)) {
      return not_understood();
    }
    after = cursor;
    auto lines = lines_of(items);
    if (!lines) return lines.error();
    const std::size_t size = lines->size();
    lines->append(kInputPaddingBytes, '\0');
    batch.clear();
    decoder.decode(ingest::Format::native, {lines->data(), size}, batch);
    std::vector<PostView> posts;
    for (const PostView& post : batch.posts) {
      if (once.is_new(post)) posts.push_back(post);
    }
    diff.add(posts);
  }
  return {};
}

void write_set(JsonWriter& writer, std::string_view name, const match::Ruleset& rules) {
  writer.key(name);
  writer.StartObject();
  writer.field("ruleset", rules.hash());
  writer.field("rules", static_cast<std::uint64_t>(rules.rule_count()));
  writer.field("brands", static_cast<std::uint64_t>(rules.brands().size()));
  writer.EndObject();
}

void write_examples(JsonWriter& writer, std::string_view name,
                    const std::vector<DiffExample>& examples) {
  writer.key(name);
  writer.StartArray();
  for (const DiffExample& example : examples) {
    writer.StartObject();
    writer.field("source", example.source);
    writer.field("id", example.post);
    writer.field("author", example.author);
    writer.field("text", example.text);
    writer.key("matched");
    writer.StartArray();
    for (const std::string& word : example.matched) writer.string(word);
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
}

void write_table(JsonWriter& writer, std::string_view name, const DiffTable& table) {
  writer.key(name);
  writer.StartArray();
  for (const auto& [id, counts] : table) {
    writer.StartObject();
    writer.field("id", id);
    writer.field("old", counts.before);
    writer.field("new", counts.after);
    writer.field("gained", counts.gained);
    writer.field("lost", counts.lost);
    write_examples(writer, "gained_examples", counts.gained_examples);
    write_examples(writer, "lost_examples", counts.lost_examples);
    writer.EndObject();
  }
  writer.EndArray();
}

void print_json(const RuleDiff& diff, bool only_stored) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  write_set(writer, "old", diff.before());
  write_set(writer, "new", diff.after());
  writer.field("posts", diff.posts());
  writer.field("only_posts_that_had_matched", only_stored);
  if (only_stored) writer.field("note", kOnlyStored);
  write_table(writer, "brands", diff.brands());
  write_table(writer, "rules", diff.rules());
  writer.EndObject();
  app::print_json(json);
}

void print_examples(char sign, const std::vector<DiffExample>& examples) {
  for (const DiffExample& example : examples) {
    fmt::print("    {} {} {}: \"{}\"\n      because of {}\n", sign, terminal_safe(example.source),
               terminal_safe(example.post), terminal_safe(example.text),
               terminal_safe(fmt::format("\"{}\"", fmt::join(example.matched, "\", \""))));
  }
}

// Only what changes: a person looks for that.
void print_table(std::string_view title, const DiffTable& table) {
  std::size_t width = title.size();
  std::size_t same = 0;
  for (const auto& [id, counts] : table) {
    const bool changes = counts.gained + counts.lost > 0;
    same += changes ? 0 : 1;
    if (changes) width = std::max(width, id.size());
  }
  if (same < table.size()) {
    fmt::print("\n{:<{}} {:>9} {:>9} {:>9} {:>9}\n", title, width, "old", "new", "gained", "lost");
  }
  for (const auto& [id, counts] : table) {
    if (counts.gained + counts.lost == 0) continue;
    fmt::print("{:<{}} {:>9} {:>9} {:>9} {:>9}\n", id, width, counts.before, counts.after,
               counts.gained, counts.lost);
    print_examples('+', counts.gained_examples);
    print_examples('-', counts.lost_examples);
  }
  fmt::print("{}{} {} with mentions unchanged\n", same < table.size() ? "" : "\n", same,
             title == "brand" ? "brands" : "rules");
}

void print_people(const RuleDiff& diff, bool only_stored) {
  const auto set = [](const match::Ruleset& rules) {
    return fmt::format("{} rules of {} brands ({})", rules.rule_count(), rules.brands().size(),
                       rules.hash());
  };
  fmt::print("old: {}\nnew: {}\nposts: {}\n", set(diff.before()), set(diff.after()), diff.posts());
  if (only_stored) fmt::print("{}\n", kOnlyStored);
  print_table("brand", diff.brands());
  print_table("rule", diff.rules());
}

Result<void> run(const DiffArguments& arguments) {
  auto before = load_judges({arguments.before, arguments.lexicons});
  if (!before) return before.error();
  auto after = load_judges({arguments.after, arguments.lexicons});
  if (!after) return after.error();
  RuleDiff diff(*before, *after, arguments.examples);
  Result<void> added;
  if (!arguments.store.empty()) {
    added = add_store(arguments.store, diff);
  } else if (!arguments.server.empty()) {
    added = add_server(arguments.server, diff);
  } else {
    added = add_files(arguments, diff);
  }
  if (!added) return added.error();
  const bool only_stored = arguments.inputs.empty();
  if (arguments.json) {
    print_json(diff, only_stored);
  } else {
    print_people(diff, only_stored);
  }
  return {};
}

}  // namespace

void add_rules_diff(CLI::App& rules, int& exit_code) {
  auto arguments = std::make_shared<DiffArguments>();
  CLI::App* command = rules.add_subcommand(
      "diff", "Mentions gained and lost, for each brand and rule, if NEW took the place of OLD");
  command->add_option("OLD", arguments->before, "rules as they are: a folder or a file")
      ->required();
  command->add_option("NEW", arguments->after, "rules as they would be")->required();
  auto* from = command->add_option_group("posts", "The posts to compare over, one of");
  from->add_option("--store", arguments->store, "folder of a store: what it remembers");
  from->add_option("--server", arguments->server, "a running server's store, http[s]://HOST:PORT");
  from->add_option("--input", arguments->inputs, "files, folders, or - for standard input");
  from->require_option(1);
  add_format_flag(*command, arguments->format);
  command->add_option("--lexicons", arguments->lexicons, "folder of the lexicons (default: found)");
  command
      ->add_option("--sample", arguments->examples,
                   "posts shown as examples, for each brand and rule gained and lost")
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, kMaxDiffExamples));
  command->add_flag("--json", arguments->json, "one JSON object, for programs");
  command->final_callback([arguments, &exit_code] {
    auto done = run(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
