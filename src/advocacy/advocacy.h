// advocacy: history -> people. Who are this brand's real advocates, why, and who was only paid.
// The score is FEATURES D.1 and D.3, the classes D.4. Pure functions over what the store holds; the
// identification job reads the store and ranks. What it does not know: rules, networks, clocks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/facts.h"
#include "core/json.h"
#include "core/result.h"
#include "core/time.h"
#include "store/store.h"

namespace passaparola::advocacy {

enum class Level : std::uint8_t { none, candidate, advocate, champion };
enum class RelationClass : std::uint8_t {
  advocate,
  loyal,
  influencer,
  referral_partner,
  incentivised,
  affiliated,
  detractor,
  inauthentic,
  neutral,
};
// D.6: how somebody speaks up for a brand. A style seen in what they wrote, not a profile of who
// they are.
enum class AuthorType : std::uint8_t {
  educator,
  validator,
  status_seeker,
  collaborator,
  undetermined,
};
inline constexpr std::size_t kAuthorTypes = 4;  // undetermined is none
std::string_view name_of(Level level);
std::string_view name_of(RelationClass relation);
std::string_view name_of(AuthorType type);
std::optional<Level> parse_level(std::string_view name);
std::optional<RelationClass> parse_relation_class(std::string_view name);
std::optional<AuthorType> parse_type(std::string_view name);
// "2026-03" and core/time.h's number of that month.
std::optional<std::int64_t> parse_month(std::string_view text);
std::string format_month(std::int64_t month);

// What one mention adds to the score: v = w·q·max(0, p*)·d'·g·n·δ, factor by factor.
// At most one for each of R, D, H and F comes from one mention: its strongest act of that kind.
struct Contribution {
  std::uint64_t seq = 0;
  Timestamp created_at;
  Act act = Act::recommend;
  bool to_others = false;
  double weight = 0, confidence = 0, polarity = 0, depth = 0, authenticity = 0, novelty = 0,
         decay = 0;
  double value = 0;
};

// One sign of a type.
struct TypeSignal {
  std::string_view name;        // static; empty: there is no further one
  double weight = 0;            // w
  std::optional<double> value;  // x in [0, 1]; nullopt: histories do not hold it
};

struct TypeScore {
  AuthorType type = AuthorType::undetermined;
  double score = 0;  // T = Σw·x / Σw over the signals that histories hold
  double known = 0;  // the part of all weight that those have
  double share = 0;  // of the T of all types that are known well enough to be compared
  std::array<TypeSignal, 6> signals;
};

// Why a type is not given, the first that holds.
enum class TypeDoubt : std::uint8_t { none, evidence, score, share, margin, mark };
std::string_view explain(TypeDoubt doubt);  // for a person; empty for none

struct AuthorStyle {
  AuthorType type = AuthorType::undetermined;
  TypeDoubt doubt = TypeDoubt::evidence;
  std::array<TypeScore, kAuthorTypes> scores;  // the largest share first: the leaders
};

// Why somebody's A is below 1.
struct AuthorPenalty {
  std::string_view signal;  // static: see author_signs.h
  double penalty = 0;       // A *= 1 - penalty
  std::string evidence;     // what was counted
};
std::string explain(const AuthorPenalty& penalty);  // for a person

struct AuthorScore {
  double score = 0;      // S in [0, 100]
  double score_low = 0;  // S_lo: shrunk by how little evidence there is; ranks and gates use it
  double recommending = 0, consistency = 0, positivity = 0, defending = 0, helping = 0,
         feedback = 0, influence = 0, niche = 0;  // R C P⁺ D H F I N in [0, 1]
  double positive_share = 0.5;                    // P
  double positive = 0, negative = 0;              // of P: opinions; positive ones weighed by g
  double evidence = 0;                            // n_eff
  double authenticity = 1;                        // A
  Level level = Level::none;
  RelationClass relation = RelationClass::neutral;
  AuthorStyle style;
  bool at_risk = false, lapsed = false;
  bool micro_advocate = false;  // an advocate for few people who come back
  std::uint32_t consistent_months = 0, consistency_months = 0;  // C is their quotient
  std::uint32_t active_months = 0;  // calendar months of the window with a counted strong act
  std::uint32_t mentions = 0;       // ever, up to as_of, like first_seen and last_seen
  // In the window: mentions that carry such an act and count, criticism, paid or rewarded ones;
  // distinct authentic people who answered.
  std::uint32_t recommendations = 0, defences = 0, helps = 0, complaints = 0, commercial = 0,
                responders = 0;
  std::uint32_t returning_responders = 0;  // of them, who answered again a day later or more
  std::uint32_t proven_defences = 0;       // whose parent is known to criticise the brand
  std::uint32_t settled_defences = 0;      // of them, after which the critic softened
  std::uint32_t topics = 0;                // distinct aspects; 0: too few mentions name one
  std::uint16_t language = 0;              // of most mentions (pack_language()); 0: not known
  std::optional<Timestamp> first_seen, last_seen;
  std::vector<AuthorPenalty> penalties;     // why A is below 1
  std::vector<Contribution> contributions;  // largest first
  std::vector<std::uint64_t>
      counter_evidence;   // seqs of complaints, paid mentions, copies; newest first
  std::string next_gate;  // what is missing for the next level
};

// Every weight, window and gate of the score. Its hash goes with every score.
struct AdvocacyConfig;
const AdvocacyConfig& default_config();
std::string config_hash(const AdvocacyConfig& config);

// Pure and deterministic. `mentions` and `responses` by time; only those not after `as_of` count.
AuthorScore score_author(const store::AuthorHistory& history, Timestamp as_of,
                         const AdvocacyConfig& config);

// Which people of a class are wanted; empty parts want everybody.
struct PeopleFilter {
  Level least_level = Level::none;
  std::string source;                                      // the channel on which they write
  std::uint16_t language = 0;                              // that they mostly write; 0: any
  std::optional<std::int64_t> audience_min, audience_max;  // followers; those unknown are below any
  bool at_risk = false, lapsed = false;                    // only those who are
  std::optional<AuthorType> type;
  std::optional<Timestamp> active_from, active_to;  // with an act that counts in [from, to)
  std::optional<std::int64_t> cohort;               // first seen in this month (core/time.h)

