// Mention: one post about one brand, scored (PRODUCT "The mention"). The unit that is stored and
// fed. A Mention owns nothing: it points into the batch or the stored value that it was read from.
// Offsets are half-open byte offsets into the field that they name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/post.h"

namespace passaparola {

// Where in a post a match was found. Display names and handles of authors are not searched.
enum class Field : std::uint8_t { text, title, bio, quote, links };

struct Match {
  std::string_view rule;  // the rule whose atom it is
  std::string_view atom;  // the atom as compiled: "#mokanera", "moka nera", "/regex/"
  Field field = Field::text;
  std::uint16_t link = 0;  // which link, when field is links
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// What a rule asks to be done with what it found; whoever reads the feed does it.
struct RuleAction {
  enum class Kind : std::uint8_t { score, route, alert };
  Kind kind = Kind::score;
  std::string_view name;  // of the score, route or alert
  double amount = 0;      // what is added to the score
};

struct RuleHit {
  std::string_view id;  // "moka_nera.mention"
  std::uint32_t version = 1;
  std::span<const std::string_view> tags;
  std::span<const RuleAction> actions;
};

enum class Label : std::uint8_t { neutral, positive, negative, mixed, abstain };

struct SentimentHit {
  std::string_view term;
  Field field = Field::text;  // text or title
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  double weight = 0;  // what this hit added, after negation and intensity
  bool negated = false;
};

struct Sentiment {
  Label label = Label::neutral;
  double score = 0;       // [-1, 1], rounded to 4 decimals
  double confidence = 0;  // [0, 1], rounded to 4 decimals
  std::span<const SentimentHit> hits;
};

enum class Act : std::uint8_t {
  recommend,
  anti_recommend,
  seek,
  received,
  defend,
  help,
  testimonial,
  praise,
  idea,
  compare,
  complain,
  churn,
  purchase_intent,
  invite,
};
inline constexpr std::size_t kActCount = 14;

// What the answered or quoted post must be for an act to be one. Scoring knows that there is such a
// post and not what it says; the store, which may have it, settles the act when it commits.
enum class ParentNeed : std::uint8_t { none, criticism, question };

struct ActHit {
  Act act = Act::recommend;
  bool to_others = false;     // recommend only: addressed to readers ("ve la consiglio")
  double confidence = 0;      // [0, 1]
  std::string_view cue;       // the words of the text that said so
  Field field = Field::text;  // text or title
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  ParentNeed needs = ParentNeed::none;
  bool parent_fits = false;  // the parent was known and is what the act needs; else it was unknown
};

// Why a mention counts less, or not at all, as the author's own free word (FEATURES D.4).
enum class Signal : std::uint8_t {
  explicit_label,
  platform_paid_flag,
  ambiguous_label,
  affiliate_link,
  code,
  brand_owned,
  employee_bio,
  gift,
  giveaway,
  declared_bot,
  copy_cluster,  // seen by the store: one text by many authors in a day, or many times by one
  burst,         // seen by the store: with the same others within minutes, again and again
};

struct Penalty {
  Signal signal = Signal::explicit_label;
  double penalty = 0;  // [0, 1]; 1 ends advocacy by this mention
  std::string_view evidence;
  Field field = Field::text;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct Authenticity {
  double score = 1;  // product of (1 - penalty)
  std::span<const Penalty> penalties;
};

// How a text is written, as far as it tells the four types of people apart (FEATURES D.6).
enum class StyleSign : std::uint8_t {
  warm,             // an exclamation mark or a friendly emoji
  guides,           // words of guides and tips
  announces,        // words of what one has achieved
  on_stage,         // words of talks, panels and podcasts
  tags_peers,       // names other accounts, beside the one that is answered
  plans,            // words of what is to come: roadmap, beta
  short_sentences,  // twenty words or fewer, on average
  public_role,      // the author's bio, name or handle has a role of who speaks in public
};

constexpr std::uint8_t bit_of(StyleSign sign) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(sign));
}

// Facts about how the text is written that advocacy weighs (FEATURES D.1).
struct Quality {
  double depth = 0;  // min(1, log2(1 + tokens) / log2(151))
  bool two_sided = false;
  bool specifics = false;  // numbers with units, durations, model names
  std::uint8_t style = 0;  // bit_of() of each StyleSign
};

// What this one mention suggests of the author's relation; the class itself needs the history.
enum class RelationHint : std::uint8_t { none, influencer, incentivised, affiliated, inauthentic };

// Earlier mentions of the brand with the same or nearly the same text, as far as the store still
// remembered them when it committed this one (limits.h, kCopyWindowMentions and kCopyWindowDays).
struct Copies {
  std::string_view duplicate_of;  // mention_id of the earliest of them; empty: there is none
  std::uint32_t known = 0;        // how many
  std::uint32_t by_author = 0;    // of those, the author's own words (k of FEATURES D.1)
};

struct Correction;  // core/correction.h
struct Triage;      // core/triage.h

struct Mention {
  std::uint64_t seq = 0;  // place in the feed, from 1; 0 before it is committed
  std::string_view brand;
  std::span<const RuleHit> rules;
  std::span<const Match> matches;
  Sentiment sentiment;
  std::span<const ActHit> acts;
  Authenticity authenticity;
  Quality quality;
  RelationHint relation_hint = RelationHint::none;
  std::string_view lang;          // as judged: the post's own, else detected, else "und"
  std::uint64_t fingerprint = 0;  // of the text, to find copies by; see core/fingerprint.h
  Copies copies;                  // none before it is committed
  std::string_view ruleset;       // content hash of the rules that judged it
  std::string_view lexicon;       // content hash of the lexicons that scored it
  PostView post;
  const Correction* correction = nullptr;  // what a person says of it, if anyone did
  const Triage* triage = nullptr;          // what people did with it, if anyone did
};

std::string_view name_of(Field field);        // "text", "title", "bio", "quote", "links"
std::string_view name_of(Label label);        // "positive", …
std::string_view name_of(Act act);            // "anti-recommend", "purchase-intent", …
std::string_view name_of(Signal signal);      // "explicit_label", …
std::string_view name_of(RelationHint hint);  // empty for none
std::string_view name_of(ParentNeed need);    // empty for none
std::optional<Label> parse_label(std::string_view name);
std::optional<Act> parse_act(std::string_view name);

// The text that a match or a hit points into; empty for a link that the post does not have.
std::string_view field_text(const PostView& post, Field field, std::size_t link = 0);

// 32 hexadecimal digits, the same for the same (source, post id, brand) on every machine.
std::string mention_id(std::string_view source, std::string_view post_id, std::string_view brand);

}  // namespace passaparola
