// sentiment: Post + match -> how the mention speaks of the brand, and why. Lexicon sentiment,
// speech acts, signals of paid or inauthentic voices, quality, language. Pure: no I/O after load,
// no threads. What it does not know: rules, storage, other posts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/arena.h"
#include "core/mention.h"
#include "core/post.h"
#include "core/result.h"

namespace passaparola::sentiment {

// What of the post is the brand, as the matcher found it.
struct Target {
  std::string_view brand_name;                 // "Moka Nera"
  std::span<const std::string> brand_words;    // folded terms and handles of the brand
  std::span<const std::string> brand_domains;  // folded
  std::span<const Match> matches;
  bool author_is_owned = false;
};

// Everything this module adds to a mention. Spans and strings live in the arena of the call, in the
// post, or in the scorer.
struct Enrichment {
  Sentiment sentiment;
  std::span<const ActHit> acts;
  Authenticity authenticity;
  Quality quality;
  RelationHint relation_hint = RelationHint::none;
  std::string_view lang;
  std::uint64_t fingerprint = 0;
};

// Lexicons, cues and the algorithms over them. Immutable after load; thread-safe; share it.
class Scorer {
 public:
  // `lexicons` is the folder rules/lexicons. An error names file and line.
  static Result<std::shared_ptr<const Scorer>> load(const std::filesystem::path& lexicons);
  ~Scorer();

  std::string_view hash() const;  // of all lexicon files, 32 hexadecimal digits

  // Primary language subtag in lower case: the post's own field, else detected, else "und".
  std::string_view language(const PostView& post) const;
  std::string_view detect_language(std::string_view text) const;

  // What any text says as a whole, whoever it is about. `lang` "it" is judged by the Italian model,
  // everything else by the English one.
  Sentiment score(std::string_view text, std::string_view lang, Arena& arena) const;

  // The same by a sum of word values alone: the published VADER algorithm (score is its compound),
  // or for "it" the same idea over the Italian lexicon. Confidence is always 1.
  Sentiment score_by_vader(std::string_view text, std::string_view lang, Arena& arena) const;

  Enrichment enrich(const PostView& post, const Target& target, Arena& arena) const;

 private:
  struct Lexicons;
  explicit Scorer(std::unique_ptr<const Lexicons> lexicons);
  std::unique_ptr<const Lexicons> lexicons_;
};

}  // namespace passaparola::sentiment
