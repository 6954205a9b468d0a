#include "advocacy/kpi.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "advocacy/cohorts.h"
#include "advocacy/config.h"
#include "advocacy/resonance.h"
#include "advocacy/score.h"
#include "core/figures.h"

namespace passaparola::advocacy {
namespace {

struct Window {
  Timestamp from, to;

  bool has(Timestamp at) const { return from <= at && at < to; }
};

void count_stars(const MentionFacts& facts, StarCounts& stars) {
  if (facts.stars < 0) return;
  const long whole = std::lround(facts.stars);
  ++(whole >= 5 ? stars.five : whole == 4 ? stars.four : stars.lower);
  stars.sum += static_cast<double>(facts.stars);
}

// What was written, whoever wrote it.
void count_mentions(const store::AuthorHistory& history, const Window& window,
                    const AdvocacyConfig& config, Kpis& found) {
  std::uint64_t mentions = 0;
  for (const MentionFacts& facts : history.mentions) {
    if (!window.has(facts.created_at)) continue;
    ++mentions;
    const bool brands_own = facts.has(Signal::brand_owned) || facts.has(Signal::employee_bio);
    found.own_words += facts.kind != PostKind::repost && !brands_own ? 1 : 0;
    if (facts.kind != PostKind::review) continue;
    found.detailed.add(facts.depth >= config.types.detailed_depth);
    found.two_sided.add(facts.two_sided);
    found.laconic.add(facts.depth < config.relations.wordless_depth);
    count_stars(facts, found.stars);
  }
  found.mentions += mentions;
  found.authors += mentions > 0 ? 1 : 0;
}

// What was said freely: opinions, defenders, critics.
void count_opinions(const store::AuthorHistory& history, const Window& window,
                    const AdvocacyConfig& config, Kpis& found) {
  const AdvocacyConfig windowed = judged_over(window.from, window.to, config);
  bool defends = false, criticises = false;
  for (const Judgement& judged : judge(history, {window.to.milliseconds - 1}, windowed)) {
    if (!(judged.authenticity > 0)) continue;
    for (const Contribution& c : judged.contributions) defends |= c.act == Act::defend;
    criticises |= judged.criticises || judged.opinion == Opinion::negative;
    if (judged.opinion == Opinion::none) continue;
    found.recommendations.add(judged.opinion == Opinion::positive &&
                              carries(*judged.facts, Act::recommend));
  }
  found.defenders += defends ? 1 : 0;
  found.critics += criticises ? 1 : 0;
}

// Who is an advocate when the window ends, and whom they reached in it.
void count_base(const store::AuthorHistory& history, const Window& window,
                const AdvocacyConfig& config, std::unordered_set<std::uint64_t>& reached,
                Kpis& found) {
  const Timestamp end{window.to.milliseconds - 1};
  const AuthorScore score = score_author(history, end, config);
  found.lapsed += score.lapsed ? 1 : 0;
  found.at_risk += score.at_risk ? 1 : 0;
  ++found.levels[static_cast<std::size_t>(score.level)];
  if (score.level < Level::advocate) return;
  ++found.types[static_cast<std::size_t>(score.style.type)];
  ++found.channels[history.author.source];
  const auto became = became_advocate(history, end, config);
  found.became += became && window.has(*became) ? 1 : 0;
  const std::uint64_t self = responder_of(history.author);
  for (const ResponseFacts& response : history.responses) {
    if (!window.has(response.created_at) || !(response.authenticity > 0)) continue;
    if (response.responder != self) reached.insert(response.responder);
  }
}

// Authors and mentions of a brand in the window, for its share of voice.
Result<void> count_voice(const store::Store& store, const std::string& brand, const Window& window,
                         std::uint64_t& mentions, std::uint64_t& authors) {
  const auto wanted = [&](const store::AuthorAggregate& aggregate) {
    return aggregate.last_seen >= window.from && aggregate.first_seen < window.to;
  };
  return store.visit_authors(brand, wanted, [&](store::AuthorHistory&& history) {
    const auto in_window =
        std::count_if(history.mentions.begin(), history.mentions.end(),
                      [&](const MentionFacts& facts) { return window.has(facts.created_at); });
    mentions += static_cast<std::uint64_t>(in_window);
    authors += in_window > 0 ? 1 : 0;
    return true;
  });
}

void write_part(JsonWriter& writer, std::string_view name, const Part& part) {
  writer.key(name);
  writer.StartObject();
  writer.field("part", part.part);
  writer.field("of", part.of);
  write_share(writer, "share", part.part, part.of);
  writer.EndObject();
}

void write_base(JsonWriter& writer, const Kpis& kpis) {
  writer.key("advocates");
  writer.StartObject();
  for (const Level level : {Level::candidate, Level::advocate, Level::champion}) {
    writer.field(name_of(level), kpis.levels[static_cast<std::size_t>(level)]);
  }
  writer.field("new", kpis.became);
  writer.field("lapsed", kpis.lapsed);
  writer.field("at_risk", kpis.at_risk);
  writer.field("reached", kpis.reached);
  writer.key("types");
  writer.StartObject();
  for (std::size_t i = 0; i < kpis.types.size(); ++i) {
    writer.field(name_of(static_cast<AuthorType>(i)), kpis.types[i]);
  }
  writer.EndObject();
  writer.key("channels");
  writer.StartObject();
  for (const auto& [source, people] : kpis.channels) writer.field(source, people);
  writer.EndObject();
  writer.EndObject();
}

}  // namespace

Result<Kpis> kpis(const store::Store& store, const std::string& brand, Timestamp from, Timestamp to,
                  const AdvocacyConfig& config, const std::vector<std::string>& voices) {
  if (const auto known = check_brand(store, brand); !known) return known.error();
  const Window window{from, to};
  Kpis found;
  if (from >= to) return found;
  std::unordered_set<std::uint64_t> reached;
  const auto wanted = [&](const store::AuthorAggregate& aggregate) {
    return aggregate.first_seen < to;
  };
  const auto visited = store.visit_authors(brand, wanted, [&](store::AuthorHistory&& history) {
    count_mentions(history, window, config, found);
    count_opinions(history, window, config, found);
    count_base(history, window, config, reached, found);
    return true;
  });
  if (!visited) return visited.error();
  found.reached = reached.size();
  found.voice_mentions = {found.mentions, found.mentions};
  found.voice_authors = {found.authors, found.authors};
  const std::vector<std::string> all = store.brands();
  for (const std::string& other : all) {
    const bool is_voice =
        voices.empty() || std::find(voices.begin(), voices.end(), other) != voices.end();
    if (other == brand || !is_voice) continue;
    const auto counted =
        count_voice(store, other, window, found.voice_mentions.of, found.voice_authors.of);
    if (!counted) return counted.error();
  }
  return found;
}

void write_kpis(JsonWriter& writer, const Kpis& kpis) {
  writer.key("kpi");
  writer.StartObject();
  writer.field("mentions", kpis.mentions);
  writer.field("authors", kpis.authors);
  writer.field("own_words", kpis.own_words);
  writer.field("reviews", kpis.detailed.of);
  write_part(writer, "detailed_reviews", kpis.detailed);
  write_part(writer, "two_sided_reviews", kpis.two_sided);
  write_part(writer, "laconic_reviews", kpis.laconic);
  write_part(writer, "voice_by_mentions", kpis.voice_mentions);
  write_part(writer, "voice_by_authors", kpis.voice_authors);
  write_part(writer, "recommendation_rate", kpis.recommendations);
  writer.field("defenders", kpis.defenders);
  writer.field("critics", kpis.critics);
  const bool has_critics = kpis.critics > 0;
  write_figure(
      writer, "defence_ratio", has_critics,
      has_critics ? static_cast<double>(kpis.defenders) / static_cast<double>(kpis.critics) : 0);
  write_base(writer, kpis);
  writer.EndObject();
}

}  // namespace passaparola::advocacy
