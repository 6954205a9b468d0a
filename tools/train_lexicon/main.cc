// train_lexicon: learns the weights of the scorer's model from labelled texts and writes
// rules/lexicons/<lang>/{model,learned}.tsv. The same data give the same files, byte for byte.
//   train_lexicon [--data DIR] [--without SET] [--lang en|it] [--measure]
// It prints how often rows are judged rightly by a model that was learned without them (five folds;
// with --without, the whole of that set). --measure writes nothing. Rows that judge are never read.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>

#include "core/hash.h"
#include "sentiment/model_file.h"
#include "train_lexicon/examples.h"
#include "train_lexicon/figures.h"

namespace passaparola::training {
namespace {

namespace fs = std::filesystem;
using sentiment::Aim;

constexpr std::size_t kFolds = 5;
constexpr double kFactPull = 1;
constexpr double kLeastWeight = 0.05;  // of a word that is kept

// Of acts, chosen by folds (pulls 5, 10, 20; rarity 0, 0.3, 0.5, 0.7; weights 1, 4, 8, 16).
constexpr double kActWordPull = 20;
constexpr double kActRarity = 0.3;  // power of how rare an act is by which it weighs more
constexpr double kActRealWeight = 4;

// What was chosen for a language, by rows and sets left out.
struct Choices {
  // How strongly words are drawn to zero (of 10, 30, 60, 80, 300 and without end).
  double word_pull = 0;
  // The same for what only long texts have: opinions of Scope::other and the length. Sentences
  // written to learn from are short, so what they say of these does not hold for real posts.
  double long_text_pull = 0;
  double real_weight = 0;  // of a real mention
  // That neutral rows have of the weight under Aim::brand; 0: as their number gives. Half of the
  // written sentences are polar, a fifth of real mentions.
  double neutral_share = 0;
};
constexpr Choices kEnglish{30, kFactPull, 2, 0};
// Fewer texts to learn from, nearly all of them written: what they say holds less far.
constexpr Choices kItalian{60, 1000, 4, 0.5};

struct Settings {
  fs::path source = PASSAPAROLA_SOURCE_DIR;
  fs::path data = PASSAPAROLA_SOURCE_DIR "/../shared/data";
  std::string without;
  std::string lang;
  bool measure = false;
  double word_pull = 0;  // 0: by the language
  double rarity = 0.6;
};

struct Judged {
  Features features;
  std::optional<int> polarity;  // 1, 0, -1; none of a mixed row
  double weight = 1;            // in learning polarity
  std::string acts;             // as Row::acts
  std::size_t fold = 0;
};

// Rows of one set under one aim.
struct Group {
  std::string name;
  Aim aim = Aim::brand;
  double weight = 1;  // of a row, before its class is weighed
  std::vector<Judged> rows;

  bool has_acts() const {
    return aim == Aim::brand && std::any_of(rows.begin(), rows.end(),
                                            [](const Judged& row) { return !row.acts.empty(); });
  }
};

bool does(const Judged& row, Act act) {
  const std::string_view name = name_of(act);
  for (std::size_t at = 0; at < row.acts.size();) {
    const std::size_t end = std::min(row.acts.find(',', at), row.acts.size());
    std::string_view one = std::string_view(row.acts).substr(at, end - at);
    if (one == "recommend_others") one = "recommend";
    if (one == name) return true;
    at = end + 1;
  }
  return false;
}

struct Fitted {
  FeatureWeights polarity;
  std::array<FeatureWeights, sentiment::kLearnedActs.size()> acts;
};

class Training {
 public:
  Training(const Settings& settings, std::string lang)
      : s_(settings), lang_(std::move(lang)), choices_(lang_ == "en" ? kEnglish : kItalian) {
    if (auto done = load_lexicons(s_.source / "rules/lexicons", lexicons_); !done) {
      throw std::runtime_error(done.error().message);
    }
  }

  void run() {
    read();
    drop_rare_words();
    for (Group& group : groups_) {
      weigh_classes(group);
      if (choices_.neutral_share > 0 && group.aim == Aim::brand) share_with_neutral(group);
    }
    measure();
    if (s_.measure || !s_.without.empty()) return;
    write(fit_all([](const Group&, const Judged&) { return true; }));
  }

