// The report as JSON (PRODUCT "Command line": fields may be added, never renamed or dropped) and as
// NDJSON, one author a line.
#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "advocacy/evidence.h"

namespace passaparola::advocacy {
namespace {

void write_count(JsonWriter& writer, std::string_view name, std::uint64_t count) {
  writer.field(name, count);
}

void write_time(JsonWriter& writer, std::string_view name, std::optional<Timestamp> instant) {
  writer.key(name);
  if (instant) {
    writer.string(format_rfc3339(*instant));
  } else {
    writer.Null();
  }
}

// The whole of what the program said of the mention, by which it can be judged again.
void write_origins(JsonWriter& writer, const Mention& mention) {
  writer.field("polarity", rounded(mention.sentiment.score));
  write_hits(writer, mention.sentiment.hits);
  writer.key("duplicate_of");
  if (mention.copies.duplicate_of.empty()) {
    writer.Null();
  } else {
    writer.string(mention.copies.duplicate_of);
  }
  writer.key("rules");
  writer.StartArray();
  for (const RuleHit& rule : mention.rules) writer.string(rule.id);
  writer.EndArray();
  write_penalties(writer, mention.authenticity.penalties);
  writer.field("lexicon", mention.lexicon);
  writer.field("ruleset", mention.ruleset);
}

void write_evidence(JsonWriter& writer, std::string_view name,
                    const std::vector<EvidenceItem>& items) {
  writer.key(name);
  writer.StartArray();
  for (const EvidenceItem& item : items) {
    writer.StartObject();
    writer.field("mention_id", item.mention_id);
    writer.field("seq", item.seq);
    writer.field("source", item.mention->post.source);
    writer.field_if("url", item.url);
    writer.field("created_at", format_rfc3339(item.created_at));
    writer.field("act", item.act);
    writer.field("cue", item.cue);
    if (item.end > item.begin) {
      writer.field("field", name_of(item.field));
      write_count(writer, "begin", item.begin);
      write_count(writer, "end", item.end);
    }
    writer.field("text", item.excerpt);
    writer.field("value", item.value);
    write_origins(writer, *item.mention);
    writer.EndObject();
  }
  writer.EndArray();
}

void write_components(JsonWriter& writer, const AuthorScore& score) {
  writer.key("components");
  writer.StartObject();
  writer.field("recommending", score.recommending);
  writer.field("consistency", score.consistency);
  writer.field("positivity", score.positivity);
  writer.field("defending", score.defending);
  writer.field("helping", score.helping);
  writer.field("feedback", score.feedback);
  writer.field("influence", score.influence);
  writer.field("niche", score.niche);
  writer.EndObject();
}

void write_factors(JsonWriter& writer, const AuthorScore& score) {
  writer.field("positive", score.positive);
  writer.field("negative", score.negative);
  writer.field("positive_share", score.positive_share);
  write_count(writer, "consistent_months", score.consistent_months);
  write_count(writer, "consistency_months", score.consistency_months);
  write_count(writer, "active_months", score.active_months);
  writer.field("evidence_weight", score.evidence);
  writer.key("contributions");
  writer.StartArray();
  for (const Contribution& c : score.contributions) {
    writer.StartObject();
    writer.field("seq", c.seq);
    writer.field("created_at", format_rfc3339(c.created_at));
    writer.field("act", name_of(c.act));
    if (c.act == Act::recommend) writer.field("to_others", c.to_others);
    writer.field("weight", c.weight);
    writer.field("confidence", c.confidence);
    writer.field("polarity", c.polarity);
    writer.field("depth", c.depth);
    writer.field("authenticity", c.authenticity);
    writer.field("novelty", c.novelty);
    writer.field("decay", c.decay);
    writer.field("value", c.value);
    writer.EndObject();
  }
  writer.EndArray();
}

// The two that lead, whether or not one of them is given (D.6).
void write_leaders(JsonWriter& writer, const AuthorStyle& style) {
  writer.key("type_leaders");
  writer.StartArray();
  for (std::size_t i = 0; i < 2; ++i) {
    if (style.scores[i].share == 0) continue;
    writer.StartObject();
    writer.field("type", name_of(style.scores[i].type));
    writer.field("score", style.scores[i].score);
    writer.field("share", style.scores[i].share);
    writer.EndObject();
  }
  writer.EndArray();
}

void write_types(JsonWriter& writer, const AuthorStyle& style) {
  writer.field("type_doubt", explain(style.doubt));
  writer.key("types");
  writer.StartArray();
  for (const TypeScore& type : style.scores) {
    writer.StartObject();
    writer.field("type", name_of(type.type));
    writer.field("score", type.score);
    writer.field("known", type.known);
    writer.field("share", type.share);
    writer.key("signals");
    writer.StartArray();
    for (const TypeSignal& signal : type.signals) {
      if (signal.name.empty()) continue;
      writer.StartObject();
      writer.field("signal", signal.name);
      writer.field("weight", signal.weight);
      writer.key("value");
      if (signal.value) {
        writer.Double(*signal.value);
      } else {
        writer.Null();  // histories do not hold it
      }
      writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
  }
  writer.EndArray();
}

void write_counts(JsonWriter& writer, const AuthorScore& score) {
  write_count(writer, "mentions", score.mentions);
  write_count(writer, "recommendations", score.recommendations);
  write_count(writer, "defences", score.defences);
  write_count(writer, "proven_defences", score.proven_defences);
  write_count(writer, "settled_defences", score.settled_defences);
  write_count(writer, "helps", score.helps);
  write_count(writer, "complaints", score.complaints);
  write_count(writer, "commercial", score.commercial);
  write_count(writer, "responders", score.responders);
  write_count(writer, "returning_responders", score.returning_responders);
  if (score.language != 0) writer.field("language", language_name(score.language));
  write_time(writer, "first_seen", score.first_seen);
  write_time(writer, "last_seen", score.last_seen);
}

void write_author_penalties(JsonWriter& writer, const AuthorScore& score) {
  writer.key("penalties");
  writer.StartArray();
  for (const AuthorPenalty& penalty : score.penalties) {
    writer.StartObject();
    writer.field("signal", penalty.signal);
    writer.field("penalty", penalty.penalty);
    writer.field("evidence", penalty.evidence);
    writer.EndObject();
  }
  writer.EndArray();
}

// So that a score can be computed again from nothing but its explanation.
void write_settings(JsonWriter& writer, const IdentifyReport& report) {
  writer.key("settings");
  writer.StartObject();
  for (const auto& [name, value] : report.settings) writer.field(name, value);
  writer.EndObject();
}

// Of which people, when, and by what they were judged.
void write_head(JsonWriter& writer, const IdentifyReport& report, bool explain) {
  writer.field("brand", report.brand);
  writer.field("as_of", format_rfc3339(report.as_of));
  writer.key("window");
  writer.StartObject();
  writer.field("after", format_rfc3339(report.window_begin));
  writer.field("to", format_rfc3339(report.as_of));
  writer.EndObject();
  writer.field("as_of_cursor", report.as_of_cursor);
  writer.field("config_hash", report.config_hash);
  if (explain) write_settings(writer, report);
}

// The fields of one ranked author, inside an object that the caller opened.
void write_ranked(JsonWriter& writer, const RankedAuthor& ranked, bool explain) {
  const AuthorScore& score = ranked.score;
  write_count(writer, "rank", ranked.rank);
  write_author(writer, ranked.author);
  writer.field("score", score.score);
  writer.field("score_low", score.score_low);
  writer.field("level", name_of(score.level));
  writer.field("class", name_of(score.relation));
  writer.field("type", name_of(score.style.type));
  write_leaders(writer, score.style);
  write_counts(writer, score);
  writer.field("at_risk", score.at_risk);
  writer.field("lapsed", score.lapsed);
  writer.field("micro_advocate", score.micro_advocate);
  writer.field("authenticity", score.authenticity);
  writer.key("reasons");
  writer.StartArray();
  for (const AuthorPenalty& penalty : score.penalties) {
    writer.string(advocacy::explain(penalty));
  }
  writer.EndArray();
  write_author_penalties(writer, score);
  write_components(writer, score);
  writer.field("next_gate", score.next_gate);
  if (explain) {
    write_factors(writer, score);
    write_types(writer, score.style);
  }
  write_evidence(writer, "evidence", evidence_items(ranked));
  write_evidence(writer, "counter_evidence", counter_evidence_items(ranked));
}

}  // namespace

void write_author(JsonWriter& writer, const store::AuthorRecord& author) {
  writer.key("author");
  writer.StartObject();
  writer.field("source", author.source);
  writer.field("id", author.id);
  writer.field("handle", author.handle);
  writer.field("name", author.name);
  if (author.followers) writer.field("followers", *author.followers);
  writer.EndObject();
}

std::string to_json(const IdentifyReport& report, bool explain) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  write_head(writer, report, explain);
  write_count(writer, "authors_seen", report.authors_seen);
  writer.key("advocates");
  writer.StartArray();
  for (const RankedAuthor& ranked : report.authors) {
    writer.StartObject();
    write_ranked(writer, ranked, explain);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::string to_ndjson(const IdentifyReport& report, bool explain) {
  std::string out;
  for (const RankedAuthor& ranked : report.authors) {
    JsonWriter writer(out);
    writer.StartObject();
    write_head(writer, report, explain);
    write_ranked(writer, ranked, explain);
    writer.EndObject();
    out.push_back('\n');
  }
  return out;
}

}  // namespace passaparola::advocacy
