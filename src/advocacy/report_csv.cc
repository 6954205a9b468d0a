// The report as CSV.
#include "advocacy/advocacy.h"
#include "advocacy/evidence.h"
#include "core/csv.h"

namespace passaparola::advocacy {
namespace {

constexpr std::string_view kHeader =
    "rank,source,author_id,handle,name,score,score_low,level,class,type,mentions,recommendations,"
    "defences,helps,complaints,commercial,responders,first_seen,last_seen,at_risk,lapsed,"
    "authenticity,evidence_act,evidence_cue,evidence_url,evidence_text,counter_evidence_act,"
    "counter_evidence_cue,counter_evidence_url,counter_evidence_text,next_gate,brand,as_of,type_1,"
    "type_1_share,"
    "type_2,type_2_share,returning_responders,micro_advocate\r\n";

// The first of the items, in four cells.
void add_evidence(CsvRow& row, const std::vector<EvidenceItem>& items) {
  const EvidenceItem item = items.empty() ? EvidenceItem{} : items.front();
  row.text(item.act);
  row.text(item.cue);
  row.text(item.url);
  row.text(item.excerpt);
}

// The two types that lead, in two cells each.
void add_leaders(CsvRow& row, const AuthorStyle& style) {
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
    CsvRow row(out);
    row.number(std::uint64_t{ranked.rank});
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
      row.number(std::uint64_t{count});
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
    row.number(std::uint64_t{score.returning_responders});
    row.flag(score.micro_advocate);
    row.end();
  }
  return out;
}

}  // namespace passaparola::advocacy
