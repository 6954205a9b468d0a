#include "sentiment/facts.h"

#include <algorithm>
#include <cmath>

#include "sentiment/opinions.h"
#include "sentiment/scopes.h"

namespace passaparola::sentiment {
namespace {

constexpr std::array<std::string_view, kFactCount> kFactNames{
    "near.good",
    "near.bad",
    "near.clearly_good",
    "near.clearly_bad",
    "clause.good",
    "clause.bad",
    "clause.clearly_good",
    "clause.clearly_bad",
    "sentence.good",
    "sentence.bad",
    "sentence.clearly_good",
    "sentence.clearly_bad",
    "linked.good",
    "linked.bad",
    "linked.clearly_good",
    "linked.clearly_bad",
    "other.good",
    "other.bad",
    "other.clearly_good",
    "other.clearly_bad",
    "act.recommend",
    "act.anti-recommend",
    "act.seek",
    "act.received",
    "act.defend",
    "act.help",
    "act.testimonial",
    "act.praise",
    "act.idea",
    "act.compare",
    "act.complain",
    "act.churn",
    "act.purchase-intent",
    "act.invite",
    "style.always",
    "style.question",
    "style.question_of_target",
    "style.exclamation",
    "style.link",
    "style.hashtags",
    "style.irony",
    "style.conditional",
    "style.experience",
    "style.adversative",
    "style.reported",
    "style.reply",
    "style.review",
    "style.only_title",
    "style.only_tag",
    "style.length",
    "style.good_sign",
    "style.bad_sign",
};

// Words far from the brand say less of it. Chosen, not tuned.
constexpr std::array<float, kScopeCount> kWordWeight{1.0F, 1.0F, 0.7F, 0.5F, 0.2F};
// From this many words in a scope on each counts less, so that a long text is not sure by length.
constexpr float kFullWords = 12;
constexpr double kClearValence = 1;

class FactFinder {
 public:
  FactFinder(const PostReading& reading, Aim aim, Facts& out) : r_(reading), aim_(aim), out_(out) {}

  void run(std::span<const ActHit> acts) {
    out_.values.fill(0);
    out_.words.clear();
    out_.opinions.clear();
    field(Field::title);
    field(Field::text);
    for (std::size_t scope = 0; scope < kScopeCount; ++scope) {
      const auto in = static_cast<Scope>(scope);
      value(fact_of(in, OpinionFact::good)) = static_cast<float>(normalized(good_[scope]));
      value(fact_of(in, OpinionFact::bad)) = static_cast<float>(normalized(bad_[scope]));
    }
    for (WordUse& use : out_.words) {
      const auto scope = static_cast<std::size_t>(use.scope);
      const auto words = static_cast<float>(words_[scope]);
      use.weight = kWordWeight[scope] * std::min(1.0F, std::sqrt(kFullWords / words));
    }
    for (const ActHit& act : acts) {
      float& known = value(fact_of(act.act));
      known = std::max(known, static_cast<float>(act.confidence));
    }
    style();
  }

 private:
  float& value(std::size_t fact) { return out_.values[fact]; }
  float& value(StyleFact fact) { return out_.values[fact_of(fact)]; }
  void say(StyleFact fact, bool yes) {
    if (yes) value(fact) = 1;
  }

  void field(Field field) {
    const Reading& reading = r_.of(field);
    if (reading.tokens.empty()) return;
    thread_local std::vector<Scope> scopes;
    thread_local std::vector<ValenceHit> opinions;
    find_scopes(r_, aim_ == Aim::whole_text, field, scopes);
    find_opinions(r_.lexicons, field_text(r_.post, field), r_.language, reading, opinions);
    std::size_t at = 0;
    for (const ValenceHit& hit : opinions) {
      while (reading.tokens[at].end <= hit.begin) ++at;
      opinion({hit, field, scopes[at]});
    }
    for (std::uint32_t i = 0; i < reading.tokens.size(); ++i) {
      token(reading.tokens[i], field, i, scopes[i]);
    }
    for (const PatternHit& hit : reading.hits) cue(r_.lexicons.cues[hit.pattern]);
  }

