#include "core/json.h"

#include <algorithm>
#include <cmath>

#include "core/correction.h"
#include "core/triage.h"

namespace passaparola {
namespace {

void count_if(JsonWriter& writer, std::string_view name, std::optional<std::int64_t> count) {
  if (count) writer.field(name, *count);
}

void write_author(JsonWriter& writer, const AuthorView& author) {
  writer.key("author");
  writer.StartObject();
  writer.field("id", author.id);
  writer.field_if("handle", author.handle);
  writer.field_if("name", author.name);
  writer.field_if("bio", author.bio);
  count_if(writer, "followers", author.followers);
  count_if(writer, "following", author.following);
  count_if(writer, "posts", author.posts);
  if (author.created_at) writer.field("created_at", format_rfc3339(*author.created_at));
  writer.EndObject();
}

void write_context(JsonWriter& writer, const PostView& post) {
  if (!post.reply_to_id.empty() || !post.reply_to_author_id.empty()) {
    writer.key("reply_to");
    writer.StartObject();
    writer.field_if("id", post.reply_to_id);
    writer.field_if("author_id", post.reply_to_author_id);
    writer.EndObject();
  }
  writer.field_if("thread", post.thread);
  writer.field_if("repost_of", post.repost_of);
  if (!post.quote_id.empty() || !post.quote_text.empty()) {
    writer.key("quote");
    writer.StartObject();
    writer.field_if("id", post.quote_id);
    writer.field_if("text", post.quote_text);
    writer.EndObject();
  }
}

void write_numbers(JsonWriter& writer, const PostView& post) {
  if (post.rating) {
    writer.key("rating");
    writer.StartObject();
    writer.field("value", post.rating->value);
    writer.field("max", post.rating->max);
    writer.EndObject();
  }
  if (post.nps) writer.field("nps", static_cast<std::int64_t>(*post.nps));
  if (!post.links.empty()) {
    writer.key("links");
    writer.StartArray();
    for (const std::string_view link : post.links) writer.string(link);
    writer.EndArray();
  }
  if (post.sponsored) writer.field("sponsored", true);
  const Engagement& engagement = post.engagement;
  if (engagement.likes || engagement.reposts || engagement.replies || engagement.views) {
    writer.key("engagement");
    writer.StartObject();
    count_if(writer, "likes", engagement.likes);
    count_if(writer, "reposts", engagement.reposts);
    count_if(writer, "replies", engagement.replies);
    count_if(writer, "views", engagement.views);
    writer.EndObject();
  }
}

void write_span(JsonWriter& writer, std::uint32_t begin, std::uint32_t end) {
  writer.field("begin", static_cast<std::uint64_t>(begin));
  writer.field("end", static_cast<std::uint64_t>(end));
}

// Only what the rule has: most have tags alone.
void write_actions(JsonWriter& writer, const RuleHit& rule) {
  const auto has = [&](RuleAction::Kind kind) {
    return std::any_of(rule.actions.begin(), rule.actions.end(),
                       [&](const RuleAction& action) { return action.kind == kind; });
  };
  const auto names = [&](RuleAction::Kind kind, std::string_view key) {
    if (!has(kind)) return;
    writer.key(key);
    writer.StartArray();
    for (const RuleAction& action : rule.actions) {
      if (action.kind == kind) writer.string(action.name);
    }
    writer.EndArray();
  };
  if (has(RuleAction::Kind::score)) {
    writer.key("scores");
    writer.StartArray();
    for (const RuleAction& action : rule.actions) {
      if (action.kind != RuleAction::Kind::score) continue;
      writer.StartObject();
      writer.field("name", action.name);
      writer.field("amount", action.amount);
      writer.EndObject();
    }
    writer.EndArray();
  }
  names(RuleAction::Kind::route, "routes");
  names(RuleAction::Kind::alert, "alerts");
}

void write_rules(JsonWriter& writer, const Mention& mention) {
  writer.key("rules");
  writer.StartArray();
  for (const RuleHit& rule : mention.rules) {
    writer.StartObject();
    writer.field("id", rule.id);
    writer.field("version", static_cast<std::uint64_t>(rule.version));
    writer.key("tags");
    writer.StartArray();
    for (const std::string_view tag : rule.tags) writer.string(tag);
    writer.EndArray();
    write_actions(writer, rule);
    writer.EndObject();
  }
  writer.EndArray();
  writer.key("matches");
  writer.StartArray();
  for (const Match& match : mention.matches) {
    writer.StartObject();
    writer.field("rule", match.rule);
    writer.field("atom", match.atom);
    writer.field("field", name_of(match.field));
    if (match.field == Field::links) writer.field("link", static_cast<std::uint64_t>(match.link));
    write_span(writer, match.begin, match.end);
    const std::string_view text = field_text(mention.post, match.field, match.link);
    if (match.begin <= match.end && match.end <= text.size()) {
      writer.field("matched", text.substr(match.begin, match.end - match.begin));
    }
    writer.EndObject();
  }
  writer.EndArray();
}

void write_sentiment(JsonWriter& writer, const Sentiment& sentiment) {
  writer.key("sentiment");
  writer.StartObject();
  writer.field("label", name_of(sentiment.label));
  writer.field("score", rounded(sentiment.score));
  writer.field("confidence", rounded(sentiment.confidence));
  write_hits(writer, sentiment.hits);
  writer.EndObject();
}

void write_copies(JsonWriter& writer, const Copies& copies) {
  writer.key("duplicate_of");
  if (copies.duplicate_of.empty()) {
    writer.Null();
  } else {
    writer.string(copies.duplicate_of);
  }
  writer.field("copies", static_cast<std::uint64_t>(copies.known));
  writer.field("copies_by_author", static_cast<std::uint64_t>(copies.by_author));
}

void write_authenticity(JsonWriter& writer, const Mention& mention) {
  writer.key("authenticity");
  writer.StartObject();
  writer.field("score", rounded(mention.authenticity.score));
  write_penalties(writer, mention.authenticity.penalties);
  writer.EndObject();
  writer.key("relation_hint");
  if (mention.relation_hint == RelationHint::none) {
    writer.Null();
  } else {
    writer.string(name_of(mention.relation_hint));
  }
}

void write_correction(JsonWriter& writer, const Correction& correction) {
  writer.key("correction");
  writer.StartObject();
  writer.field("label", name_of(correction.label));
  if (correction.acts) {
    writer.key("acts");
    writer.StartArray();
    for (std::size_t i = 0; i < kActCount; ++i) {
      if (correction.acts->test(i)) writer.string(name_of(static_cast<Act>(i)));
    }
    writer.EndArray();
  }
  if (correction.about_brand) writer.field("about_brand", *correction.about_brand);
  if (correction.sampled) writer.field("sampled", true);
  writer.field("by", correction.by);
  writer.field("at", format_rfc3339(correction.at));
  writer.EndObject();
}

}  // namespace

void write_triage(JsonWriter& writer, const Triage& triage) {
  writer.key("triage");
  writer.StartObject();
  writer.field("state", name_of(triage.state()));
  writer.field("assignee", triage.assignee());
  writer.field("state_since", format_rfc3339(triage.state_since));
  writer.field("version", triage.version);
  writer.field_if("note", triage.steps.empty() ? std::string_view() : triage.steps.back().note);
  writer.EndObject();
}

void write_acts(JsonWriter& writer, std::span<const ActHit> acts) {
  writer.key("acts");
  writer.StartArray();
  for (const ActHit& hit : acts) {
    writer.StartObject();
    writer.field("act", name_of(hit.act));
    if (hit.act == Act::recommend) writer.field("to_others", hit.to_others);
    writer.field("confidence", rounded(hit.confidence));
    writer.field("cue", hit.cue);
    if (hit.field != Field::text) writer.field("field", name_of(hit.field));
    write_span(writer, hit.begin, hit.end);
    if (hit.needs != ParentNeed::none) {
      writer.field("needs_parent", name_of(hit.needs));
      writer.field("parent_fits", hit.parent_fits);
    }
    writer.EndObject();
  }
  writer.EndArray();
}

void write_hits(JsonWriter& writer, std::span<const SentimentHit> hits) {
  writer.key("hits");
  writer.StartArray();
  for (const SentimentHit& hit : hits) {
    writer.StartObject();
    writer.field("term", hit.term);
    if (hit.field != Field::text) writer.field("field", name_of(hit.field));
    write_span(writer, hit.begin, hit.end);
    writer.field("weight", rounded(hit.weight));
    writer.field("negated", hit.negated);
    writer.EndObject();
  }
  writer.EndArray();
}

void write_penalties(JsonWriter& writer, std::span<const Penalty> penalties) {
  writer.key("penalties");
  writer.StartArray();
  for (const Penalty& penalty : penalties) {
    writer.StartObject();
    writer.field("signal", name_of(penalty.signal));
    writer.field("penalty", rounded(penalty.penalty));
    writer.field("evidence", penalty.evidence);
    writer.field("field", name_of(penalty.field));
    write_span(writer, penalty.begin, penalty.end);
    writer.EndObject();
  }
  writer.EndArray();
}

double rounded(double score) {
  const double scaled = std::round(score * 10'000);
  return scaled == 0 ? 0 : scaled / 10'000;  // never "-0.0"
}

void write_post(JsonWriter& writer, const PostView& post) {
  writer.StartObject();
  writer.field("op", name_of(post.op));
  writer.field("source", post.source);
  writer.field_if("id", post.id);
  writer.field("kind", name_of(post.kind));
  write_author(writer, post.author);
  writer.field("text", post.text);
  writer.field_if("title", post.title);
  writer.field_if("lang", post.lang);
  writer.field("created_at", format_rfc3339(post.created_at));
  writer.field_if("url", post.url);
  write_context(writer, post);
  write_numbers(writer, post);
  writer.EndObject();
}

void write_mention(JsonWriter& writer, const Mention& mention, std::uint32_t store) {
  writer.StartObject();
  if (mention.seq != 0) {
    writer.field("seq", mention.seq);
    writer.field("cursor", encode_cursor({store, mention.seq}));
  }
  writer.field("mention_id", mention_id(mention.post.source, mention.post.id, mention.brand));
  writer.field("brand", mention.brand);
  write_rules(writer, mention);
  write_sentiment(writer, mention.sentiment);
  write_acts(writer, mention.acts);
  write_authenticity(writer, mention);
  if (mention.correction != nullptr) write_correction(writer, *mention.correction);
  if (mention.triage != nullptr) write_triage(writer, *mention.triage);
  writer.field("lang", mention.lang);
  write_copies(writer, mention.copies);
  writer.field("ruleset", mention.ruleset);
  writer.field("lexicon", mention.lexicon);
  writer.key("post");
  write_post(writer, mention.post);
  writer.EndObject();
}

}  // namespace passaparola
