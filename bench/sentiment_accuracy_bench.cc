// How often the scorer is right: accuracy, macro-F1 over three classes, AUC and coverage beside the
// published VADER algorithm; F1 of every act; recall and precision of disclosures.
// `judge` (the default) is what nothing was learned from. `--errors` prints the misjudged rows of
// the other half of one set; of what judges it prints nothing, so that nobody tunes on it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>

#include "core/arena.h"
#include "sentiment/sentiment.h"
#include "train_lexicon/labelled.h"

namespace {

using namespace passaparola;
namespace fs = std::filesystem;

struct Options {
  std::string split = "judge";
  std::string errors;
  fs::path lexicons = PASSAPAROLA_SOURCE_DIR "/rules/lexicons";
  fs::path golden = PASSAPAROLA_SOURCE_DIR "/tests/golden";
  fs::path data = PASSAPAROLA_SOURCE_DIR "/../shared/data";

  bool wants(const labelled::Row& row) const {
    return split == "all" || row.held_out == (split == "judge");
  }
};

int class_of(Label label) {
  if (label == Label::positive) return 1;
  return label == Label::negative ? -1 : 0;
}

struct Answer {
  const labelled::Row* row;
  Sentiment sentiment;
};

struct Figures {
  std::size_t rows = 0;
  double accuracy = 0;
  double macro_f1 = 0;
  double auc = 0;
  double coverage = 0;          // share of rows that got an answer
  double covered_accuracy = 0;  // among those
  std::array<double, 3> f1{};   // negative, neutral, positive
};

double f1(double hits, double given, double wanted) {
  return given + wanted == 0 ? 0 : 2 * hits / (given + wanted);
}

// How often a positive row scores above a negative one; ties count half.
double auc_of(const std::vector<Answer>& answers) {
  std::vector<std::pair<double, int>> scores;
  for (const Answer& answer : answers) {
    const int gold = class_of(answer.row->gold);
    if (gold != 0) scores.emplace_back(answer.sentiment.score, gold);
  }
  std::sort(scores.begin(), scores.end());
  double below = 0;
  double won = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < scores.size();) {
    std::size_t end = i;
    double positive = 0;
    double negative = 0;
    for (; end < scores.size() && scores[end].first == scores[i].first; ++end) {
      (scores[end].second > 0 ? positive : negative) += 1;
    }
    won += positive * (below + negative / 2);
    below += negative;
    pairs += positive;
    i = end;
  }
  return pairs * below == 0 ? 0 : won / (pairs * below);
}

Figures figures_of(const std::vector<Answer>& answers) {
  Figures figures;
  std::array<std::array<double, 3>, 3> seen{};  // [gold][given]
  double covered = 0;
  double covered_right = 0;
  for (const Answer& answer : answers) {
    const auto gold = static_cast<std::size_t>(class_of(answer.row->gold) + 1);
    const auto given = static_cast<std::size_t>(class_of(answer.sentiment.label) + 1);
    ++seen[gold][given];
    if (answer.sentiment.label == Label::abstain) continue;
    ++covered;
    covered_right += gold == given ? 1 : 0;
  }
  double right = 0;
  double classes = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const double wanted = seen[c][0] + seen[c][1] + seen[c][2];
    const double given = seen[0][c] + seen[1][c] + seen[2][c];
    right += seen[c][c];
    figures.f1[c] = f1(seen[c][c], given, wanted);
    if (wanted == 0) continue;
    ++classes;
    figures.macro_f1 += figures.f1[c];
  }
  const auto rows = static_cast<double>(answers.size());
  figures.rows = answers.size();
  figures.accuracy = right / std::max(1.0, rows);
  figures.macro_f1 /= std::max(1.0, classes);
  figures.auc = auc_of(answers);
  figures.coverage = covered / std::max(1.0, rows);
  figures.covered_accuracy = covered_right / std::max(1.0, covered);
  return figures;
}

