#include "sentiment/sentiment.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/json.h"
#include "core/limits.h"
#include "sentiment/acts.h"
#include "sentiment/authenticity.h"
#include "sentiment/facts.h"
#include "sentiment/italian.h"
#include "sentiment/language.h"
#include "sentiment/lexicons.h"
#include "sentiment/model.h"
#include "sentiment/quality.h"
#include "sentiment/reading.h"
#include "sentiment/target.h"

namespace passaparola::sentiment {
namespace {

PatternLanguage patterns_of(std::string_view lang) {
  if (lang == "it") return PatternLanguage::italian;
  return lang == "und" ? PatternLanguage::both : PatternLanguage::english;
}

// What one call works with; kept by the thread, so that a mention costs no allocation.
struct Workspace {
  Reading text;
  Reading title;
  Valences valences;
  Facts facts;
  Learned learned;
  std::vector<ActHit> acts;
};

Workspace& workspace() {
  thread_local Workspace kept;
  return kept;
}

Label sentence_label(double score) {
  if (score >= kPolarScore) return Label::positive;
  return score <= -kPolarScore ? Label::negative : Label::neutral;
}

}  // namespace

struct Scorer::Lexicons : sentiment::Lexicons {};

Scorer::Scorer(std::unique_ptr<const Lexicons> lexicons) : lexicons_(std::move(lexicons)) {}
Scorer::~Scorer() = default;

Result<std::shared_ptr<const Scorer>> Scorer::load(const std::filesystem::path& lexicons) {
  auto loaded = std::make_unique<Lexicons>();
  if (auto done = load_lexicons(lexicons, *loaded); !done) return done.error();
  return std::shared_ptr<const Scorer>(new Scorer(std::move(loaded)));
}

std::string_view Scorer::hash() const { return lexicons_->hash; }

std::string_view Scorer::language(const PostView& post) const {
  const std::string_view own = primary_subtag(post.lang);
  if (!own.empty()) return own;
  return detect_language(post.text.empty() ? post.title : post.text);
}

std::string_view Scorer::detect_language(std::string_view text) const {
  return sentiment::detect_language(*lexicons_, text);
}

Sentiment Scorer::score(std::string_view text, std::string_view lang, Arena& arena) const {
  Workspace& work = workspace();
  PostView post;
  post.text = text;
  const Target nothing{};
  const PatternLanguage language = patterns_of(lang);
  read_text(*lexicons_, text, language, {}, Field::text, work.text);
  work.title.tokens.clear();
  work.title.hits.clear();
  const PostReading reading{*lexicons_, post, nothing, work.text, work.title, lang, language};
  find_facts(reading, Aim::whole_text, {}, work.facts);
  find_learned(lexicons_->model(language), reading, Aim::whole_text, work.facts, work.learned);
  return judge_sentiment(reading, Aim::whole_text, {}, work.facts, work.learned, arena);
}

Sentiment Scorer::score_by_vader(std::string_view text, std::string_view lang, Arena& arena) const {
  Workspace& work = workspace();
  if (lang == "it") {
    read_text(*lexicons_, text, PatternLanguage::italian, {}, Field::text, work.text);
    score_italian(*lexicons_, text, work.text, work.valences);
  } else {
    score_english(lexicons_->english, text, work.valences);
  }
  Sentiment result;
  result.score = rounded(score_of(work.valences.sum, work.valences.emphasis));
  result.label = sentence_label(result.score);
  result.confidence = 1;
  const std::size_t count = std::min(work.valences.hits.size(), kMaxSentimentHits);
  std::vector<SentimentHit> hits;
  hits.reserve(count);
  for (const ValenceHit& hit : std::span(work.valences.hits).first(count)) {
    hits.push_back({text.substr(hit.begin, hit.end - hit.begin), Field::text, hit.begin, hit.end,
                    rounded(hit.weight), hit.negated});
  }
  result.hits = arena.copy(hits);
  return result;
}

Enrichment Scorer::enrich(const PostView& post, const Target& target, Arena& arena) const {
  Workspace& work = workspace();
  Enrichment result;
  cut_text(*lexicons_, post.text, work.text);
  cut_text(*lexicons_, post.title, work.title);
  result.lang = primary_subtag(post.lang);
  if (result.lang.empty()) {
    const bool by_title = post.text.empty();
    result.lang = sentiment::detect_language(*lexicons_, by_title ? post.title : post.text,
                                             (by_title ? work.title : work.text).tokens);
  }
  const PatternLanguage patterns = patterns_of(result.lang);
  read_tokens(*lexicons_, patterns, target.matches, Field::text, work.text);
  read_tokens(*lexicons_, patterns, target.matches, Field::title, work.title);
  const PostReading reading{*lexicons_, post, target, work.text, work.title, result.lang, patterns};
  find_cue_acts(reading, work.acts);
  const Aim aim = aim_of(reading);
  find_facts(reading, aim, work.acts, work.facts);
  find_learned(lexicons_->model(patterns), reading, aim, work.facts, work.learned);
  result.sentiment = judge_sentiment(reading, aim, work.acts, work.facts, work.learned, arena);
  result.acts = settle_acts(reading, result.sentiment, work.learned, work.acts, arena);
  result.authenticity = judge_authenticity(reading, arena);
  result.relation_hint = relation_of(result.authenticity);
  result.quality = judge_quality(*lexicons_, work.text.tokens, post.text, is_two_sided(work.facts),
                                 !post.reply_to_id.empty() || post.kind == PostKind::reply);
  if (has_public_role(*lexicons_, post.author)) {
    result.quality.style |= bit_of(StyleSign::public_role);
  }
  result.fingerprint = fingerprint_of(post.text.empty() ? work.title.tokens : work.text.tokens);
  return result;
}

}  // namespace passaparola::sentiment