 private:
  void read() {
    if (lang_ == "en") {
      for (const char* name : {"en_vader_tweets", "en_vader_amazon", "en_vader_nyt",
                               "en_vader_movie", "en_uci_amazon", "en_uci_imdb"}) {
        add(labelled::read_sentences(s_.data, name, false), Aim::whole_text, 0.5);
      }
      for (const char* name : {"en_apple_dfe", "en_sxsw_brand"}) {
        const auto set = labelled::read_sentences(s_.data, name, true);
        add(set, Aim::whole_text, 0.5);
        add(set, Aim::brand, 0.5);
      }
    }
    std::size_t missing = 0;
    add(labelled::read_own_sentences(s_.source / "tests/golden", lang_), Aim::brand, 0.3);
    add(labelled::read_mentions(s_.source / "tests/golden", s_.data, lang_, missing), Aim::brand,
        choices_.real_weight);
    const auto written =
        labelled::read_written_sentences(s_.source / "tools/train_lexicon/sentences", lang_);
    add(written, Aim::brand, 1.5);
    add(written, Aim::whole_text, 1);
  }

  void add(const labelled::Set& set, Aim aim, double weight) {
    Group group{set.name, aim, weight, {}};
    for (const labelled::Row& row : set.rows) {
      if (row.held_out || (aim == Aim::brand && row.targets.empty())) continue;
      const Label gold = aim == Aim::brand ? row.gold : row.gold_of_text.value_or(row.gold);
      if (gold == Label::mixed && (aim != Aim::brand || row.acts.empty())) continue;
      Judged& judged = group.rows.emplace_back();
      judged.features = features_of(lexicons_, row, aim, vocabulary_);
      if (gold != Label::mixed) judged.polarity = polarity_of(gold);
      if (aim == Aim::brand) judged.acts = row.acts;
      judged.fold = content_hash64(row.text + row.title) % kFolds;
    }
    groups_.push_back(std::move(group));
  }

  static int polarity_of(Label gold) {
    return gold == Label::positive ? 1 : gold == Label::negative ? -1 : 0;
  }

  // Words of few rows say too little; pairs must be met oftener.
  void drop_rare_words() {
    const std::uint32_t least_word = lang_ == "en" ? 3 : 2;
    std::vector<std::uint32_t> counts(vocabulary_.size());
    for (const Group& group : groups_) {
      for (const Judged& row : group.rows) {
        for (const auto& feature : row.features) ++counts[feature.first];
      }
    }
    const auto is_rare = [&](std::uint32_t index) {
      if (index < Vocabulary::kFirstWord) return false;
      const bool pair = is_pair(index);
      return counts[index] < least_word + (pair ? 1 : 0);
    };
    for (Group& group : groups_) {
      for (Judged& row : group.rows) {
        std::erase_if(row.features, [&](const auto& f) { return is_rare(f.first); });
      }
    }
  }

  bool is_pair(std::uint32_t index) const {
    return vocabulary_.words[index - Vocabulary::kFirstWord].find(' ') != std::string::npos;
  }

  // Rare classes weigh more, by the square root of how rare they are.
  void weigh_classes(Group& group) const {
    std::array<double, 3> counts{};
    double all = 0;
    for (const Judged& row : group.rows) {
      if (!row.polarity) continue;
      ++counts[static_cast<std::size_t>(*row.polarity + 1)];
      ++all;
    }
    for (Judged& row : group.rows) {
      if (!row.polarity) continue;
      const double share = counts[static_cast<std::size_t>(*row.polarity + 1)] / all;
      row.weight = group.weight * std::pow(1 / (3 * share), s_.rarity);
    }
  }

  // The weight of all rows stays the same.
  void share_with_neutral(Group& group) const {
    double neutral = 0;
    double polar = 0;
    for (const Judged& row : group.rows) {
      if (row.polarity) (*row.polarity == 0 ? neutral : polar) += row.weight;
    }
    if (neutral == 0 || polar == 0) return;
    const double all = neutral + polar;
    for (Judged& row : group.rows) {
      row.weight *= row.polarity == 0 ? choices_.neutral_share * all / neutral
                                      : (1 - choices_.neutral_share) * all / polar;
    }
  }

