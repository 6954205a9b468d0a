#include "sentiment/acts.h"

#include <algorithm>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "sentiment/acts_of_whole.h"

namespace passaparola::sentiment {
namespace {

constexpr std::uint32_t kNegationReach = 3;
constexpr std::uint32_t kConditionReach = 5;  // words behind a cue that may make it conditional
constexpr std::uint32_t kReportReach = 8;     // words before a cue that may make it another's
constexpr double kNextSentence = 0.85;
constexpr double kPreviousSentence = 0.7;
constexpr double kQuotedPost = 0.7;  // the match is in the quoted post or a link
constexpr double kConsent = 0.6;     // "consigliato!" and nothing else
constexpr double kReported = 0.6;
constexpr double kAsked = 0.8;
constexpr double kFarInSentence = 0.8;
constexpr std::uint32_t kFarWords = 25;
constexpr double kAdvertised = 0.5;  // "get the X" with a link is mostly an advertisement

bool by_first(const PatternHit& a, const PatternHit& b) {
  return a.first != b.first ? a.first < b.first : a.pattern < b.pattern;
}

// Kept by the thread, so that a mention costs no allocation.
struct Work {
  std::vector<std::uint32_t> sentences;  // where each begins, and behind the last one the end
  std::vector<std::uint32_t> matches;    // the token where each match begins
  std::vector<std::uint8_t> quoted;      // by token: between quotation marks
  std::vector<std::uint8_t> taken;       // by token: the claims of cues that hold
  std::vector<PatternHit> hits;
};

Work& work() {
  thread_local Work kept;
  return kept;
}

// The acts of one field of a post.
class ActFinder {
 public:
  ActFinder(const PostReading& reading, Field field, Work& work)
      : r_(reading),
        field_(field),
        text_(field_text(reading.post, field)),
        reading_(reading.of(field)),
        sentences_(work.sentences),
        matches_(work.matches),
        quoted_(work.quoted),
        taken_(work.taken),
        hits_(work.hits) {
    sentences_.clear();
    matches_.clear();
    quoted_.assign(tokens().size(), 0);
    taken_.assign(tokens().size(), kNone);
    hits_.clear();
  }

  void find(std::vector<ActHit>& acts) {
    place_sentences();
    place_matches();
    mark_quotes();
    keep_longest();
    for (const PatternHit& hit : hits_) {
      const Cue& cue = r_.lexicons.cues[hit.pattern];
      if (cue.meaning == Meaning::act) judge(hit, cue, acts);
    }
  }

 private:
  const std::vector<Token>& tokens() const { return reading_.tokens; }

  // Which acts may share their words: one text may complain and warn by the same ones, or praise
  // and recommend. A comparison shares with all.
  enum Claim : std::uint8_t { kNone = 0, kGood = 1, kBad = 2, kAlone = 4, kIgnored = 8 };

  static Claim claim_of(const Cue& cue) {
    if (cue.meaning == Meaning::ignore) return kIgnored;
    switch (cue.act) {
      case Act::recommend:
      case Act::praise:
      case Act::testimonial:
      case Act::defend:
        return kGood;
      case Act::anti_recommend:
      case Act::complain:
      case Act::churn:
        return kBad;
      case Act::compare:
        return kNone;
      default:
        return kAlone;
    }
  }

