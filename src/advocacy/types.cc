#include "advocacy/types.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "core/fold.h"

namespace passaparola::advocacy {
namespace {

using std::string_view_literals::operator""sv;

// D.6: "professional channel". Sources are named by whoever configures them.
constexpr std::array kProfessional{"linkedin"sv, "xing"sv};

// What is seen in the mentions, each weighed by its g.
struct Seen {
  double read = 0;                 // of all: those whose style is known
  std::array<double, 8> style{};   // by StyleSign
  double plain = 0;                // short sentences without warmth
  std::set<std::uint16_t> helped;  // people
  std::map<std::uint64_t, double> threads;
  bool has_threads = false;
  double all = 0;  // own words with an act or an opinion
  double helps = 0, to_others = 0, ideas = 0;
  double detailed_reviews = 0, two_sided = 0, specifics = 0;
  double polar = 0, moderate = 0;  // with a sentiment, and with a moderate one

  double of(StyleSign sign) const { return style[static_cast<std::size_t>(sign)]; }
  static double share(double part, double of) { return of > 0 ? std::min(part / of, 1.0) : 0; }
};

bool recommends_to_others(const MentionFacts& facts) {
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    if (facts.acts[i].act == Act::recommend && facts.acts[i].to_others) return true;
  }
  return false;
}

// Rows of before know neither style nor language.
bool has_style(const MentionFacts& facts) { return facts.style != 0 || facts.lang != 0; }

void look_at_style(const MentionFacts& facts, double g, Seen& seen) {
  if (facts.ties.thread != 0) {
    seen.threads[facts.ties.thread] += g;
    seen.has_threads |= facts.ties.thread != facts.ties.post;
  }
  if (!has_style(facts)) return;
  seen.read += g;
  for (std::size_t i = 0; i < seen.style.size(); ++i) {
    if (facts.has(static_cast<StyleSign>(i))) seen.style[i] += g;
  }
  if (facts.has(StyleSign::short_sentences) && !facts.has(StyleSign::warm)) seen.plain += g;
}

void look_at(const Judgement& judged, const TypeRules& rules, Seen& seen) {
  const MentionFacts& facts = *judged.facts;
  const double g = judged.authenticity;
  if (g == 0 || (facts.act_count == 0 && judged.opinion == Opinion::none)) return;
  seen.all += g;
  look_at_style(facts, g, seen);
  const bool to_others = recommends_to_others(facts);
  // An answer is a recommendation that replies to somebody.
  const bool answers = to_others && facts.kind == PostKind::reply;
  if (carries(facts, Act::help) || answers) {
    seen.helps += g;
    if (facts.ties.answered != 0) seen.helped.insert(facts.ties.answered);
  }
  if (to_others) seen.to_others += g;
  // The acts know no bug reports; ideas stand for them too.
  if (carries(facts, Act::idea)) seen.ideas += g;
  const bool reviews = facts.kind == PostKind::review || carries(facts, Act::testimonial);
  if (reviews && facts.depth >= rules.detailed_depth) seen.detailed_reviews += g;
  if (facts.two_sided) seen.two_sided += g;
  if (facts.specifics) seen.specifics += g;
  const double polarity = std::fabs(static_cast<double>(facts.polarity));
  if (facts.label == Label::abstain || !(polarity > 0)) return;
  seen.polar += g;
  // Polarity is stored as a float: a .7 is a little off.
  constexpr double rounding = 1e-6;
  if (polarity >= rules.moderate_least - rounding && polarity <= rules.moderate_most + rounding) {
    seen.moderate += g;
  }
}

bool has_word(std::string_view name, std::span<const std::string_view> words) {
  if (!is_valid_utf8(name)) return false;
  const std::string text = folded(name);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size()) {
      std::size_t next = end;
      const char32_t c = next_code_point(text, next);
      if (c == U'_' || !is_word_character(c)) break;
      end = next;
    }
    if (std::find(words.begin(), words.end(), std::string_view(text).substr(at, end - at)) !=
        words.end()) {
      return true;
    }
    if (end == at) next_code_point(text, end);
    at = end;
  }
  return false;
}

// A year of presence and of activity makes 1, each a half.
double steadiness(const AuthorScore& score, Timestamp as_of, const TypeRules& rules) {
  if (!score.first_seen) return 0;
  const auto tenure = static_cast<double>(month_of(as_of) - month_of(*score.first_seen) + 1);
  const auto active = static_cast<double>(score.active_months);
  return (std::min(tenure / rules.steady_months, 1.0) +
          std::min(active / rules.steady_months, 1.0)) /
         2;
}

// Of all that is said, what goes on in a thread where the author has spoken before.
double follow_ups(const Seen& seen) {
  double after_first = 0;
  for (const auto& [thread, g] : seen.threads) after_first += std::max(g - 1, 0.0);
  return Seen::share(after_first, seen.all);
}

