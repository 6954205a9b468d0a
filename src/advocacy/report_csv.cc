// The report as CSV (RFC 4180). Spreadsheets run what looks like a formula, and names are outside
// text: such cells begin with an apostrophe.
#include <fmt/format.h>

#include "advocacy/advocacy.h"
#include "advocacy/evidence.h"
#include "core/fold.h"

namespace passaparola::advocacy {
namespace {

// Would a spreadsheet take the cell for a formula? Folding unmasks full-width signs and drops
// invisible characters; leading blanks and control characters do not protect.
bool looks_like_formula(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '\t' || text.front() == '\r') return true;
  for (const char c : folded(text)) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F) continue;
    return c == '=' || c == '+' || c == '-' || c == '@';
  }
  return false;
}

void add_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '\0') continue;  // some readers end the file there
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

class Row {
 public:
  explicit Row(std::string& out) : out_(out) {}

  // Text from outside.
  void text(std::string_view text) {
    separate();
    if (looks_like_formula(text)) {
      add_quoted(out_, fmt::format("'{}", text));
    } else if (text.find_first_of(std::string_view(",\"\r\n\t\0", 6)) != std::string_view::npos) {
      add_quoted(out_, text);
    } else {
      out_.append(text);
    }
  }
  void number(std::uint64_t number) { own(fmt::format("{}", number)); }
  void score(double score) { own(fmt::format("{:.4f}", score)); }
  void flag(bool flag) { own(flag ? "true" : "false"); }
  void time(std::optional<Timestamp> at) { own(at ? format_rfc3339(*at) : ""); }
  void end() { out_.append("\r\n"); }

 private:
  void separate() {
    if (!first_) out_.push_back(',');
    first_ = false;
  }
  void own(std::string_view cell) {
    separate();
    out_.append(cell);
  }

  std::string& out_;
  bool first_ = true;
};

constexpr std::string_view kHeader =
    "rank,source,author_id,handle,name,score,score_low,level,class,type,mentions,recommendations,"
    "defences,helps,complaints,commercial,responders,first_seen,last_seen,at_risk,lapsed,"
    "authenticity,evidence_act,evidence_cue,evidence_url,evidence_text,counter_evidence_act,"
    "counter_evidence_cue,counter_evidence_url,counter_evidence_text,next_gate,brand,as_of,type_1,"
    "type_1_share,"
    "type_2,type_2_share,returning_responders,micro_advocate\r\n";

// The first of the items, in four cells.
void add_evidence(Row& row, const std::vector<EvidenceItem>& items) {
  const EvidenceItem item = items.empty() ? EvidenceItem{} : items.front();
  row.text(item.act);
  row.text(item.cue);
  row.text(item.url);
  row.text(item.excerpt);
}

// The two types that lead, in two cells each.
void add_leaders(Row& row, const AuthorStyle& style) {
  for (std::size_t i = 0; i < 2; ++i) {
    const TypeScore& type = style.scores[i];
    row.text(type.share > 0 ? name_of(type.type) : "");
    row.score(type.share);
  }
}

}  // namespace

std::string to_csv(const IdentifyReport& report) {
  std::string out(kHeader);
  for (const RankedAuthor& ranked : report.authors) {
    const AuthorScore& score = ranked.score;
    Row row(out);
    row.number(ranked.rank);
    row.text(ranked.author.source);
    row.text(ranked.author.id);
    row.text(ranked.author.handle);
    row.text(ranked.author.name);
    row.score(score.score);
    row.score(score.score_low);
    row.text(name_of(score.level));
    row.text(name_of(score.relation));
    row.text(name_of(score.style.type));
    for (const std::uint32_t count :
         {score.mentions, score.recommendations, score.defences, score.helps, score.complaints,
          score.commercial, score.responders}) {
      row.number(count);
    }
    row.time(score.first_seen);
    row.time(score.last_seen);
    row.flag(score.at_risk);
    row.flag(score.lapsed);
    row.score(score.authenticity);
    add_evidence(row, evidence_items(ranked));
    add_evidence(row, counter_evidence_items(ranked));
    row.text(score.next_gate);
    row.text(report.brand);
    row.time(report.as_of);
    add_leaders(row, score.style);
    row.number(score.returning_responders);
    row.flag(score.micro_advocate);
    row.end();
  }
  return out;
}

}  // namespace passaparola::advocacy
