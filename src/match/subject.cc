#include "match/subject.h"

#include <algorithm>

#include "core/fold.h"
#include "match/predicate_parser.h"

namespace passaparola::match {

void Subject::reset(const PostView& post, const Knowledge* knowledge) {
  text_.reset(post);
  knowledge_ = knowledge;
  has_language_ = false;
  set_scored(nullptr);
}

void Subject::reset(const Mention& mention, const Knowledge* knowledge) {
  text_.reset(mention.post);
  knowledge_ = knowledge;
  has_language_ = false;
  set_scored(&mention);
}

void Subject::set_scored(const Mention* mention) {
  mention_ = mention;
  has_standing_ = false;
}

std::string_view Subject::language() {
  if (has_language_) return language_;
  if (mention_ != nullptr && !mention_->lang.empty()) {
    language_ = mention_->lang;
  } else if (knowledge_ != nullptr && knowledge_->language_of) {
    language_ = knowledge_->language_of(post());
  } else {
    language_ = post().lang;
  }
  has_language_ = true;
  return language_;
}

const std::optional<AuthorStanding>& Subject::standing() {
  if (!has_standing_) {
    standing_.reset();
    const bool known = mention_ != nullptr && knowledge_ != nullptr && knowledge_->author_of;
    if (known) standing_ = knowledge_->author_of(post(), mention_->brand);
    has_standing_ = true;
  }
  return standing_;
}

namespace {

bool is_inside(const Predicate& predicate, double value) {
  const bool above = predicate.low_open ? value > predicate.low : value >= predicate.low;
  const bool below = predicate.high_open ? value < predicate.high : value <= predicate.high;
  return (above && below) != predicate.outside;
}

}  // namespace

Truth Subject::holds(const Predicate& predicate) {
  if (!predicate.values.empty()) return holds_word(predicate);
  const auto value = number(predicate.kind);
  return value ? to_truth(is_inside(predicate, *value)) : Truth::unknown;
}

Truth Subject::holds_word(const Predicate& predicate) {
  if (predicate.kind == PredicateKind::is || predicate.kind == PredicateKind::has) {
    Truth truth = Truth::no;
    for (const std::string& value : predicate.values) {
      truth = std::max(truth, predicate.kind == PredicateKind::is ? is(value) : has(value));
    }
    return truth;
  }
  switch (phase_of(predicate)) {
    case Phase::scored:
      return mention_ != nullptr ? holds_word_of_mention(predicate) : Truth::unknown;
    case Phase::author:
      return holds_word_of_author(predicate);
    default:
      return holds_word_of_post(predicate);
  }
}

// A mention that a rule is still judging has no seq and no rules: whether it is one cannot be told
// by them, and rules do not ask.
Truth Subject::is(std::string_view flag) const {
  if (flag == "verified") return Truth::unknown;  // no source says it
  if (flag == "brand_owned") {
    if (mention_ == nullptr) return Truth::unknown;
    const auto& penalties = mention_->authenticity.penalties;
    return to_truth(std::any_of(penalties.begin(), penalties.end(), [](const Penalty& penalty) {
      return penalty.signal == Signal::brand_owned;
    }));
  }
  if (flag == "edited") return to_truth(post().op == PostOp::update);
  if (flag == "root") {
    return to_truth(post().reply_to_id.empty() && post().kind != PostKind::reply);
  }
  if (flag == "sponsored") return to_truth(post().sponsored);
  if (flag == "reply" && !post().reply_to_id.empty()) return Truth::yes;
  if (flag == "repost" && !post().repost_of.empty()) return Truth::yes;
  if (flag == "quote" && !post().quote_id.empty()) return Truth::yes;
  return to_truth(name_of(post().kind) == flag);
}

Truth Subject::has(std::string_view part) {
  const PostView& of = post();
  if (part == "media") return Truth::unknown;  // no decoder keeps it
  if (part == "link") return to_truth(!of.links.empty() || has_token(TokenKind::url));
  if (part == "hashtag") return to_truth(has_token(TokenKind::hashtag));
  if (part == "handle" || part == "mention") return to_truth(has_token(TokenKind::handle));
  if (part == "title") return to_truth(!of.title.empty());
  if (part == "quote") return to_truth(!of.quote_id.empty() || !of.quote_text.empty());
  if (part == "rating") return to_truth(of.rating.has_value());
  if (part == "bio") return to_truth(!of.author.bio.empty());
  if (part == "lang") return to_truth(!of.lang.empty());
  if (part == "code") {
    if (mention_ == nullptr) return Truth::unknown;
    const auto& penalties = mention_->authenticity.penalties;
    return to_truth(std::any_of(penalties.begin(), penalties.end(), [](const Penalty& penalty) {
      return penalty.signal == Signal::code;
    }));
  }
  return to_truth(text_.of(Field::text).search.text.find('?') != std::string::npos);  // question
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
