// passaparola match: what would be stored, without a store.
#include <cstdio>

#include "app/cli.h"
#include "core/json.h"
#include "core/terminal.h"
#include "pipeline/input.h"
#include "pipeline/processor.h"

namespace passaparola::app {
namespace {

struct MatchArguments {
  JudgeFlags judges;
  FormatFlag format;
  bool explain = false;
  std::vector<std::string> inputs;
};

// Every post with its clauses, matched or not.
Result<void> explain(const pipeline::Judges& judges, const pipeline::Judged& judged,
                     OutputFile& out) {
  match::Knowledge knowledge;
  knowledge.language_of = [&](const PostView& post) { return judges.scorer->language(post); };
  for (std::size_t i = 0; i < judged.posts.size(); ++i) {
    const PostView& post = judged.posts[i];
    const std::size_t first = judged.first_mention[i];
    const auto mentions = judged.mentions.subspan(first, judged.first_mention[i + 1] - first);
    if (post.op != PostOp::create && post.op != PostOp::update) continue;
    std::string text = "post " + terminal_safe(post.source) + " " + terminal_safe(post.id) + "\n";
    text += match::explain(*judges.rules, post, mentions, knowledge);
    if (auto written = out.write(text); !written) return written.error();
  }
  return {};
}

Result<void> run(const MatchArguments& arguments) {
  auto judges = load_judges(arguments.judges);
  if (!judges) return judges.error();
  auto inputs = pipeline::open_inputs(arguments.inputs);
  if (!inputs) return inputs.error();
  auto out = OutputFile::open("-");
  if (!out) return out.error();
  pipeline::ChunkPool pool;
  pipeline::ChunkReader reader(std::move(*inputs), arguments.format.format(), pool);
  pipeline::Processor processor(*judges);
  pipeline::Counts counts;
  std::string line;
  while (true) {
    auto chunk = reader.next();
    if (!chunk) return chunk.error();
    if (!*chunk) return out->close();
    const pipeline::Judged judged = processor.judge((*chunk)->format, (*chunk)->bytes(), counts);
    if (arguments.explain) {
      if (auto explained = explain(*judges, judged, *out); !explained) return explained.error();
    }
    for (const Mention& mention : judged.mentions) {
      line.clear();
      JsonWriter writer(line);
      write_mention(writer, mention, 0);
      line.push_back('\n');
      if (auto written = out->write_json(line); !written) return written.error();
    }
    pool.give_back(std::move(*chunk));
  }
}

}  // namespace

void add_match(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<MatchArguments>();
  CLI::App* command =
      app.add_subcommand("match", "Print the mentions in files, without storing anything");
  add_judge_flags(*command, arguments->judges);
  add_format_flag(*command, arguments->format);
  command->add_flag("--explain", arguments->explain,
                    "say for every post, clause by clause, why it matched or not");
  command->add_option("INPUT", arguments->inputs, "files, folders, or - for standard input")
      ->required();
  command->final_callback([arguments, &exit_code] {
    auto done = run(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
