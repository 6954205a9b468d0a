// Everything that rules/lexicons holds, as the scorers use it. Immutable after load.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/mention.h"
#include "core/result.h"
#include "sentiment/english.h"
#include "sentiment/patterns.h"
#include "sentiment/word_table.h"

namespace passaparola::sentiment {

// What the finding of a pattern means.
enum class Meaning : std::uint8_t {
  act,
  ignore,     // words that look like an act and are none ("the algorithm recommended")
  signal,     // a sign of a paid or inauthentic voice, in the text
  bio,        // the same, in the author's bio
  role,       // a role in a company, in the author's bio
  no_label,   // words that look like a sign of reward and are none ("error code", "is it an ad")
  no_denial,  // holds a negation that denies no label ("can't believe they sent me this")
  others,     // what its sentence says behind it of rewards is said of other people
  phrase,     // words that have a valence only together
  negation,
  no_negation,  // "not only"
  adversative,  // parts clauses and weighs what stands before and behind it
  concession,   // parts clauses only
  conditional,
  no_conditional,  // "if you like": says for whom, not whether
  opener,          // may stand before the first word of a clause ("honestly,")
  closer,          // may stand behind the last word of a clause ("instead")
  experience,      // the author owns it or has used it
  courtesy,        // thanks and greetings: no opinion
  reported,        // somebody else's words follow
  irony,
  anaphora,  // points back to what was named
};

struct Cue {
  Meaning meaning = Meaning::act;
  Act act = Act::recommend;
  Signal signal = Signal::explicit_label;
  bool to_others = false;
  bool reply_only = false;  // help and defence answer somebody
  bool needs_link = false;
  bool at_start = false;  // the cue must begin a clause: an imperative, not "I got"
  bool at_end = false;    // and must end one: "get the X", not "get the X manual"
  bool by_brand = false;  // a label only shortly before the brand or a handle
  bool alone = false;     // a label only in brackets, before a bar or as a whole sentence
  double value = 0;       // confidence, penalty, valence or share of irony
};

// What a word says in one language, alone.
struct Polarity {
  double valence = 0;
  double boost = 0;    // what it adds to the valence of a word behind it
  bool given = false;  // by a lexicon, even as 0: no stem is asked then
};

// What is known of one folded word. Signs say the same in both languages.
struct Word {
  Polarity english;
  Polarity italian;
  bool stop_english = false;
  bool stop_italian = false;
  bool unit = false;          // of a measure or a duration
  bool code = false;          // "code", "coupon"
  bool code_context = false;  // "discount", "promo"
  bool code_other = false;    // "error code", "codice fiscale"
  bool guide = false;         // "tutorial", "trucchetto"
  bool achievement = false;   // "certified", "traguardo"
  bool stage = false;         // "keynote", "podcast"
  bool plan = false;          // "roadmap", "anteprima"
  bool public_role = false;   // "speaker", "fondatrice"
};

// A host of an affiliate network, or a folder or a parameter that names the partner.
struct AffiliateRule {
  std::string name;
  std::string host;  // where a parameter means that: a part of the host, "brand", "partner" or "*"
};

struct Model;

struct Lexicons {
  Lexicons();
  ~Lexicons();

  EnglishTables english;
  WordTable words;
  std::vector<Word> entries;  // by id; entries[0] is any unknown word
  WordTable stems;
  std::vector<double> stem_valences;  // by id
  WordTable suffixes;
  Patterns patterns;
  std::vector<Cue> cues;  // by pattern
  std::vector<AffiliateRule> affiliate_hosts;
  std::vector<AffiliateRule> affiliate_folders;
  std::vector<AffiliateRule> affiliate_parameters;
  std::unique_ptr<Model> english_model;
  std::unique_ptr<Model> italian_model;
  std::vector<WordId> english_learned;  // by id of `words`: the id in the model's own table
  std::vector<WordId> italian_learned;
  std::string hash;  // of all files, 32 hexadecimal digits

  const Model& model(PatternLanguage language) const {
    return language == PatternLanguage::italian ? *italian_model : *english_model;
  }
  const std::vector<WordId>& learned(PatternLanguage language) const {
    return language == PatternLanguage::italian ? italian_learned : english_learned;
  }
  Word& entry(std::string_view word);
  const Word& of(WordId id) const { return entries[id < entries.size() ? id : 0]; }
  const Polarity& polarity(WordId id, PatternLanguage language) const {
    return language == PatternLanguage::italian ? of(id).italian : of(id).english;
  }
};

// Reads every file of the folder. Errors name file and line.
Result<void> load_lexicons(const std::filesystem::path& folder, Lexicons& lexicons);

// The valence of an Italian word that is in no list as written: by its stem, without a prefix
// ("super"), without "-issimo". 0 when nothing fits.
double italian_valence(const Lexicons& lexicons, std::string_view word);

}  // namespace passaparola::sentiment