  bool wants(const store::AuthorRecord& author, const AuthorScore& score) const;
};

struct IdentifyQuery {
  std::string brand;
  std::size_t top = 20;
  std::optional<RelationClass> relation;  // default: advocates and candidates, by score_low
  PeopleFilter filter;
  Timestamp as_of;
  bool is_now = false;  // as_of is the time of asking: the ranking in the store is brought up to it
};

struct RankedAuthor {
  std::uint32_t rank = 0;
  store::AuthorRecord author;
  AuthorScore score;
  std::vector<store::StoredMention> evidence;  // of the largest contributions
  std::vector<store::StoredMention> counter_evidence;
};

struct IdentifyReport {
  std::string brand;
  Timestamp as_of;
  Timestamp window_begin;    // acts after it count
  std::string as_of_cursor;  // the newest mention of the store when people were judged
  std::string config_hash;
  std::vector<RankedAuthor> authors;
  std::uint64_t authors_seen = 0;                        // whose history was read
  std::vector<std::pair<std::string, double>> settings;  // all of what they were judged by
};

// The identification job. For now the top is read from the ranking that the store keeps, which is
// first brought up to date; for any other time everybody's history is read, with the same answer.
// Any thread. Errors: not_found (no such brand in the store), and those of the store.
Result<IdentifyReport> identify(store::Store& store, const IdentifyQuery& query,
                                const AdvocacyConfig& config);

// One author of a brand as the job reports people, with evidence; rank 0. `history` is that of this
// brand. Any thread. Errors: those of the store.
Result<IdentifyReport> explain_author(const store::Store& store, const std::string& brand,
                                      const store::AuthorHistory& history, Timestamp as_of,
                                      const AdvocacyConfig& config, store::Hidden hidden);

// By which Store::verify() judges the ranks of every brand again. Holds on to `config`.
store::RankCheck rank_check(Timestamp at, const AdvocacyConfig& config);

// The four published forms (PRODUCT "Command line"). `explain` adds the factors of every
// contribution, from which the score can be rebuilt, and the gate.
std::string to_json(const IdentifyReport& report, bool explain);
std::string to_ndjson(const IdentifyReport& report, bool explain);
std::string to_csv(const IdentifyReport& report);  // cells safe against spreadsheet formulas
std::string to_table(const IdentifyReport& report, bool explain);  // 80 columns, safe for terminals

enum class ReportFormat : std::uint8_t { table, json, ndjson, csv };
std::optional<ReportFormat> parse_report_format(std::string_view name);
std::string formatted(const IdentifyReport& report, ReportFormat format, bool explain);

}  // namespace passaparola::advocacy
