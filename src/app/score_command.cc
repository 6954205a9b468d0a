// passaparola score: one text in, one line of JSON out, in order.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "app/cli.h"
#include "core/fold.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/terminal.h"
#include "sentiment/sentiment.h"

namespace passaparola::app {
namespace {

struct ScoreArguments {
  std::string lexicons;
  std::string lang;
  std::string target;
  std::string model = "learned";
  bool text = false;
  bool json = false;
  bool explain = false;
  std::vector<std::string> inputs;
};

struct Request {
  std::string_view text;
  std::string_view lang;
  std::string_view target;
};

struct Judgement {
  std::string_view text;
  std::string_view lang;
  Sentiment sentiment;
  std::span<const ActHit> acts;
};

// For people: the text, the judgement, and what each word weighed, the weightiest first.
std::string explanation(const Judgement& judgement) {
  const Sentiment& sentiment = judgement.sentiment;
  std::string out = fmt::format("{}\n  {} (score {:+.2f}, confidence {:.2f}, language {})\n",
                                terminal_safe(judgement.text), name_of(sentiment.label),
                                sentiment.score, sentiment.confidence, judgement.lang);
  std::vector<SentimentHit> hits(sentiment.hits.begin(), sentiment.hits.end());
  std::stable_sort(hits.begin(), hits.end(), [](const SentimentHit& a, const SentimentHit& b) {
    return std::abs(a.weight) > std::abs(b.weight);
  });
  for (const SentimentHit& hit : hits) {
    out += fmt::format("  {:+6.2f}  {}{}\n", hit.weight, terminal_safe(hit.term),
                       hit.negated ? "  (negated)" : "");
  }
  for (const ActHit& act : judgement.acts) {
    out += fmt::format("  {} ({:.2f}): {}\n", name_of(act.act), act.confidence,
                       terminal_safe(act.cue));
  }
  return out;
}

// Every place where `target` stands in the text, folded, as the matcher would give it.
std::vector<Match> find_target(std::string_view text, std::string_view target) {
  std::vector<Match> matches;
  const Folded haystack = fold_with_origin(text);
  const std::string needle = folded(target);
  if (needle.empty()) return matches;
  for (std::size_t at = haystack.text.find(needle);
       at != std::string::npos && matches.size() < kMaxMatchesPerMention;
       at = haystack.text.find(needle, at + needle.size())) {
    matches.push_back({"target", target, Field::text, 0, haystack.original_begin(at),
                       haystack.original_end(at + needle.size())});
  }
  return matches;
}

class ScoreRun {
 public:
  ScoreRun(const sentiment::Scorer& scorer, const ScoreArguments& arguments)
      : scorer_(scorer), arguments_(arguments) {}

  Result<std::string> line_of_json(const std::string& line) {
    const auto document = parser_.parse(line);
    Request request;
    if (document["text"].get(request.text)) {
      return fail(ErrorCode::io, "not a JSON object with a \"text\"");
    }
    if (document["lang"].get(request.lang)) request.lang = {};
    if (document["target"].get(request.target)) request.target = arguments_.target;
    return score(request);
  }

  bool is_json() const { return !arguments_.explain; }

  Result<std::string> line_of_text(const std::string& line) {
    if (!is_valid_utf8(line)) return fail(ErrorCode::io, "not valid UTF-8");
    return score({line, {}, arguments_.target});
  }

 private:
  Result<std::string> score(const Request& request) {
    if (request.text.size() > kMaxTextBytes) {
      return fail(ErrorCode::io, fmt::format("longer than {} bytes", kMaxTextBytes));
    }
    arena_.reset();
    PostView post;
    post.text = request.text;
    post.lang = request.lang.empty() ? arguments_.lang : request.lang;
    const std::string_view lang = scorer_.language(post);
    Judgement judgement{request.text, lang, {}, {}};
    if (arguments_.model == "vader") {
      judgement.sentiment = scorer_.score_by_vader(request.text, lang, arena_);
    } else if (request.target.empty()) {
      judgement.sentiment = scorer_.score(request.text, lang, arena_);
    } else {
      const auto matches = find_target(request.text, request.target);
      if (matches.empty()) {
        return fail(ErrorCode::io, fmt::format("\"{}\" is not in the text", request.target));
      }
      sentiment::Target target;
      target.brand_name = request.target;
      target.matches = matches;
      const auto enriched = scorer_.enrich(post, target, arena_);
      judgement.sentiment = enriched.sentiment;
      judgement.acts = enriched.acts;
    }
    return arguments_.explain ? explanation(judgement) : json(judgement);
  }