  // Cues that hold here and what only looks like one. Of those that may not share words the longer
  // wins, then the surer.
  void keep_longest() {
    for (const PatternHit& hit : reading_.hits) {
      const Cue& cue = r_.lexicons.cues[hit.pattern];
      if (cue.meaning != Meaning::act && cue.meaning != Meaning::ignore) continue;
      if (in_place(hit, cue) && fits_post(cue)) hits_.push_back(hit);
    }
    std::sort(hits_.begin(), hits_.end(), [&](const PatternHit& a, const PatternHit& b) {
      const std::uint32_t long_a = a.last - a.first;
      const std::uint32_t long_b = b.last - b.first;
      if (long_a != long_b) return long_a > long_b;
      const double sure_a = r_.lexicons.cues[a.pattern].value;
      const double sure_b = r_.lexicons.cues[b.pattern].value;
      return sure_a != sure_b ? sure_a > sure_b : by_first(a, b);
    });
    std::erase_if(hits_, [&](const PatternHit& hit) {
      const Claim claim = claim_of(r_.lexicons.cues[hit.pattern]);
      const unsigned friendly = claim == kGood || claim == kBad ? claim : kNone;
      const unsigned hostile = claim == kNone ? unsigned{kIgnored} : 0xFFU & ~friendly;
      const auto from = taken_.begin() + hit.first;
      const auto to = taken_.begin() + hit.last;
      if (std::any_of(from, to, [&](std::uint8_t by) { return (by & hostile) != 0; })) return true;
      std::for_each(from, to, [&](std::uint8_t& by) { by |= claim; });
      return false;
    });
    std::sort(hits_.begin(), hits_.end(), by_first);
  }

  bool fits_post(const Cue& cue) const {
    return (!cue.reply_only || answers_somebody(cue)) && (!cue.needs_link || has_link());
  }

  void place_matches() {
    for (const Match& match : r_.target.matches) {
      if (match.field != field_) continue;
      for (std::uint32_t i = 0; i < tokens().size(); ++i) {
        if (tokens()[i].end > match.begin) {
          matches_.push_back(i);
          break;
        }
      }
    }
  }

  // A token between an opening and a closing quotation mark is somebody else's.
  void mark_quotes() {
    std::uint32_t open = 0;
    bool inside = false;
    for (std::uint32_t i = 0; i < tokens().size(); ++i) {
      if (tokens()[i].kind != TokenKind::quote) continue;
      if (inside) std::fill(quoted_.begin() + open, quoted_.begin() + i, std::uint8_t{1});
      inside = !inside;
      open = i;
    }
  }

  // Whether a hit of `meaning` begins in tokens [from, to).
  bool has(Meaning meaning, std::uint32_t from, std::uint32_t to) const {
    auto hit = std::lower_bound(
        reading_.hits.begin(), reading_.hits.end(), from,
        [](const PatternHit& of, std::uint32_t place) { return of.first < place; });
    for (; hit != reading_.hits.end() && hit->first < to; ++hit) {
      if (r_.lexicons.cues[hit->pattern].meaning == meaning) return true;
    }
    return false;
  }

  void place_sentences() {
    for (std::uint32_t i = 0; i < tokens().size(); ++i) {
      while (sentences_.size() <= tokens()[i].sentence) sentences_.push_back(i);
    }
    sentences_.push_back(static_cast<std::uint32_t>(tokens().size()));
  }

  std::uint32_t sentence_begin(std::uint32_t at) const { return sentences_[tokens()[at].sentence]; }

  std::uint32_t sentence_end(std::uint32_t at) const {
    return sentences_[tokens()[at].sentence + 1U];
  }

  bool negated(const PatternHit& hit) const {
    std::uint32_t from = hit.first;
    for (std::uint32_t steps = 0; from > 0 && steps < kNegationReach; ++steps) {
      if (!is_plain_word(tokens()[from - 1])) break;
      --from;
    }
    return has(Meaning::negation, from, hit.first) && !has(Meaning::no_negation, from, hit.first);
  }

  bool asked(const PatternHit& hit) const {
    const std::uint32_t end = sentence_end(hit.last - 1);
    return tokens()[end - 1].kind == TokenKind::question;
  }

  bool reported(const PatternHit& hit) const {
    if (quoted_[hit.first] != 0) return true;
    const std::uint32_t begin = sentence_begin(hit.first);
    const std::uint32_t from = hit.first - std::min(hit.first - begin, kReportReach);
    return has(Meaning::reported, from, hit.first);
  }

