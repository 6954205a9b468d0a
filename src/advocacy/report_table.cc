// The report for a person at a terminal of 80 columns.
#include <fmt/format.h>

#include <algorithm>

#include "advocacy/advocacy.h"
#include "advocacy/evidence.h"
#include "core/terminal.h"

namespace passaparola::advocacy {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kIndent = 5;
constexpr std::size_t kShownEvidence = 3;
constexpr std::size_t kWhoColumns = 24;

// One indented line, cut at the edge. `text` may hold outside text.
void add_line(std::string& out, std::string_view text) {
  std::string line = fit_columns(terminal_safe(text), kColumns - kIndent);
  line.erase(line.find_last_not_of(' ') + 1);
  out.append(kIndent, ' ').append(line).push_back('\n');
}

// A long text of words, over as many indented lines as it needs.
void add_wrapped(std::string& out, std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (!line.empty() && line.size() + 1 + word.size() > kColumns - kIndent) {
      add_line(out, line);
      line = " ";
    }
    if (!line.empty()) line.push_back(' ');
    line.append(word);
  }
  add_line(out, line);
}

std::string date_of(Timestamp at) { return format_rfc3339(at).substr(0, 10); }

std::string said(const EvidenceItem& item) {
  const std::string_view words = item.cue.empty() ? item.excerpt : item.cue;
  return fmt::format("{} {} \u201c{}\u201d", date_of(item.created_at), item.act,
                     terminal_safe(words));
}

std::string standing_of(const AuthorScore& score) {
  std::string standing(score.level == Level::none ? name_of(score.relation) : name_of(score.level));
  if (score.at_risk) standing += ", at risk";
  if (score.lapsed) standing += ", lapsed";
  return standing;
}

void add_quotes(std::string& out, const std::vector<EvidenceItem>& items, std::size_t shown,
                std::string_view lead) {
  for (std::size_t i = 0; i < std::min(items.size(), shown); ++i) {
    add_line(out, fmt::format("{}{}", lead, said(items[i])));
  }
}

void add_factors(std::string& out, const AuthorScore& score) {
  add_wrapped(out, fmt::format("R {:.2f}  C {:.2f}  P+ {:.2f}  D {:.2f}  H {:.2f}  F {:.2f}  "
                               "I {:.2f}  N {:.2f}  A {:.2f}  n_eff {:.2f}",
                               score.recommending, score.consistency, score.positivity,
                               score.defending, score.helping, score.feedback, score.influence,
                               score.niche, score.authenticity, score.evidence));
  constexpr std::size_t kShownContributions = 5;
  for (std::size_t i = 0; i < std::min(score.contributions.size(), kShownContributions); ++i) {
    const Contribution& c = score.contributions[i];
    add_line(out, fmt::format("{:.4f} = w {:.2f} q {:.2f} p {:.2f} d {:.2f} g {:.2f} n {:.2f} "
                              "decay {:.2f}  {}",
                              c.value, c.weight, c.confidence, c.polarity, c.depth, c.authenticity,
                              c.novelty, c.decay, name_of(c.act)));
  }
  for (const AuthorPenalty& penalty : score.penalties) add_wrapped(out, explain(penalty));
}

// "educator 75 %, collaborator 25 %": the types that lead, by their shares.
std::string leaders_of(const AuthorStyle& style) {
  std::string leaders;
  for (std::size_t i = 0; i < 2; ++i) {
    const TypeScore& type = style.scores[i];
    if (type.share == 0) continue;
    if (!leaders.empty()) leaders += ", ";
    leaders += fmt::format("{} {:.0f} %", name_of(type.type), 100 * type.share);
  }
  return leaders;
}

// Nothing is said of those of whom next to nothing is known.
void add_type(std::string& out, const AuthorStyle& style, bool explain) {
  const bool is_given = style.type != AuthorType::undetermined;
  if (!is_given && style.doubt == TypeDoubt::evidence && !explain) return;
  const std::string leaders = leaders_of(style);
  std::string line = is_given          ? "type "
                     : leaders.empty() ? "type undetermined"
                                       : "type undetermined: ";
  line += leaders;
  if (!is_given && explain) line += fmt::format(" ({})", advocacy::explain(style.doubt));
  add_wrapped(out, line);
}

// "educator T 0.80, known 44 %: help_share 3 x 1.00, …", a line or more for each type.
void add_types(std::string& out, const AuthorStyle& style) {
  for (const TypeScore& type : style.scores) {
    std::string line = fmt::format("{} T {:.2f}, known {:.0f} %:", name_of(type.type), type.score,
                                   100 * type.known);
    for (const TypeSignal& signal : type.signals) {
      if (signal.value)
        line += fmt::format(" {} {:g} x {:.2f}", signal.name, signal.weight, *signal.value);
    }
    add_wrapped(out, line);
  }
}

void add_author(std::string& out, const RankedAuthor& ranked, bool explain) {
  const AuthorScore& score = ranked.score;
  const std::string who = fit_columns(terminal_safe(display_name(ranked.author)), kWhoColumns);
  std::string line = fmt::format("{:>4} {} {:>5.1f} {:>5.1f}  {:<19} {:>4} {:>4} {:>4}",
                                 ranked.rank, who, score.score, score.score_low, standing_of(score),
                                 score.recommendations, score.defences, score.mentions);
  out.append(line).push_back('\n');
  add_quotes(out, evidence_items(ranked), explain ? ranked.evidence.size() : kShownEvidence, "");
  add_quotes(out, counter_evidence_items(ranked), explain ? ranked.counter_evidence.size() : 1,
             "but ");
  if (score.micro_advocate) {
    add_line(out, fmt::format("micro-advocate: {} of the {} people who answer come back",
                              score.returning_responders, score.responders));
  }
  add_type(out, score.style, explain);
  if (!explain) return;
  add_factors(out, score);
  add_types(out, score.style);
  if (!score.next_gate.empty()) add_wrapped(out, fmt::format("next: {}", score.next_gate));
}

}  // namespace

std::string to_table(const IdentifyReport& report, bool explain) {
  std::string out = fit_columns(
      fmt::format("{} on {}: {} people, of {} histories read", terminal_safe(report.brand),
                  date_of(report.as_of), report.authors.size(), report.authors_seen),
      kColumns);
  out.erase(out.find_last_not_of(' ') + 1);
  out.push_back('\n');
  if (report.authors.empty()) return out + "Nobody yet.\n";
  out += fmt::format("{:>4} {:<24} {:>5} {:>5}  {:<19} {:>4} {:>4} {:>4}\n", "#", "who", "score",
                     "least", "standing", "rec", "def", "all");
  for (const RankedAuthor& ranked : report.authors) add_author(out, ranked, explain);
  return out;
}

}  // namespace passaparola::advocacy