  void opinion(const ScopedOpinion& opinion) {
    const auto scope = static_cast<std::size_t>(opinion.scope);
    const double valence = opinion.hit.alone;
    (valence > 0 ? good_ : bad_)[scope] += valence;
    if (valence >= kClearValence) value(fact_of(opinion.scope, OpinionFact::clearly_good)) = 1;
    if (valence <= -kClearValence) value(fact_of(opinion.scope, OpinionFact::clearly_bad)) = 1;
    out_.opinions.push_back(opinion);
  }

  void token(const Token& token, Field field, std::uint32_t at, Scope scope) {
    switch (token.kind) {
      case TokenKind::hashtag:
        value(StyleFact::hashtags) += 0.25F;
        [[fallthrough]];
      case TokenKind::word:
        out_.words.push_back({field, at, scope, 0});
        ++words_[static_cast<std::size_t>(scope)];
        break;
      case TokenKind::sign:
        say(StyleFact::good_sign, token.valence > 0);
        say(StyleFact::bad_sign, token.valence < 0);
        break;
      case TokenKind::url:
        say(StyleFact::link, true);
        break;
      case TokenKind::question:
        say(StyleFact::question, true);
        say(StyleFact::question_of_target, scope <= Scope::sentence);
        break;
      default:
        break;
    }
  }

  void cue(const Cue& cue) {
    switch (cue.meaning) {
      case Meaning::irony:
        value(StyleFact::irony) = std::max(value(StyleFact::irony), static_cast<float>(cue.value));
        break;
      case Meaning::conditional:
        say(StyleFact::conditional, true);
        break;
      case Meaning::experience:
        say(StyleFact::experience, true);
        break;
      case Meaning::adversative:
        say(StyleFact::adversative, true);
        break;
      case Meaning::reported:
        say(StyleFact::reported, true);
        break;
      default:
        break;
    }
  }

  void style() {
    const PostView& post = r_.post;
    say(StyleFact::always, true);
    say(StyleFact::link, !post.links.empty());
    say(StyleFact::reply, post.kind == PostKind::reply || !post.reply_to_id.empty());
    say(StyleFact::review, post.kind == PostKind::review || post.kind == PostKind::survey);
    value(StyleFact::hashtags) = std::min(1.0F, value(StyleFact::hashtags));
    const auto marks = std::count(post.text.begin(), post.text.end(), '!');
    value(StyleFact::exclamation) = static_cast<float>(std::min<std::ptrdiff_t>(marks, 4)) / 4.0F;
    value(StyleFact::length) =
        static_cast<float>(std::log2(1.0 + static_cast<double>(out_.words.size())) / 8);
    if (aim_ == Aim::whole_text) return;
    const bool in_text = r_.names_brand_in(Field::text);
    say(StyleFact::only_title, r_.names_brand_in(Field::title) && !in_text);
    say(StyleFact::only_tag, in_text && is_only_tagged(r_, Field::text));
  }

  const PostReading& r_;
  Aim aim_;
  Facts& out_;
  std::array<double, kScopeCount> good_{};
  std::array<double, kScopeCount> bad_{};
  std::array<std::uint32_t, kScopeCount> words_{};
};

}  // namespace

std::string_view fact_name(std::size_t fact) { return kFactNames[fact]; }

Aim aim_of(const PostReading& reading) {
  const bool tagged = reading.names_brand_in(Field::text) &&
                      !reading.names_brand_in(Field::title) && is_only_tagged(reading, Field::text);
  return tagged ? Aim::whole_text : Aim::brand;
}

void find_facts(const PostReading& reading, Aim aim, std::span<const ActHit> acts, Facts& out) {
  FactFinder(reading, aim, out).run(acts);
}

}  // namespace passaparola::sentiment
