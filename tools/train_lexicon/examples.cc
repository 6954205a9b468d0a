#include "train_lexicon/examples.h"

#include "sentiment/acts.h"
#include "sentiment/model.h"
#include "sentiment/reading.h"
#include "sentiment/target.h"

namespace passaparola::training {

std::uint32_t Vocabulary::index_of(const std::string& words_of_feature) {
  const auto next = static_cast<std::uint32_t>(size());
  const auto [found, fresh] = indexes.emplace(words_of_feature, next);
  if (fresh) words.push_back(words_of_feature);
  return found->second;
}

Features features_of(const sentiment::Lexicons& lexicons, const labelled::Row& row,
                     sentiment::Aim aim, Vocabulary& vocabulary) {
  using sentiment::Aim;
  const auto language =
      row.lang == "it" ? sentiment::PatternLanguage::italian : sentiment::PatternLanguage::english;
  const PostView post = row.post();
  sentiment::Target target{row.brand, {}, {}, row.targets, false};
  if (aim == Aim::whole_text) target = {};
  sentiment::Reading text;
  sentiment::Reading title;
  read_text(lexicons, post.text, language, target.matches, Field::text, text);
  read_text(lexicons, post.title, language, target.matches, Field::title, title);
  const sentiment::PostReading reading{lexicons, post, target, text, title, row.lang, language};
  std::vector<ActHit> acts;
  if (aim == Aim::brand) {
    find_cue_acts(reading, acts);
    aim = aim_of(reading);
  }
  sentiment::Facts facts;
  find_facts(reading, aim, acts, facts);

  Features features;
  const auto first = static_cast<std::uint32_t>(aim) * sentiment::kFactCount;
  for (std::uint32_t fact = 0; fact < sentiment::kFactCount; ++fact) {
    if (facts.values[fact] != 0) {
      features.emplace_back(static_cast<std::uint32_t>(first + fact), facts.values[fact]);
    }
  }
  std::string before;
  const sentiment::WordUse* last = nullptr;
  for (const sentiment::WordUse& use : facts.words) {
    const sentiment::Reading& of = use.field == Field::title ? title : text;
    const std::string word(learned_form(lexicons, of.tokens[use.token], language));
    if (!word.empty()) features.emplace_back(vocabulary.index_of(word), use.weight);
    const bool adjacent =
        last != nullptr && last->field == use.field && last->token + 1 == use.token;
    if (adjacent && !before.empty() && !word.empty()) {
      features.emplace_back(vocabulary.index_of(before + " " + word), use.weight);
    }
    before = word;
    last = &use;
  }
  return features;
}

}  // namespace passaparola::training