void print(const std::string& set, const char* model, const Figures& f) {
  std::printf("%-30s %-8s %6zu %6.3f %6.3f %6.3f  %.2f/%.2f/%.2f %8.3f %8.3f\n", set.c_str(), model,
              f.rows, f.accuracy, f.macro_f1, f.auc, f.f1[0], f.f1[1], f.f1[2], f.coverage,
              f.covered_accuracy);
}

void print_error(const labelled::Row& row, const char* what, const std::string& given) {
  std::string text = row.title.empty() ? row.text : row.title + " // " + row.text;
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::printf("  %s [%s] %s given=%s: %.400s\n", row.id.c_str(), row.brand.c_str(), what,
              given.c_str(), text.c_str());
}

using Judge = std::function<Sentiment(const labelled::Row&, Arena&)>;

sentiment::Enrichment enrich(const sentiment::Scorer& scorer, const labelled::Row& row,
                             Arena& arena) {
  const sentiment::Target target{row.brand, {}, {}, row.targets, false};
  return scorer.enrich(row.post(), target, arena);
}

void judge_sentiment(const labelled::Set& set, const Options& options, const char* model,
                     const Judge& judge) {
  std::vector<Answer> answers;
  const bool errors = options.errors == set.name && std::strcmp(model, "vader") != 0;
  for (const labelled::Row& row : set.rows) {
    Arena arena;
    if (row.gold == Label::mixed || !options.wants(row)) continue;
    answers.push_back({&row, judge(row, arena)});
    answers.back().sentiment.hits = {};
    const Label given = answers.back().sentiment.label;
    if (!errors || row.held_out || class_of(given) == class_of(row.gold)) continue;
    print_error(row, std::string(name_of(row.gold)).c_str(),
                std::string(name_of(given)) + " " + std::to_string(answers.back().sentiment.score));
  }
  if (!answers.empty()) print(set.name, model, figures_of(answers));
}

std::set<std::string> acts_of_cell(const std::string& cell) {
  std::set<std::string> acts;
  for (std::size_t at = 0; at < cell.size();) {
    const std::size_t end = std::min(cell.find(',', at), cell.size());
    std::string act = cell.substr(at, end - at);
    if (act == "recommend_others") act = "recommend";
    if (act != "-") acts.insert(act);
    at = end + 1;
  }
  return acts;
}

struct Tally {
  double hits = 0;
  double given = 0;
  double wanted = 0;
};

void judge_acts(const labelled::Set& set, const Options& options, const sentiment::Scorer& scorer) {
  std::map<std::string, Tally> tallies;
  for (const labelled::Row& row : set.rows) {
    if (!options.wants(row)) continue;
    Arena arena;
    const auto enriched = enrich(scorer, row, arena);
    std::set<std::string> given;
    for (const ActHit& act : enriched.acts) given.insert(std::string(name_of(act.act)));
    const std::set<std::string> wanted = acts_of_cell(row.acts);
    for (const std::string& act : given) {
      ++tallies[act].given;
      tallies[act].hits += static_cast<double>(wanted.count(act));
    }
    for (const std::string& act : wanted) ++tallies[act].wanted;
    const bool show = options.errors == set.name + ":acts" && !row.held_out && given != wanted;
    if (!show) continue;
    std::string names;
    for (const ActHit& act : enriched.acts) {
      names += std::string(name_of(act.act)) + "(" + std::string(act.cue) + ") ";
    }
    print_error(row, row.acts.c_str(), names);
  }
  for (const auto& [act, t] : tallies) {
    std::printf("%-30s %-16s wanted %4.0f given %4.0f  precision %.3f recall %.3f F1 %.3f\n",
                set.name.c_str(), act.c_str(), t.wanted, t.given, t.hits / std::max(1.0, t.given),
                t.hits / std::max(1.0, t.wanted), f1(t.hits, t.given, t.wanted));
  }
}