  std::vector<double> pulls() const {
    const double word_pull = s_.word_pull > 0 ? s_.word_pull : choices_.word_pull;
    std::vector<double> pulls(vocabulary_.size(), word_pull);
    std::fill_n(pulls.begin(), Vocabulary::kFirstWord, kFactPull);
    const auto of_brand = [&](std::size_t fact) -> double& {
      return pulls[static_cast<std::size_t>(Aim::brand) * sentiment::kFactCount + fact];
    };
    of_brand(fact_of(sentiment::StyleFact::length)) = choices_.long_text_pull;
    for (std::size_t i = 0; i < sentiment::kOpinionFactCount; ++i) {
      const auto fact = static_cast<sentiment::OpinionFact>(i);
      of_brand(fact_of(sentiment::Scope::other, fact)) = choices_.long_text_pull;
    }
    return pulls;
  }

  template <typename Wanted>
  Fitted fit_all(Wanted wanted) const {
    std::vector<Example> examples;
    for (const Group& group : groups_) {
      for (const Judged& row : group.rows) {
        if (row.polarity && wanted(group, row)) {
          examples.push_back({&row.features, *row.polarity, row.weight});
        }
      }
    }
    Fitted fitted;
    fitted.polarity = fit(examples, pulls());
    std::vector<double> pulls_of_acts(vocabulary_.size(), kActWordPull);
    std::fill_n(pulls_of_acts.begin(), Vocabulary::kFirstWord, kFactPull);
    for (std::size_t i = 0; i < fitted.acts.size(); ++i) {
      fitted.acts[i] =
          fit(examples_of(sentiment::kLearnedActs[i], wanted), pulls_of_acts, Classes::two);
    }
    return fitted;
  }

  template <typename Wanted>
  std::vector<Example> examples_of(Act act, Wanted wanted) const {
    std::vector<Example> examples;
    for (const Group& group : groups_) {
      if (!group.has_acts()) continue;
      const auto with_act = static_cast<double>(std::count_if(
          group.rows.begin(), group.rows.end(), [&](const Judged& row) { return does(row, act); }));
      const auto all = static_cast<double>(group.rows.size());
      for (const Judged& row : group.rows) {
        if (!wanted(group, row)) continue;
        const bool gold = does(row, act);
        const double share = (gold ? with_act : all - with_act) / all;
        examples.push_back({&row.features, gold ? 1 : 0,
                            act_weight(group) * std::pow(1 / (2 * share), kActRarity)});
      }
    }
    return examples;
  }

  static double act_weight(const Group& group) {
    return group.name.starts_with("real") ? kActRealWeight : 1;
  }

  struct ActFigures {
    double given = 0;
    double wanted = 0;
    double right = 0;
    double f1() const { return 2 * right / std::max(1.0, given + wanted); }
  };

  void measure() const {
    std::vector<Figures> figures(groups_.size());
    std::vector<std::array<ActFigures, sentiment::kLearnedActs.size()>> acts(groups_.size());
    const bool whole_set = !s_.without.empty();
    for (std::size_t fold = 0; fold < (whole_set ? 1 : kFolds); ++fold) {
      const Fitted fitted = fit_all([&](const Group& group, const Judged& row) {
        return whole_set ? group.name != s_.without : row.fold != fold;
      });
      for (std::size_t g = 0; g < groups_.size(); ++g) {
        const Group& group = groups_[g];
        if (whole_set && group.name != s_.without) continue;
        for (const Judged& row : group.rows) {
          if (!whole_set && row.fold != fold) continue;
          const auto z = log_odds(row.features, fitted.polarity);
          const int given = z[0] > 0 && z[0] >= z[1] ? 1 : z[1] > 0 ? -1 : 0;
          if (row.polarity) figures[g].add(*row.polarity, given);
          for (std::size_t i = 0; i < acts[g].size(); ++i) {
            const Act act = sentiment::kLearnedActs[i];
            const bool does_it = log_odds(row.features, fitted.acts[i])[0] >= 0;
            acts[g][i].given += does_it ? 1 : 0;
            acts[g][i].wanted += does(row, act) ? 1 : 0;
            acts[g][i].right += does_it && does(row, act) ? 1 : 0;
          }
        }
      }
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (figures[g].rows() == 0) continue;
      fmt::print("{:<20} {:<6} {}\n", groups_[g].name,
                 groups_[g].aim == Aim::brand ? "brand" : "text", figures[g].line());
    }
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (figures[g].rows() == 0 || !groups_[g].has_acts()) continue;
      for (std::size_t i = 0; i < acts[g].size(); ++i) {
        const ActFigures& of = acts[g][i];
        fmt::print(
            "{:<20} {:<16} wanted {:>4} given {:>4}  precision {:.2f} recall {:.2f} F1 {:.2f}\n",
            groups_[g].name, name_of(sentiment::kLearnedActs[i]), of.wanted, of.given,
            of.right / std::max(1.0, of.given), of.right / std::max(1.0, of.wanted), of.f1());
      }
    }
  }

