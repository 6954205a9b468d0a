// make_corpus: sample feeds with known truth, the judge of an identification job's answer, and a
// bulk feed for measuring throughput.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "core/json.h"
#include "make_corpus/bulk.h"
#include "make_corpus/confusion.h"
#include "make_corpus/corpus.h"
#include "make_corpus/judge.h"

namespace passaparola::make_corpus {
namespace {

// A failed read or write, told in one line; main turns it into exit 1.
struct Failure {
  std::string message;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure{"cannot read " + path};
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  if (!file.flush()) throw Failure{"cannot write " + path};
}

struct Arguments {
  CorpusOptions corpus;
  std::string start = "2025-10-01T00:00:00Z";
  std::uint32_t noise_percent = 60;
  std::string out;
  std::string truth;
  std::string advocates;
  std::vector<std::string> answers;
  std::string brand;
  bool json = false;
  BulkOptions bulk;
  std::uint64_t bytes = 500'000'000;
  std::string rules_out;
};

Timestamp start_of(const Arguments& arguments) {
  const auto start = parse_rfc3339(arguments.start);
  if (!start) throw Failure{"--start wants a time such as 2025-10-01T00:00:00Z"};
  return *start;
}

void run_corpus(Arguments& arguments) {
  arguments.corpus.story.start = start_of(arguments);
  arguments.corpus.story.noise_percent = arguments.noise_percent;
  const Corpus corpus = make_corpus(arguments.corpus);
  write_file(arguments.out, corpus.feed);
  write_file(arguments.truth, corpus.truth);
}

void run_judge(const Arguments& arguments) {
  const auto verdict =
      judge(read_file(arguments.truth), read_file(arguments.advocates), arguments.brand);
  if (!verdict) throw Failure{verdict.error().message};
  std::cout << (arguments.json ? to_json(*verdict) + "\n" : to_text(*verdict));
}

void run_confusion(const Arguments& arguments) {
  std::vector<std::string> answers;
  for (const std::string& file : arguments.answers) answers.push_back(read_file(file));
  const auto tables = confusion(read_file(arguments.truth), answers);
  if (!tables) throw Failure{tables.error().message};
  std::cout << *tables;
}

void run_bulk(Arguments& arguments) {
  arguments.bulk.start = start_of(arguments);
  BulkFeed feed(arguments.bulk);
  if (!arguments.rules_out.empty()) {
    std::filesystem::create_directories(arguments.rules_out);
    write_file(arguments.rules_out + "/bulk.rules", feed.rules());
  }
  std::ofstream file(arguments.out, std::ios::binary);
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t written = 0;
  std::string chunk;
  while (written + chunk.size() < arguments.bytes) {
    feed.append_line(chunk);
    if (chunk.size() < (1 << 20)) continue;
    file << chunk;
    written += chunk.size();
    chunk.clear();
  }
  file << chunk;
  written += chunk.size();
  if (!file.flush()) throw Failure{"cannot write " + arguments.out};
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  std::string report;
  JsonWriter writer(report);
  writer.StartObject();
  writer.field("bytes", written);
  writer.field("posts", feed.posts());
  writer.field("matching_posts", feed.matching_posts());
  writer.field("rules", static_cast<std::uint64_t>(feed.names().size()));
  writer.field("bytes_per_post", static_cast<double>(written) / static_cast<double>(feed.posts()));
  writer.field("text_bytes_per_post",
               static_cast<double>(feed.text_bytes()) / static_cast<double>(feed.posts()));
  writer.field("megabytes_per_second", static_cast<double>(written) / 1e6 / seconds.count());
  writer.EndObject();
  std::cout << report << "\n";
}

void declare(CLI::App& app, Arguments& arguments) {
  app.require_subcommand(0, 1);
  app.add_option("--seed", arguments.corpus.seed, "the same seed gives the same bytes");
  app.add_option("--authors", arguments.corpus.authors, "people in the cast")
      ->check(CLI::Range(1, 5'000'000));
  app.add_option("--posts", arguments.corpus.story.posts, "posts of the feed")
      ->check(CLI::Range(1, 50'000'000));
  app.add_option("--noise", arguments.noise_percent, "percent of posts about no brand of ours")
      ->check(CLI::Range(0, 100));
  app.add_option("--start", arguments.start, "the first day");
  app.add_option("--days", arguments.corpus.story.days, "days that the feed spans")
      ->check(CLI::Range(30, 3650));
  app.add_option("--out", arguments.out, "the feed, native posts as NDJSON");
  app.add_option("--truth", arguments.truth, "the truth, one JSON document");

  CLI::App& judge_command = *app.add_subcommand("judge", "how good is a list of advocates?");
  judge_command.add_option("--truth", arguments.truth, "the truth of the feed")->required();
  judge_command.add_option("--advocates", arguments.advocates, "advocates --format json")
      ->required();
  judge_command.add_option("--brand", arguments.brand, "the brand's id")->required();
  judge_command.add_flag("--json", arguments.json, "one line of JSON instead of text");

  CLI::App& confusion_command =
      *app.add_subcommand("confusion", "tables of what the program says of the planted people");
  confusion_command.add_option("--truth", arguments.truth, "the truth of the feed")->required();
  confusion_command
      .add_option("answers", arguments.answers, "advocates --format json, of every class and brand")
      ->required();

  CLI::App& bulk = *app.add_subcommand("bulk", "a feed for measuring throughput");
  bulk.add_option("--seed", arguments.bulk.seed, "the same seed gives the same bytes");
  bulk.add_option("--bytes", arguments.bytes, "about how many bytes to write");
  bulk.add_option("--rules-out", arguments.rules_out, "a folder for bulk.rules");
  bulk.add_option("--rule-count", arguments.bulk.rule_count, "how many coined names")
      ->check(CLI::Range(1, 100'000));
  bulk.add_option("--match-share", arguments.bulk.match_share, "share of posts that name one")
      ->check(CLI::Range(0.0, 1.0));
  bulk.add_option("--start", arguments.start, "the first instant");
  bulk.add_option("--out", arguments.out, "the feed, Jetstream v1 lines")->required();
}

int run(int argc, char** argv) {
  CLI::App app{"Sample feeds with known truth, about invented brands"};
  Arguments arguments;
  declare(app, arguments);
  try {
    app.parse(argc, argv);
    if (app.got_subcommand("judge")) {
      run_judge(arguments);
    } else if (app.got_subcommand("confusion")) {
      run_confusion(arguments);
    } else if (app.got_subcommand("bulk")) {
      run_bulk(arguments);
    } else if (arguments.out.empty() || arguments.truth.empty()) {
      std::cerr << "make_corpus: --out and --truth say where to write; see --help\n";
      return 2;
    } else {
      run_corpus(arguments);
    }
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const Failure& failure) {
    std::cerr << "make_corpus: " << failure.message << "\n";
  }
  return 1;
}

}  // namespace
}  // namespace passaparola::make_corpus

int main(int argc, char** argv) { return passaparola::make_corpus::run(argc, argv); }
