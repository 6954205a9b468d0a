#include "match/subject.h"

#include <algorithm>
#include <optional>

#include "core/fold.h"

namespace passaparola::match {
namespace {

bool any_of(const Predicate& predicate, std::string_view value) {
  return std::find(predicate.values.begin(), predicate.values.end(), value) !=
         predicate.values.end();
}

bool any_folded(const Predicate& predicate, std::string_view value) {
  return any_of(predicate, folded(value));
}

template <typename Integer>
std::optional<double> number(const std::optional<Integer>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

std::optional<double> number_of(const PostView& post, PredicateKind kind) {
  switch (kind) {
    case PredicateKind::followers:
      return number(post.author.followers);
    case PredicateKind::following:
      return number(post.author.following);
    case PredicateKind::posts:
      return number(post.author.posts);
    case PredicateKind::rating:
      return post.rating ? std::optional(post.rating->value) : std::nullopt;
    case PredicateKind::nps:
      return number(post.nps);
    case PredicateKind::likes:
      return number(post.engagement.likes);
    case PredicateKind::reposts:
      return number(post.engagement.reposts);
    case PredicateKind::replies:
      return number(post.engagement.replies);
    case PredicateKind::views:
      return number(post.engagement.views);
    default:
      return std::nullopt;
  }
}

// What abstains from judging has no sentiment.
std::optional<double> number_of(const Mention& mention, PredicateKind kind) {
  const bool abstains = mention.sentiment.label == Label::abstain;
  switch (kind) {
    case PredicateKind::sentiment:
      return abstains ? std::nullopt : std::optional(mention.sentiment.score);
    case PredicateKind::confidence:
      return abstains ? std::nullopt : std::optional(mention.sentiment.confidence);
    case PredicateKind::authenticity:
      return mention.authenticity.score;
    default:
      return number_of(mention.post, kind);
  }
}

bool is_inside(const Predicate& predicate, double value) {
  const bool above = predicate.low_open ? value > predicate.low : value >= predicate.low;
  const bool below = predicate.high_open ? value < predicate.high : value <= predicate.high;
  return (above && below) != predicate.outside;
}

// "it" is also "it-IT".
bool is_language(const Predicate& predicate, std::string_view language) {
  const std::string lower = language.empty() ? "und" : folded(language);
  return any_of(predicate, lower) || any_of(predicate, lower.substr(0, lower.find('-')));
}

Truth is_author(const Predicate& predicate, const AuthorView& author) {
  if (author.id.empty() && author.handle.empty()) return Truth::unknown;
  std::string_view handle = author.handle;
  if (handle.starts_with('@')) handle.remove_prefix(1);
  const bool named = !handle.empty() && any_folded(predicate, handle);
  return to_truth(named || (!author.id.empty() && any_folded(predicate, author.id)));
}

}  // namespace

void Subject::reset(const PostView& post, const LanguageOf* language_of) {
  text_.reset(post);
  language_of_ = language_of;
  mention_ = nullptr;
  has_language_ = false;
}

void Subject::reset(const Mention& mention) {
  text_.reset(mention.post);
  language_of_ = nullptr;
  mention_ = &mention;
  has_language_ = false;
}

std::string_view Subject::language() {
  if (!has_language_) {
    if (mention_ != nullptr && !mention_->lang.empty()) {
      language_ = mention_->lang;
    } else if (language_of_ != nullptr && *language_of_) {
      language_ = (*language_of_)(post());
    } else {
      language_ = post().lang;
    }
    has_language_ = true;
  }
  return language_;
}

Truth Subject::holds(const Predicate& predicate) {
  if (!predicate.values.empty()) return holds_word(predicate);
  const auto value = mention_ != nullptr ? number_of(*mention_, predicate.kind)
                                         : number_of(post(), predicate.kind);
  return value ? to_truth(is_inside(predicate, *value)) : Truth::unknown;
}

Truth Subject::holds_word(const Predicate& predicate) {
  const auto& values = predicate.values;
  switch (predicate.kind) {
    case PredicateKind::source:
      return to_truth(any_folded(predicate, post().source));
    case PredicateKind::language:
      return to_truth(is_language(predicate, language()));
    case PredicateKind::kind:
      return to_truth(any_of(predicate, name_of(post().kind)));
    case PredicateKind::author:
      return is_author(predicate, post().author);
    case PredicateKind::is:
      return to_truth(std::any_of(values.begin(), values.end(),
                                  [&](const std::string& flag) { return is(flag); }));
    case PredicateKind::has:
      return to_truth(std::any_of(values.begin(), values.end(),
                                  [&](const std::string& part) { return has(part); }));
    default:
      return mention_ != nullptr ? holds_word_of_mention(predicate) : Truth::unknown;
  }
}

Truth Subject::holds_word_of_mention(const Predicate& predicate) const {
  const auto& rules = mention_->rules;
  switch (predicate.kind) {
    case PredicateKind::brand:
      return to_truth(any_folded(predicate, mention_->brand));
    case PredicateKind::rule:
      return to_truth(std::any_of(rules.begin(), rules.end(), [&](const RuleHit& rule) {
        return any_folded(predicate, rule.id);
      }));
    case PredicateKind::tag:
      return to_truth(std::any_of(rules.begin(), rules.end(), [&](const RuleHit& rule) {
        return std::any_of(rule.tags.begin(), rule.tags.end(),
                           [&](std::string_view tag) { return any_folded(predicate, tag); });
      }));
    case PredicateKind::label:
      return to_truth(any_of(predicate, name_of(mention_->sentiment.label)));
    case PredicateKind::act:
      return to_truth(
          std::any_of(mention_->acts.begin(), mention_->acts.end(),
                      [&](const ActHit& hit) { return any_of(predicate, name_of(hit.act)); }));
    case PredicateKind::relation: {
      const std::string_view name = name_of(mention_->relation_hint);
      return to_truth(any_of(predicate, name.empty() ? "none" : name));
    }
    default:
      return Truth::unknown;
  }
}

bool Subject::is(std::string_view flag) const {
  if (flag == "root") return post().reply_to_id.empty() && post().kind != PostKind::reply;
  if (flag == "sponsored") return post().sponsored;
  if (flag == "reply" && !post().reply_to_id.empty()) return true;
  if (flag == "repost" && !post().repost_of.empty()) return true;
  if (flag == "quote" && !post().quote_id.empty()) return true;
  return name_of(post().kind) == flag;
}

bool Subject::has(std::string_view part) {
  if (part == "link") return !post().links.empty() || has_token(TokenKind::url);
  if (part == "hashtag") return has_token(TokenKind::hashtag);
  if (part == "handle") return has_token(TokenKind::handle);
  if (part == "title") return !post().title.empty();
  if (part == "quote") return !post().quote_id.empty() || !post().quote_text.empty();
  if (part == "rating") return post().rating.has_value();
  if (part == "bio") return !post().author.bio.empty();
  if (part == "lang") return !post().lang.empty();
  return text_.of(Field::text).search.text.find('?') != std::string::npos;  // question
}

bool Subject::has_token(TokenKind kind) {
  for (const Field field : {Field::text, Field::title}) {
    const auto& tokens = text_.tokenized(field).tokens;
    if (std::any_of(tokens.begin(), tokens.end(),
                    [&](const Token& token) { return token.kind == kind; })) {
      return true;
    }
  }
  return false;
}

}  // namespace passaparola::match
