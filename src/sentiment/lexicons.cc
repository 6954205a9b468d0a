#include "sentiment/lexicons.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "core/fold.h"
#include "core/hash.h"
#include "sentiment/model.h"
#include "sentiment/model_file.h"
#include "sentiment/tokens.h"
#include "sentiment/tsv.h"

namespace passaparola::sentiment {
namespace {

constexpr double kMaxValence = 5;

// Reads the files of one folder into one Lexicons, keeping all bytes for the hash.
class Loader {
 public:
  Loader(const std::filesystem::path& folder, Lexicons& lexicons) : folder_(folder), l_(lexicons) {}

  Result<void> run() {
    using Step = Result<void> (Loader::*)();
    constexpr Step kSteps[] = {
        &Loader::frequencies, &Loader::english_lexicon, &Loader::english_tables,
        &Loader::signs,       &Loader::italian_lexicon, &Loader::italian_tables,
        &Loader::flags,       &Loader::classes,         &Loader::cues,
        &Loader::guards,      &Loader::labels,          &Loader::affiliates,
        &Loader::models};
    for (const Step step : kSteps) {
      if (auto done = (this->*step)(); !done) return done;
    }
    // So that most words of a text are looked up once.
    for (WordId id = 1; id <= l_.english_model->words.size(); ++id) {
      l_.words.add(l_.english_model->words.spelling(id));
    }
    l_.patterns.seal(l_.words);
    l_.entries.resize(l_.words.size() + 1);
    for (WordId id = 1; id < l_.entries.size(); ++id) {
      Word& word = l_.entries[id];
      const bool plain = !word.stop_italian && word.italian.boost == 0 && !word.italian.given;
      if (plain) word.italian.valence = italian_valence(l_, l_.words.spelling(id));
    }
    find_learned_words();
    l_.hash = content_hash_hex(bytes_);
    return {};
  }

 private:
  // Calls row(file, row) for every row; the first error ends it.
  template <typename Row>
  Result<void> each(std::string_view name, std::size_t columns, Row row) {
    auto file = read_tsv(folder_ / name, columns);
    if (!file) return file.error();
    bytes_.append(name).push_back('\0');
    bytes_.append(*file->content).push_back('\0');
    for (const TsvRow& cells : file->rows) {
      if (Result<void> done = row(*file, cells); !done) return done;
    }
    return {};
  }

  Result<void> frequencies() {
    for (const std::string_view name : {"en/frequency.tsv", "it/frequency.tsv"}) {
      auto done = each(name, 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
        const auto per_million = number_in(file, row, row.cells[1], 0, 1e6);
        if (!per_million) return per_million.error();
        l_.patterns.set_frequency(row.cells[0], static_cast<float>(*per_million));
        return {};
      });
      if (!done) return done;
    }
    return {};
  }

  Result<void> english_lexicon() {
    return each("en/lexicon.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto valence = number_in(file, row, row.cells[1], -kMaxValence, kMaxValence);
      if (!valence) return valence.error();
      EnglishWord& word = l_.english.entries[l_.english.add(row.cells[0])];
      word.valence = *valence;
      word.in_lexicon = true;
      share(row.cells[0], *valence);
      return {};
    });
  }