void judge_disclosure(const labelled::Set& set, const Options& options,
                      const sentiment::Scorer& scorer) {
  Tally tally;
  for (const labelled::Row& row : set.rows) {
    if (row.disclosure.empty() || !options.wants(row)) continue;
    Arena arena;
    const auto enriched = enrich(scorer, row, arena);
    const bool given = !enriched.authenticity.penalties.empty();
    const bool wanted = row.disclosure != "none";
    tally.given += given ? 1 : 0;
    tally.wanted += wanted ? 1 : 0;
    tally.hits += given && wanted ? 1 : 0;
    if (options.errors != set.name + ":disclosure" || row.held_out || given == wanted) continue;
    print_error(row, row.disclosure.c_str(),
                given ? std::string(enriched.authenticity.penalties[0].evidence) : "none");
  }
  if (tally.wanted == 0) return;
  std::printf("%-30s disclosure       wanted %4.0f given %4.0f  precision %.3f recall %.3f\n",
              set.name.c_str(), tally.wanted, tally.given, tally.hits / std::max(1.0, tally.given),
              tally.hits / tally.wanted);
}

void judge_set(const labelled::Set& set, const Options& options, const sentiment::Scorer& scorer,
               bool towards_brand) {
  const Judge vader = [&](const labelled::Row& row, Arena& arena) {
    return scorer.score_by_vader(row.text.empty() ? row.title : row.text, row.lang, arena);
  };
  const Judge text = [&](const labelled::Row& row, Arena& arena) {
    return scorer.score(row.text.empty() ? row.title : row.text, row.lang, arena);
  };
  const Judge brand = [&](const labelled::Row& row, Arena& arena) {
    return enrich(scorer, row, arena).sentiment;
  };
  if (!towards_brand) {
    judge_sentiment(set, options, "vader", vader);
    judge_sentiment(set, options, "text", text);
  } else {
    judge_sentiment(set, options, "vader", vader);
    judge_sentiment(set, options, "brand", brand);
  }
}

void run(const Options& options) {
  auto loaded = sentiment::Scorer::load(options.lexicons);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  const sentiment::Scorer& scorer = **loaded;
  std::printf("%s rows\n%-30s %-8s %6s %6s %6s %6s  %-14s %8s %8s\n", options.split.c_str(), "set",
              "model", "rows", "acc", "F1(3)", "AUC", "neg/neu/pos", "coverage", "acc|cov");
  for (const char* name :
       {"en_vader_tweets", "en_vader_amazon", "en_vader_nyt", "en_vader_movie", "en_uci_amazon",
        "en_uci_imdb", "en_apple_dfe", "en_sxsw_brand", "it_opener_attraction_sent"}) {
    judge_set(labelled::read_sentences(options.data, name, false), options, scorer, false);
  }
  for (const char* name : {"en_apple_dfe", "en_sxsw_brand"}) {
    auto set = labelled::read_sentences(options.data, name, true);
    set.name += " (brand)";
    judge_set(set, options, scorer, true);
  }
  for (const char* lang : {"en", "it"}) {
    std::size_t missing = 0;
    const auto own = labelled::read_own_sentences(options.golden, lang);
    const auto real = labelled::read_mentions(options.golden, options.data, lang, missing);
    judge_set(own, options, scorer, true);
    judge_set(real, options, scorer, true);
    if (missing > 0) std::printf("%zu rows of %s have no text\n", missing, real.name.c_str());
    judge_acts(own, options, scorer);
    judge_acts(real, options, scorer);
    judge_disclosure(own, options, scorer);
    judge_disclosure(labelled::read_disclosures(options.golden, lang), options, scorer);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("How often the scorer is right, on labelled texts");
  app.add_option("--split", options.split, "rows that count; what judges was never learned from")
      ->check(CLI::IsMember({"judge", "tune", "all"}))
      ->capture_default_str();
  app.add_option("--errors", options.errors, "print the misjudged rows of this set's tune half");
  app.add_option("--lexicons", options.lexicons, "folder of the lexicons");
  app.add_option("--data", options.data, "folder of the labelled texts");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