  void write(const Fitted& fitted) const {
    const fs::path folder = s_.source / "rules/lexicons" / lang_;
    const std::string columns =
        "<TAB>log odds of positive<TAB>of negative, against neutral<TAB>of recommend<TAB>of "
        "anti-recommend<TAB>of complain<TAB>of seek<TAB>of praise (made by tools/train_lexicon)\n";
    std::ofstream model(folder / "model.tsv", std::ios::binary);
    model << "# text or brand<TAB>fact" << columns;
    for (std::size_t i = 0; i < Vocabulary::kFirstWord; ++i) {
      model << (i < sentiment::kFactCount ? "text" : "brand") << '\t'
            << sentiment::fact_name(i % sentiment::kFactCount);
      for (const double weight : weights_of(fitted, i)) model << fmt::format("\t{:.4f}", weight);
      model << '\n';
    }
    std::ofstream learned(folder / "learned.tsv", std::ios::binary);
    learned << "# word or two words" << columns;
    for (const auto& [words, index] : vocabulary_.indexes) {
      const auto weights = weights_of(fitted, index);
      if (std::none_of(weights.begin(), weights.end(),
                       [](double weight) { return std::abs(weight) >= kLeastWeight; })) {
        continue;
      }
      learned << words;
      for (const double weight : weights) learned << fmt::format("\t{:.2f}", weight);
      learned << '\n';
    }
    if (!model.flush() || !learned.flush()) throw std::runtime_error("cannot write the files");
  }

  static std::array<double, sentiment::kWeightCells> weights_of(const Fitted& fitted,
                                                                std::size_t feature) {
    std::array<double, sentiment::kWeightCells> weights{fitted.polarity[feature][0],
                                                        fitted.polarity[feature][1]};
    for (std::size_t i = 0; i < fitted.acts.size(); ++i) {
      weights[2 + i] = fitted.acts[i][feature][0];
    }
    return weights;
  }

  const Settings& s_;
  std::string lang_;
  Choices choices_;
  sentiment::Lexicons lexicons_;
  Vocabulary vocabulary_;
  std::vector<Group> groups_;
};

}  // namespace
}  // namespace passaparola::training

int main(int argc, char** argv) {
  passaparola::training::Settings settings;
  CLI::App app("Learns the weights of the sentiment model from labelled texts");
  app.add_option("--data", settings.data, "folder of the labelled sets");
  app.add_option("--without", settings.without, "learn without this set and judge it");
  app.add_option("--lang", settings.lang, "en or it (default: both)");
  app.add_option("--word-pull", settings.word_pull, "how strongly words are drawn to zero");
  app.add_option("--rarity", settings.rarity,
                 "power of how rare a class is by which it weighs more");
  app.add_flag("--measure", settings.measure, "write nothing");
  CLI11_PARSE(app, argc, argv);
  try {
    for (const char* lang : {"en", "it"}) {
      if (!settings.lang.empty() && settings.lang != lang) continue;
      passaparola::training::Training(settings, lang).run();
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