  static std::string json(const Judgement& judgement) {
    const Sentiment& sentiment = judgement.sentiment;
    std::string out;
    JsonWriter writer(out);
    writer.StartObject();
    writer.field("label", name_of(sentiment.label));
    writer.field("score", rounded(sentiment.score));
    writer.field("confidence", rounded(sentiment.confidence));
    writer.field("lang", judgement.lang);
    write_hits(writer, sentiment.hits);
    if (!judgement.acts.empty()) write_acts(writer, judgement.acts);
    writer.EndObject();
    out.push_back('\n');
    return out;
  }

  const sentiment::Scorer& scorer_;
  const ScoreArguments& arguments_;
  simdjson::dom::parser parser_;
  Arena arena_;
};

// A line that cannot be scored gets a line of its own that says so, and the run goes on: line n of
// the output is always about line n of the input.
struct Trouble {
  std::uint64_t lines = 0;
  std::string first;
};

std::string error_line(std::string_view message) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("error", message);
  writer.EndObject();
  out.push_back('\n');
  return out;
}

Result<void> score_stream(std::istream& in, const std::string& name, bool json, ScoreRun& run,
                          OutputFile& out, Trouble& trouble) {
  std::string line;
  for (std::uint64_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    auto scored = json ? run.line_of_json(line) : run.line_of_text(line);
    if (!scored) {
      const std::string& message = scored.error().message;
      if (trouble.lines++ == 0) trouble.first = fmt::format("{}:{}: {}", name, number, message);
      scored = error_line(message);
    }
    auto written = run.is_json() ? out.write_json(*scored) : out.write(*scored);
    if (!written) return written.error();
  }
  return {};
}

Result<void> run(const ScoreArguments& arguments) {
  auto lexicons = find_lexicons(arguments.lexicons, {});
  if (!lexicons) return lexicons.error();
  auto scorer = sentiment::Scorer::load(*lexicons);
  if (!scorer) return scorer.error();
  auto out = OutputFile::open("-");
  if (!out) return out.error();
  ScoreRun score_run(**scorer, arguments);
  Trouble trouble;
  for (const std::string& input : arguments.inputs) {
    const bool standard = input == "-";
    std::ifstream file;
    if (!standard) file.open(input);
    if (!standard && !file) return fail(ErrorCode::not_found, "cannot open " + input);
    std::istream& in = standard ? std::cin : file;
    const std::string name = standard ? "standard input" : input;
    auto done = score_stream(in, name, arguments.json, score_run, *out, trouble);
    if (!done) return done.error();
  }
  if (auto closed = out->close(); !closed) return closed.error();
  if (trouble.lines == 0) return {};
  return fail(ErrorCode::io, fmt::format("{} of the lines could not be scored; the first: {}",
                                         trouble.lines, trouble.first));
}

}  // namespace

void add_score(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ScoreArguments>();
  CLI::App* command = app.add_subcommand(
      "score", "Sentiment of texts, one a line: label, score, confidence, language, words");
  command->add_option("--lexicons", arguments->lexicons, "folder of the lexicons (default: found)");
  command->add_option("--lang", arguments->lang, "language of texts that do not say (it, en, …)");
  auto* text = command->add_flag("--text", arguments->text, "a line is a text (the default)");
  command
      ->add_flag("--json", arguments->json,
                 "a line is a JSON object: text, optional lang and target")
      ->excludes(text);
  command->add_option("--target", arguments->target,
                      "the brand: judge how each text speaks of it, not the text as a whole");
  command
      ->add_option("--model", arguments->model,
                   "learned, or vader: the published sum of word values (Italian: the same idea)")
      ->check(CLI::IsMember({"learned", "vader"}));
  command->add_flag("--explain", arguments->explain,
                    "show each text with what its words weighed, instead of JSON");
  command->add_option("INPUT", arguments->inputs, "files, or - for standard input (the default)");
  command->final_callback([arguments, &exit_code] {
    if (arguments->inputs.empty()) arguments->inputs.push_back("-");
    auto done = run(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