  // The published list's words, for what reads tokens. Emoticons mean the same in every language.
  void share(std::string_view key, double valence) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (std::all_of(key.begin(), key.end(), is_letter)) {
      l_.entry(key).english = {.valence = valence, .given = true};
      return;
    }
    const bool sign = is_ascii(key) && !is_word_character(static_cast<unsigned char>(key[0]));
    if (sign && key.size() > 1 && key.size() <= 8) set_sign(key, valence);
  }

  void set_sign(std::string_view key, double valence) {
    Word& word = l_.entry(key);
    word.english = word.italian = {.valence = valence, .given = true};
  }

  // A row of words and a number, kept by word or, when there are several words, as a phrase.
  Result<EnglishPhrase> phrase(const TsvFile& file, const TsvRow& row) {
    const auto value = number_in(file, row, row.cells[1], -kMaxValence, kMaxValence);
    if (!value) return value.error();
    EnglishPhrase phrase;
    phrase.value = *value;
    std::string_view rest = row.cells[0];
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      phrase.words.push_back(l_.english.add(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (phrase.words.size() > 1) {
      for (const WordId word : phrase.words) l_.english.entries[word].in_phrase = true;
    }
    return phrase;
  }

  Result<void> english_tables() {
    auto done =
        each("en/emoji.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
          std::size_t at = 0;
          const char32_t c = next_code_point(row.cells[0], at);
          if (at != row.cells[0].size()) return file.error(row, "an emoji is one code point here");
          l_.english.emoji[c] = std::string(row.cells[1]);
          return {};
        });
    if (!done) return done;
    done = each("en/boosters.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      auto booster = phrase(file, row);
      if (!booster) return booster.error();
      if (booster->value == 0) return file.error(row, "a booster of 0");
      if (booster->words.size() == 1) {
        l_.english.entries[booster->words[0]].boost = booster->value;
        l_.entry(row.cells[0]).english.boost = booster->value;
      } else {
        l_.english.booster_phrases.push_back(*std::move(booster));
      }
      return {};
    });
    if (!done) return done;
    done = each("en/idioms.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      auto idiom = phrase(file, row);
      if (!idiom) return idiom.error();
      l_.english.idioms.push_back(*std::move(idiom));
      return {};
    });
    if (!done) return done;
    done = each("en/negations.tsv", 1, [&](const TsvFile&, const TsvRow& row) -> Result<void> {
      l_.english.entries[l_.english.add(row.cells[0])].negation = true;
      return {};
    });
    if (!done) return done;
    return valences("en/domain.tsv", &Word::english);
  }

  Result<void> valences(std::string_view name, Polarity Word::*language) {
    return each(name, 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto valence = number_in(file, row, row.cells[1], -kMaxValence, kMaxValence);
      if (!valence) return valence.error();
      const std::string key = folded(row.cells[0]);
      Polarity& polarity = l_.entry(key).*language;
      polarity.valence = *valence;
      polarity.given = true;
      const std::string bare = passaparola::sentiment::without_accents(key);
      if (bare.size() >= 3) l_.words.alias(bare, l_.words.find(key));
      return {};
    });
  }

  Result<void> signs() {
    return each("signs.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto valence = number_in(file, row, row.cells[1], -kMaxValence, kMaxValence);
      if (!valence) return valence.error();
      set_sign(folded(row.cells[0]), *valence);
      return {};
    });
  }

  Result<void> italian_lexicon() {
    if (auto done = valences("it/lexicon.tsv", &Word::italian); !done) return done;
    if (auto done = valences("it/domain.tsv", &Word::italian); !done) return done;
    auto done =
        each("it/stems.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
          const auto valence = number_in(file, row, row.cells[1], -kMaxValence, kMaxValence);
          if (!valence) return valence.error();
          const WordId id = l_.stems.add(row.cells[0]);
          if (id >= l_.stem_valences.size()) l_.stem_valences.resize(id + 1);
          l_.stem_valences[id] = *valence;
          return {};
        });
    if (!done) return done;
    return each("it/suffixes.tsv", 1, [&](const TsvFile&, const TsvRow& row) -> Result<void> {
      l_.suffixes.add(row.cells[0]);
      return {};
    });
  }

  Result<void> pattern(const TsvFile& file, const TsvRow& row, std::string_view text, Cue cue,
                       PatternLanguage language) {
    l_.cues.push_back(cue);
    const auto added =
        l_.patterns.add(text, static_cast<std::uint32_t>(l_.cues.size() - 1), language, l_.words);
    if (!added) return file.error(row, added.error().message);
    return {};
  }

  Result<void> phrases(std::string_view name, PatternLanguage language) {
    return each(name, 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto valence = number_in(file, row, row.cells[0], -kMaxValence, kMaxValence);
      if (!valence) return valence.error();
      return pattern(file, row, row.cells[1], {.meaning = Meaning::phrase, .value = *valence},
                     language);
    });
  }

  Result<void> italian_tables() {
    return each("it/boosters.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto value = number_in(file, row, row.cells[1], -1, 1);
      if (!value) return value.error();
      l_.entry(row.cells[0]).italian.boost = *value;
      return {};
    });
  }

  Result<void> flags() {
    static const std::map<std::string_view, bool Word::*> kFlags{
        {"stop-en", &Word::stop_english},
        {"stop-it", &Word::stop_italian},
        {"unit", &Word::unit},
        {"code", &Word::code},
        {"code-context", &Word::code_context},
        {"code-other", &Word::code_other},
        {"style-guide", &Word::guide},
        {"style-achievement", &Word::achievement},
        {"style-stage", &Word::stage},
        {"style-plan", &Word::plan},
        {"style-role", &Word::public_role}};
    return each("words.tsv", 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto flag = kFlags.find(row.cells[0]);
      if (flag == kFlags.end()) return file.error(row, "an unknown kind of word");
      std::string_view rest = row.cells[1];
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        if (end > 0) l_.entry(folded(rest.substr(0, end))).*(flag->second) = true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      return {};
    });
  }

  static bool set_flags(std::string_view cell, Cue& cue) {
    static const std::map<std::string_view, bool Cue::*> kFlags{{"others", &Cue::to_others},
                                                                {"reply", &Cue::reply_only},
                                                                {"link", &Cue::needs_link},
                                                                {"start", &Cue::at_start},
                                                                {"end", &Cue::at_end}};
    while (cell != "-") {
      const std::size_t comma = cell.find(',');
      const auto flag = kFlags.find(cell.substr(0, comma));
      if (flag == kFlags.end()) return false;
      cue.*(flag->second) = true;
      if (comma == std::string_view::npos) break;
      cell.remove_prefix(comma + 1);
    }
    return true;
  }

  Result<void> cues_of(std::string_view name, PatternLanguage language) {
    return each(name, 4, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      Cue cue;
      if (row.cells[0] == "ignore") {
        cue.meaning = Meaning::ignore;
      } else if (const auto act = parse_act(row.cells[0])) {
        cue.act = *act;
      } else {
        return file.error(row, "an unknown act");
      }
      const auto confidence = number_in(file, row, row.cells[1], 0, 1);
      if (!confidence) return confidence.error();
      cue.value = *confidence;
      if (!set_flags(row.cells[2], cue)) {
        return file.error(row, "expected -, or of others, reply, link, start, end, with commas");
      }
      return pattern(file, row, row.cells[3], cue, language);
    });
  }

  Result<void> classes_of(std::string_view name, PatternLanguage language) {
    return each(name, 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto defined = l_.patterns.define(row.cells[0], row.cells[1], language, l_.words);
      if (!defined) return file.error(row, defined.error().message);
      return {};
    });
  }

  Result<void> classes() {
    if (auto done = classes_of("en/classes.tsv", PatternLanguage::english); !done) return done;
    return classes_of("it/classes.tsv", PatternLanguage::italian);
  }

  Result<void> cues() {
    if (auto done = phrases("en/phrases.tsv", PatternLanguage::english); !done) return done;
    if (auto done = phrases("it/phrases.tsv", PatternLanguage::italian); !done) return done;
    for (const std::string_view name : {"en/cues.tsv", "en/polarity_cues.tsv"}) {
      if (auto done = cues_of(name, PatternLanguage::english); !done) return done;
    }
    for (const std::string_view name : {"it/cues.tsv", "it/polarity_cues.tsv"}) {
      if (auto done = cues_of(name, PatternLanguage::italian); !done) return done;
    }
    return {};
  }

  Result<void> guards_of(std::string_view name, PatternLanguage language) {
    static const std::map<std::string_view, Cue> kKinds{
        {"negation", {.meaning = Meaning::negation}},
        {"no-negation", {.meaning = Meaning::no_negation}},
        {"adversative", {.meaning = Meaning::adversative}},
        {"concession", {.meaning = Meaning::concession}},
        {"conditional", {.meaning = Meaning::conditional}},
        {"no-conditional", {.meaning = Meaning::no_conditional}},
        {"opener", {.meaning = Meaning::opener}},
        {"closer", {.meaning = Meaning::closer}},
        {"experience", {.meaning = Meaning::experience}},
        {"courtesy", {.meaning = Meaning::courtesy}},
        {"reported", {.meaning = Meaning::reported}},
        {"irony", {.meaning = Meaning::irony, .value = 0.8}},
        {"weak-irony", {.meaning = Meaning::irony, .value = 0.4}},
        {"anaphora", {.meaning = Meaning::anaphora}}};
    return each(name, 2, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto kind = kKinds.find(row.cells[0]);
      if (kind == kKinds.end()) return file.error(row, "an unknown kind of guard");
      return pattern(file, row, row.cells[1], kind->second, language);
    });
  }

  Result<void> guards() {
    if (auto done = guards_of("guards.tsv", PatternLanguage::both); !done) return done;
    if (auto done = guards_of("en/guards.tsv", PatternLanguage::english); !done) return done;
    return guards_of("it/guards.tsv", PatternLanguage::italian);
  }

  static std::optional<Signal> signal_of(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(Signal::declared_bot); ++i) {
      if (name_of(static_cast<Signal>(i)) == name) return static_cast<Signal>(i);
    }
    return std::nullopt;
  }

  // What a row of labels.tsv says but for its pattern: "text", "text,brand", "text,first",
  // "text,alone" or "bio".
  static bool set_place(std::string_view cell, Cue& cue) {
    if (cell == "bio") {
      cue.meaning = cue.signal == Signal::employee_bio ? Meaning::role : Meaning::bio;
      return true;
    }
    cue.at_start = cell == "text,first";
    cue.by_brand = cell == "text,brand" || cue.at_start;
    cue.alone = cell == "text,alone";
    return cell == "text" || cue.by_brand || cue.alone;
  }

  Result<void> labels() {
    return each("labels.tsv", 4, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      const auto penalty = number_in(file, row, row.cells[1], 0, 1);
      if (!penalty) return penalty.error();
      Cue cue{.meaning = Meaning::signal, .value = *penalty};
      static const std::map<std::string_view, Meaning> kGuards{{"none", Meaning::no_label},
                                                               {"others", Meaning::others},
                                                               {"no-denial", Meaning::no_denial}};
      if (const auto guard = kGuards.find(row.cells[0]); guard != kGuards.end()) {
        cue.meaning = guard->second;
        if (row.cells[2] != "text") return file.error(row, "expected text");
      } else {
        const auto signal = signal_of(row.cells[0]);
        if (!signal) return file.error(row, "an unknown signal");
        cue.signal = *signal;
        if (!set_place(row.cells[2], cue)) {
          return file.error(row, "expected text, text,brand, text,first, text,alone or bio");
        }
      }
      return pattern(file, row, row.cells[3], cue, PatternLanguage::both);
    });
  }

  Result<void> affiliates() {
    return each("affiliates.tsv", 3, [&](const TsvFile& file, const TsvRow& row) -> Result<void> {
      AffiliateRule rule{std::string(row.cells[1]), std::string(row.cells[2])};
      if (row.cells[0] == "host") {
        l_.affiliate_hosts.push_back(std::move(rule));
      } else if (row.cells[0] == "folder") {
        l_.affiliate_folders.push_back(std::move(rule));
      } else if (row.cells[0] == "parameter") {
        l_.affiliate_parameters.push_back(std::move(rule));
      } else {
        return file.error(row, "expected host, folder or parameter");
      }
      return {};
    });
  }

  Result<void> models() {
    const std::pair<std::string, Model*> both[] = {{"en", l_.english_model.get()},
                                                   {"it", l_.italian_model.get()}};
    for (const auto& [lang, model] : both) {
      auto done = each(lang + "/model.tsv", 2 + kWeightCells,
                       [m = model](const TsvFile& file, const TsvRow& row) {
                         return add_fact_row(file, row, *m);
                       });
      if (!done) return done;
      done = each(lang + "/learned.tsv", 1 + kWeightCells,
                  [m = model](const TsvFile& file, const TsvRow& row) {
                    return add_learned_row(file, row, *m);
                  });
      if (!done) return done;
    }
    return {};
  }

  void find_learned_words() {
    l_.english_learned.resize(l_.words.size() + 1);
    l_.italian_learned.resize(l_.words.size() + 1);
    for (WordId id = 1; id <= l_.words.size(); ++id) {
      const std::string_view word = l_.words.spelling(id);
      l_.english_learned[id] = l_.english_model->words.find(word);
      l_.italian_learned[id] = l_.italian_model->words.find(italian_stem(word));
    }
  }

  std::filesystem::path folder_;
  Lexicons& l_;
  std::string bytes_;
};

}  // namespace

Lexicons::Lexicons()
    : english_model(std::make_unique<Model>()), italian_model(std::make_unique<Model>()) {}
Lexicons::~Lexicons() = default;

Word& Lexicons::entry(std::string_view word) {
  const WordId id = words.add(word);
  if (id >= entries.size()) entries.resize(id + 1);
  return entries[id];
}

Result<void> load_lexicons(const std::filesystem::path& folder, Lexicons& lexicons) {
  lexicons.entries.resize(1);
  lexicons.stem_valences.resize(1);
  return Loader(folder, lexicons).run();
}

}  // namespace passaparola::sentiment