using Values = std::array<std::optional<double>, 6>;

std::array<Values, kAuthorTypes> values_of(const store::AuthorRecord& author, const Seen& seen,
                                           const AuthorScore& score, Timestamp as_of,
                                           const TypeRules& rules) {
  std::array<Values, kAuthorTypes> values{};
  Values& educator = values[static_cast<std::size_t>(AuthorType::educator)];
  educator[0] = Seen::share(seen.helps, seen.all);
  if (!seen.helped.empty()) {
    educator[1] = std::min(1.0, static_cast<double>(seen.helped.size()) / rules.people_helped);
  }
  educator[3] = Seen::share(seen.to_others, seen.all);
  Values& validator = values[static_cast<std::size_t>(AuthorType::validator)];
  validator[0] = Seen::share(seen.detailed_reviews, seen.all);
  validator[1] = Seen::share(seen.two_sided, seen.all);
  validator[2] = Seen::share(seen.moderate, seen.polar);
  validator[3] = Seen::share(seen.specifics, seen.all);
  Values& status_seeker = values[static_cast<std::size_t>(AuthorType::status_seeker)];
  if (seen.of(StyleSign::public_role) > 0) status_seeker[0] = 1;
  status_seeker[1] = has_word(author.source, kProfessional) ? 1 : 0;
  Values& collaborator = values[static_cast<std::size_t>(AuthorType::collaborator)];
  collaborator[0] = Seen::share(seen.ideas, seen.all);
  collaborator[1] = steadiness(score, as_of, rules);
  if (seen.has_threads) collaborator[2] = follow_ups(seen);
  collaborator[4] = score.influence;
  if (seen.read == 0) return values;
  educator[2] = seen.of(StyleSign::guides) / seen.read;
  educator[4] = seen.of(StyleSign::warm) / seen.read;
  validator[4] = seen.plain / seen.read;
  status_seeker[2] = seen.of(StyleSign::announces) / seen.read;
  status_seeker[3] = seen.of(StyleSign::on_stage) / seen.read;
  status_seeker[4] = seen.of(StyleSign::tags_peers) / seen.read;
  collaborator[3] = seen.of(StyleSign::plans) / seen.read;
  return values;
}

TypeScore type_score(std::size_t type, const Values& values, const TypeRules& rules) {
  TypeScore result;
  result.type = static_cast<AuthorType>(type);
  double sum = 0, weight_known = 0, weight = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string_view name = kTypeSignals[type][i];
    if (name.empty()) continue;
    const double w = rules.weights[type][i];
    result.signals[i] = {name, w, values[i]};
    weight += w;
    if (!values[i]) continue;
    weight_known += w;
    sum += w * *values[i];
  }
  if (weight_known > 0) result.score = sum / weight_known;
  if (weight > 0) result.known = weight_known / weight;
  return result;
}

// The first gate that the leader misses.
TypeDoubt doubt_of(const std::array<TypeScore, kAuthorTypes>& scores, double evidence,
                   const TypeRules& rules) {
  const TypeScore& leader = scores[0];
  if (evidence < rules.evidence) return TypeDoubt::evidence;
  if (leader.score < rules.score || leader.share == 0) return TypeDoubt::score;
  if (leader.share < rules.share) return TypeDoubt::share;
  if (leader.share - scores[1].share < rules.margin) return TypeDoubt::margin;
  if (leader.signals[0].value.value_or(0) == 0) return TypeDoubt::mark;
  return TypeDoubt::none;
}

}  // namespace

AuthorStyle style_of(const store::AuthorRecord& author, std::span<const Judgement> judgements,
                     const AuthorScore& score, Timestamp as_of, const AdvocacyConfig& config) {
  const TypeRules& rules = config.types;
  Seen seen;
  for (const Judgement& judged : judgements) look_at(judged, rules, seen);
  const auto values = values_of(author, seen, score, as_of, rules);
  AuthorStyle style;
  double sum = 0;
  for (std::size_t type = 0; type < kAuthorTypes; ++type) {
    style.scores[type] = type_score(type, values[type], rules);
    if (style.scores[type].known >= rules.known) sum += style.scores[type].score;
  }
  for (TypeScore& type : style.scores) {
    if (type.known >= rules.known && sum > 0) type.share = type.score / sum;
  }
  std::stable_sort(style.scores.begin(), style.scores.end(),
                   [](const TypeScore& a, const TypeScore& b) { return a.share > b.share; });
  style.doubt = doubt_of(style.scores, score.evidence, rules);
  if (style.doubt == TypeDoubt::none) style.type = style.scores[0].type;
  return style;
}

}  // namespace passaparola::advocacy