  // Whether the cue stands where it must: an imperative begins its clause ("so just get the X",
  // never "I got the X"), and a name that is only the first word of another is none.
  bool in_place(const PatternHit& hit, const Cue& cue) const {
    return (!cue.at_start || begins_clause(hit.first)) && (!cue.at_end || ends_clause(hit.last));
  }

  bool begins_clause(std::uint32_t at) const {
    while (at > 0 && is_plain_word(tokens()[at - 1])) {
      const std::uint32_t before = opener_before(at);
      if (before == at) return false;
      at = before;
    }
    return true;
  }

  // Where the opener begins that ends before token `at`; `at` when there is none.
  std::uint32_t opener_before(std::uint32_t at) const {
    for (const PatternHit& hit : reading_.hits) {
      if (hit.first >= at) break;
      if (hit.last == at && r_.lexicons.cues[hit.pattern].meaning == Meaning::opener) {
        return hit.first;
      }
    }
    return at;
  }

  bool ends_clause(std::uint32_t at) const {
    const bool model = at < tokens().size() && tokens()[at].kind == TokenKind::number;
    if (model) ++at;  // "get the X 2"
    return at == tokens().size() || !is_plain_word(tokens()[at]) ||
           has(Meaning::closer, at, at + 1);
  }

  // "If it cost less" makes a recommendation conditional; "if you like it strong" only says for
  // whom it is.
  bool conditional(const PatternHit& hit) const {
    const std::uint32_t end = std::min(sentence_end(hit.last - 1), hit.last + kConditionReach);
    return (has(Meaning::conditional, hit.last, end) &&
            !has(Meaning::no_conditional, hit.last, end)) ||
           has(Meaning::conditional, hit.first - std::min(hit.first, 2U), hit.first);
  }

  // How surely the words in `hit` are about the brand; 0: they are not.
  double about_brand(const PatternHit& hit) const {
    const PostKind kind = r_.post.kind;
    if (kind == PostKind::review || kind == PostKind::survey) return 1;
    const std::uint32_t sentence = tokens()[hit.first].sentence;
    double best = 0;
    for (const std::uint32_t match : matches_) {
      const std::uint32_t of_match = tokens()[match].sentence;
      if (of_match == sentence) {
        const std::uint32_t words = match > hit.first ? match - hit.first : hit.first - match;
        best = std::max(best, words > kFarWords ? kFarInSentence : 1.0);
      } else if (of_match + 1 == sentence) {
        best = std::max(best, kNextSentence);
      } else if (of_match == sentence + 1) {
        best = std::max(best, kPreviousSentence);
      }
    }
    if (!matches_.empty()) return best;
    for (const Match& match : r_.target.matches) {
      if (match.field == Field::title) best = std::max(best, kNextSentence);
      if (match.field == Field::quote || match.field == Field::links) {
        best = std::max(best, kQuotedPost);
      }
    }
    return best;
  }

  bool answers_somebody(const Cue& cue) const {
    const PostView& post = r_.post;
    const bool reply = post.kind == PostKind::reply || !post.reply_to_id.empty();
    const bool own = !post.reply_to_author_id.empty() && post.reply_to_author_id == post.author.id;
    if (cue.act == Act::help) return reply && !own;
    return (reply || post.kind == PostKind::quote) && !own;
  }

  bool has_link() const {
    return !r_.post.links.empty() ||
           std::any_of(tokens().begin(), tokens().end(),
                       [](const Token& token) { return token.kind == TokenKind::url; });
  }

  bool one_word(const PatternHit& hit) const {
    return hit.last - hit.first <= 2 &&
           static_cast<std::uint32_t>(std::count_if(tokens().begin(), tokens().end(),
                                                    is_plain_word)) <= hit.last - hit.first;
  }

