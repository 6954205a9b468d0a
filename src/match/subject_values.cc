// What a post, a scored mention and an author's history answer to the predicates of rules.
#include <algorithm>

#include "core/fold.h"
#include "core/triage.h"
#include "match/predicate_parser.h"
#include "match/subject.h"

namespace passaparola::match {
namespace {

bool any_of(const Predicate& predicate, std::string_view value) {
  return std::find(predicate.values.begin(), predicate.values.end(), value) !=
         predicate.values.end();
}

bool any_folded(const Predicate& predicate, std::string_view value) {
  return any_of(predicate, folded(value));
}

// Of a text that a post may lack.
Truth is_one_of(const Predicate& predicate, std::string_view value) {
  return value.empty() ? Truth::unknown : to_truth(any_folded(predicate, value));
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

// The host of the post's own address, or one above it.
Truth is_site(const Predicate& predicate, std::string_view url) {
  if (url.empty()) return Truth::unknown;
  const auto [begin, end] = host_of(url);
  std::string host = folded(url.substr(begin, end - begin));
  while (true) {
    if (any_of(predicate, host)) return Truth::yes;
    const std::size_t dot = host.find('.');
    if (dot == std::string::npos) return Truth::no;
    host.erase(0, dot + 1);
  }
}

// Part of a link of the post.
Truth has_url(const Predicate& predicate, const PostView& post) {
  return to_truth(std::any_of(post.links.begin(), post.links.end(), [&](std::string_view link) {
    const std::string address = folded(link);
    return std::any_of(
        predicate.values.begin(), predicate.values.end(),
        [&](const std::string& part) { return address.find(part) != std::string::npos; });
  }));
}

template <typename Integer>
std::optional<double> number_of(const std::optional<Integer>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

std::optional<double> account_age_days(const PostView& post) {
  if (!post.author.created_at) return std::nullopt;
  const std::int64_t age = post.created_at.milliseconds - post.author.created_at->milliseconds;
  return static_cast<double>(age) / static_cast<double>(kMillisecondsPerDay);
}

std::optional<double> number_of(const PostView& post, PredicateKind kind) {
  switch (kind) {
    case PredicateKind::followers:
      return number_of(post.author.followers);
    case PredicateKind::following:
      return number_of(post.author.following);
    case PredicateKind::posts:
      return number_of(post.author.posts);
    case PredicateKind::account_age_days:
      return account_age_days(post);
    case PredicateKind::rating:
      return post.rating ? std::optional(post.rating->value) : std::nullopt;
    case PredicateKind::nps:
      return number_of(post.nps);
    case PredicateKind::likes:
      return number_of(post.engagement.likes);
    case PredicateKind::reposts:
      return number_of(post.engagement.reposts);
    case PredicateKind::replies:
      return number_of(post.engagement.replies);
    case PredicateKind::views:
      return number_of(post.engagement.views);
    case PredicateKind::created:
      return static_cast<double>(post.created_at.milliseconds);
    default:
      return std::nullopt;
  }
}

// What abstains from judging has no sentiment, and what says nothing in particular no act.
std::optional<double> number_of(const Mention& mention, PredicateKind kind) {
  const bool abstains = mention.sentiment.label == Label::abstain;
  switch (kind) {
    case PredicateKind::sentiment:
      return abstains ? std::nullopt : std::optional(mention.sentiment.score);
    case PredicateKind::confidence:
      return abstains ? std::nullopt : std::optional(mention.sentiment.confidence);
    case PredicateKind::act_confidence:
      return mention.acts.empty() ? std::nullopt : std::optional(mention.acts.front().confidence);
    case PredicateKind::authenticity:
      return mention.authenticity.score;
    case PredicateKind::depth:
      return mention.quality.depth;
    case PredicateKind::two_sided:
      return mention.quality.two_sided ? 1 : 0;
    default:
      return std::nullopt;
  }
}

std::string_view disclosure_of(const Mention& mention) {
  std::string_view disclosure = "none";
  for (const Penalty& penalty : mention.authenticity.penalties) {
    if (penalty.signal == Signal::explicit_label || penalty.signal == Signal::platform_paid_flag) {
      return "paid";
    }
    if (penalty.signal == Signal::ambiguous_label) disclosure = "unclear";
  }
  return disclosure;
}

bool any_action(const Predicate& predicate, const Mention& mention, RuleAction::Kind kind) {
  return std::any_of(mention.rules.begin(), mention.rules.end(), [&](const RuleHit& rule) {
    return std::any_of(rule.actions.begin(), rule.actions.end(), [&](const RuleAction& action) {
      return action.kind == kind && any_folded(predicate, action.name);
    });
  });
}

}  // namespace

Truth Subject::holds_word_of_post(const Predicate& predicate) {
  const PostView& of = post();
  switch (predicate.kind) {
    case PredicateKind::source:
      return to_truth(any_folded(predicate, of.source));
    case PredicateKind::language:
      return to_truth(is_language(predicate, language()));
    case PredicateKind::kind:
      return to_truth(any_of(predicate, name_of(of.kind)));
    case PredicateKind::author:
      return is_author(predicate, of.author);
    case PredicateKind::author_id:
      return is_one_of(predicate, of.author.id);
    case PredicateKind::site:
      return is_site(predicate, of.url);
    case PredicateKind::url:
      return has_url(predicate, of);
    case PredicateKind::thread:
      return is_one_of(predicate, of.thread);
    case PredicateKind::parent:
      return is_one_of(predicate, of.reply_to_id);
    default:
      return Truth::unknown;
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
    case PredicateKind::route:
      return to_truth(any_action(predicate, *mention_, RuleAction::Kind::route));
    case PredicateKind::alert:
      return to_truth(any_action(predicate, *mention_, RuleAction::Kind::alert));
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
    case PredicateKind::disclosure:
      return to_truth(any_of(predicate, disclosure_of(*mention_)));
    case PredicateKind::state: {
      const bool is_touched = mention_->triage != nullptr;
      const auto state = is_touched ? mention_->triage->state() : TriageState::fresh;
      return to_truth(any_of(predicate, name_of(state)));
    }
    case PredicateKind::assignee: {
      const auto assignee = mention_->triage == nullptr ? "" : mention_->triage->assignee();
      return to_truth(any_folded(predicate, assignee.empty() ? "nobody" : assignee));
    }
    default:
      return Truth::unknown;
  }
}

Truth Subject::holds_word_of_author(const Predicate& predicate) {
  const auto& known = standing();
  if (!known) return Truth::unknown;
  return is_one_of(predicate,
                   predicate.kind == PredicateKind::author_type ? known->type : known->relation);
}

std::optional<double> Subject::number_of_author(PredicateKind kind) {
  const auto& known = standing();
  if (!known) return std::nullopt;
  switch (kind) {
    case PredicateKind::author_score:
      return known->score;
    case PredicateKind::author_score_low:
      return known->score_low;
    case PredicateKind::author_recommendations:
      return static_cast<double>(known->recommendations);
    case PredicateKind::author_defences:
      return static_cast<double>(known->defences);
    case PredicateKind::author_first_seen_days:
      return known->first_seen_days;
    case PredicateKind::author_active_months:
      return known->active_months;
    case PredicateKind::author_detractor:
      return known->relation == "detractor" ? 1 : 0;
    default:
      return std::nullopt;
  }
}

std::optional<double> Subject::number(PredicateKind kind) {
  Predicate asked;
  asked.kind = kind;
  switch (phase_of(asked)) {
    case Phase::scored:
      return mention_ != nullptr ? number_of(*mention_, kind) : std::nullopt;
    case Phase::author:
      return number_of_author(kind);
    default:
      return number_of(post(), kind);
  }
}

}  // namespace passaparola::match
