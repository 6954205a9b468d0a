#include "pipeline/processor.h"

#include <fmt/format.h>

#include "core/check.h"

namespace passaparola::pipeline {
match::Knowledge knowledge_of(const Judges& judges) {
  auto scorer = judges.scorer;
  match::Knowledge knowledge;
  knowledge.language_of = [scorer](const PostView& post) { return scorer->language(post); };
  knowledge.mention_of = [judges](const PostView& post, const match::PostMatch& match,
                                  Arena& arena) {
    return make_mention(judges, post, match, arena);
  };
  return knowledge;
}

Result<Judges> load_judges(const std::filesystem::path& rules,
                           const std::filesystem::path& lexicons,
                           const match::PatternCompiler& compiler) {
  auto ruleset = match::Ruleset::load(rules, compiler);
  if (!ruleset) return ruleset.error();
  auto scorer = sentiment::Scorer::load(lexicons);
  if (!scorer) return scorer.error();
  return Judges{std::move(*ruleset), std::move(*scorer)};
}

Counts& Counts::operator+=(const Counts& other) {
  bytes += other.bytes;
  records += other.records;
  posts += other.posts;
  ignored += other.ignored;
  matched_posts += other.matched_posts;
  mentions_found += other.mentions_found;
  for (std::size_t i = 0; i < rejected.size(); ++i) rejected[i] += other.rejected[i];
  return *this;
}

Mention make_mention(const Judges& judges, const PostView& post, const match::PostMatch& match,
                     Arena& arena) {
  if (match.scored != nullptr) {
    Mention mention = *match.scored;
    mention.rules = match.rules;
    mention.matches = match.matches;
    return mention;
  }
  const match::Brand& brand = judges.rules->brands()[match.brand];
  const sentiment::Target target{brand.name, brand.words, brand.domains, match.matches,
                                 match.author_is_owned};
  const sentiment::Enrichment enrichment = judges.scorer->enrich(post, target, arena);
  Mention mention;
  mention.brand = brand.id;
  mention.rules = match.rules;
  mention.matches = match.matches;
  mention.sentiment = enrichment.sentiment;
  mention.acts = enrichment.acts;
  mention.authenticity = enrichment.authenticity;
  mention.quality = enrichment.quality;
  mention.relation_hint = enrichment.relation_hint;
  mention.lang = enrichment.lang;
  mention.fingerprint = enrichment.fingerprint;
  mention.ruleset = judges.rules->hash();
  mention.lexicon = judges.scorer->hash();
  mention.post = post;
  return mention;
}

Seat::Seat(const Judges& shared) : judges(shared), matcher(shared.rules, knowledge_of(shared)) {}

Processor::Processor(const Judges& judges) : seat_(std::make_unique<Seat>(judges)) {}

void Processor::swap_seat(std::unique_ptr<Seat>& seat) {
  CHECK(seat, "a processor always has judges");
  seat_.swap(seat);
}

Judged Processor::judge(ingest::Format format, std::string_view chunk, Counts& counts) {
  batch_.clear();
  matches_.clear();
  mentions_.clear();
  first_mention_.clear();
  decoder_.decode(format, chunk, batch_);
  seat_->matcher.find(batch_.posts, batch_.arena, matches_);

  auto match = matches_.begin();
  for (std::uint32_t i = 0; i < batch_.posts.size(); ++i) {
    first_mention_.push_back(static_cast<std::uint32_t>(mentions_.size()));
    const bool matched = match != matches_.end() && match->post == i;
    for (; match != matches_.end() && match->post == i; ++match) {
      mentions_.push_back(make_mention(seat_->judges, batch_.posts[i], *match, batch_.arena));
    }
    counts.matched_posts += matched ? 1 : 0;
  }
  first_mention_.push_back(static_cast<std::uint32_t>(mentions_.size()));
  CHECK(match == matches_.end(), "matches come in the order of posts");

  counts.bytes += chunk.size();
  counts.records += batch_.records;
  counts.posts += batch_.posts.size();
  counts.ignored += batch_.ignored;
  counts.mentions_found += mentions_.size();
  for (const ingest::Reject& reject : batch_.rejects) {
    ++counts.rejected[static_cast<std::size_t>(reject.reason)];
  }
  return {batch_.posts, mentions_, first_mention_, batch_.rejects};
}

Judged Processor::prepare(ingest::Format format, std::string_view chunk,
                          const store::Preparer& preparer, store::PreparedBatch& out,
                          Counts& counts) {
  const Judged judged = judge(format, chunk, counts);
  for (std::size_t i = 0; i < judged.posts.size(); ++i) {
    const std::size_t first = judged.first_mention[i];
    const std::size_t count = judged.first_mention[i + 1] - first;
    // Most posts mention nobody: they must cost nothing from here on. Updates and deletes still
    // matter, for what they change may be stored.
    if (count == 0 && judged.posts[i].op == PostOp::create) continue;
    preparer.prepare(judged.posts[i], judged.mentions.subspan(first, count), out);
  }
  return judged;
}

}  // namespace passaparola::pipeline