  void judge(const PatternHit& hit, const Cue& cue, std::vector<ActHit>& acts) const {
    Act act = cue.act;
    double confidence = cue.value * about_brand(hit);
    const bool recommends = act == Act::recommend;
    if (negated(hit)) {
      if (!recommends) return;
      act = Act::anti_recommend;
    }
    const bool lasting = act == Act::seek || act == Act::received || act == Act::idea ||
                         act == Act::help || act == Act::invite || act == Act::purchase_intent;
    if (!lasting && reported(hit)) {
      if (act != Act::recommend) return;
      act = Act::received;
      confidence *= kReported;
    } else if (!lasting && asked(hit)) {
      // "Why does it always crash?" asks for no answer.
      const bool rhetorical = act == Act::complain || act == Act::churn;
      if (act != Act::recommend && !rhetorical) return;
      if (!rhetorical) act = Act::seek;
      confidence *= kAsked;
    }
    if (!lasting && conditional(hit)) confidence *= 0.5;
    if (act == Act::recommend && cue.at_start && has_link()) confidence *= kAdvertised;
    if (act == Act::recommend && one_word(hit)) confidence = std::min(confidence, kConsent);
    if (confidence < kLeastConfidence) return;
    const std::uint32_t begin = tokens()[hit.first].begin;
    const std::uint32_t end = tokens()[hit.last - 1].end;
    acts.push_back({act, act == Act::recommend && cue.to_others, rounded(confidence),
                    text_.substr(begin, end - begin), field_, begin, end, need_of(cue)});
  }

  // Only the store may know the post that is answered.
  static ParentNeed need_of(const Cue& cue) {
    if (!cue.reply_only) return ParentNeed::none;
    if (cue.act == Act::defend) return ParentNeed::criticism;
    return cue.act == Act::help ? ParentNeed::question : ParentNeed::none;
  }

  const PostReading& r_;
  Field field_;
  std::string_view text_;
  const Reading& reading_;
  std::vector<std::uint32_t>& sentences_;
  std::vector<std::uint32_t>& matches_;
  std::vector<std::uint8_t>& quoted_;
  std::vector<std::uint8_t>& taken_;
  std::vector<PatternHit>& hits_;
};

// Whether somebody who speaks so of the brand does this. Advice is sought by the angry too.
bool agrees(Act act, Label label) {
  switch (act) {
    case Act::churn:
    case Act::anti_recommend:
      return label != Label::positive;
    case Act::defend:
      return label != Label::negative;
    default:
      return true;
  }
}

}  // namespace

void find_cue_acts(const PostReading& reading, std::vector<ActHit>& acts) {
  acts.clear();
  ActFinder(reading, Field::text, work()).find(acts);
  if (!reading.post.title.empty()) ActFinder(reading, Field::title, work()).find(acts);
}

std::span<const ActHit> settle_acts(const PostReading& reading, const Sentiment& sentiment,
                                    const Learned& learned, std::vector<ActHit>& acts,
                                    Arena& arena) {
  judge_learned_acts(reading, sentiment, learned, acts);
  std::erase_if(acts, [&](const ActHit& act) { return !agrees(act.act, sentiment.label); });
  add_whole_text_acts(reading, sentiment, acts);
  const auto surer = [](const ActHit& a, const ActHit& b) {
    if (a.confidence != b.confidence) return a.confidence > b.confidence;
    return a.to_others && !b.to_others;
  };
  // A stable sort without memory of its own: there are few.
  for (auto next = acts.begin(); next != acts.end(); ++next) {
    std::rotate(std::upper_bound(acts.begin(), next, *next, surer), next, next + 1);
  }
  auto kept = acts.begin();
  for (const ActHit& act : acts) {
    const auto known =
        std::find_if(acts.begin(), kept, [&](const ActHit& other) { return other.act == act.act; });
    if (known != kept) {
      known->to_others |= act.to_others;  // addressed to readers once is addressed to readers
    } else if (kept - acts.begin() < static_cast<std::ptrdiff_t>(kMaxActs)) {
      *kept++ = act;
    }
  }
  acts.erase(kept, acts.end());
  return arena.copy(acts);
}

}  // namespace passaparola::sentiment
