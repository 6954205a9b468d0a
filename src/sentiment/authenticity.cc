#include "sentiment/authenticity.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "sentiment/affiliate_links.h"
#include "sentiment/labels.h"
#include "sentiment/reading.h"

namespace passaparola::sentiment {
namespace {

constexpr double kAffiliatePenalty = 0.8;
constexpr std::size_t kRoleReach = 8;  // words in a bio from the role to the brand

// Kept by the thread, so that a mention costs no allocation.
struct Work {
  std::vector<DisclosureLabel> labels;
  std::vector<Penalty> penalties;
};

class Judge {
 public:
  Judge(const PostReading& reading, Work& work)
      : r_(reading), labels_(work.labels), penalties_(work.penalties) {
    penalties_.clear();
  }

  void run() {
    if (r_.target.author_is_owned) {
      add({Signal::brand_owned, 1, r_.post.author.handle, Field::text, 0, 0});
    }
    if (r_.post.sponsored) add({Signal::platform_paid_flag, 1, {}, Field::text, 0, 0});
    field(r_.text, r_.post.text, Field::text);
    field(r_.title, r_.post.title, Field::title);
    for (const std::string_view link : r_.post.links) {
      if (is_affiliate_link(r_.lexicons, r_.target, link)) {
        add({Signal::affiliate_link, kAffiliatePenalty, link, Field::links, 0,
             static_cast<std::uint32_t>(link.size())});
      }
    }
    if (!r_.post.author.bio.empty()) bio();
  }

 private:
  // One penalty a signal: the highest, and of equals the first.
  void add(const Penalty& penalty) {
    for (Penalty& known : penalties_) {
      if (known.signal != penalty.signal) continue;
      if (penalty.penalty > known.penalty) known = penalty;
      return;
    }
    if (penalties_.size() < kMaxPenalties) penalties_.push_back(penalty);
  }

  void add_tokens(Signal signal, double penalty, const Reading& reading, std::string_view text,
                  Field field, std::size_t first, std::size_t last) {
    const std::uint32_t begin = reading.tokens[first].begin;
    const std::uint32_t end = reading.tokens[last - 1].end;
    add({signal, penalty, text.substr(begin, end - begin), field, begin, end});
  }

  void field(const Reading& reading, std::string_view text, Field field) {
    labels_.clear();
    find_labels(r_.lexicons, reading, text, labels_);
    for (const DisclosureLabel& label : labels_) {
      add_tokens(label.signal, label.penalty, reading, text, field, label.first, label.last);
    }
    for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
      const Token& token = reading.tokens[i];
      if (token.kind != TokenKind::url) continue;
      const std::string_view url = text.substr(token.begin, token.end - token.begin);
      if (is_affiliate_link(r_.lexicons, r_.target, url)) {
        add_tokens(Signal::affiliate_link, kAffiliatePenalty, reading, text, field, i, i + 1);
      }
    }
  }

  // The tokens of the bio where one of the brand's words begins.
  std::vector<std::size_t> brand_in(const Reading& bio) const {
    std::vector<std::size_t> places;
    std::vector<std::vector<std::string>> names;
    for (const std::string& word : r_.target.brand_words) {
      Reading name;
      read_text(r_.lexicons, word, PatternLanguage::both, {}, Field::bio, name);
      std::vector<std::string> keys;
      for (const Token& token : name.tokens) keys.emplace_back(bare(token.key));
      if (!keys.empty()) names.push_back(std::move(keys));
    }
    for (std::size_t i = 0; i < bio.tokens.size(); ++i) {
      for (const auto& keys : names) {
        bool equal = i + keys.size() <= bio.tokens.size();
        for (std::size_t k = 0; equal && k < keys.size(); ++k) {
          equal = bare(bio.tokens[i + k].key) == keys[k] && !keys[k].empty();
        }
        if (equal) places.push_back(i);
      }
    }
    return places;
  }

  static std::string_view bare(std::string_view key) {
    if (key.starts_with('@') || key.starts_with('#')) key.remove_prefix(1);
    return key;
  }

  void bio() {
    Reading bio;
    const std::string_view text = r_.post.author.bio;
    read_text(r_.lexicons, text, PatternLanguage::both, {}, Field::bio, bio);
    std::vector<std::size_t> brand;
    bool looked = false;
    for (const PatternHit& hit : bio.hits) {
      const Cue& cue = r_.lexicons.cues[hit.pattern];
      if (cue.meaning == Meaning::bio && !denied(r_.lexicons, bio, hit.first, hit.last)) {
        add_tokens(cue.signal, cue.value, bio, text, Field::bio, hit.first, hit.last);
      }
      if (cue.meaning != Meaning::role || is_former(bio, hit.first)) continue;
      if (!looked) brand = brand_in(bio);
      looked = true;
      for (const std::size_t place : brand) {
        const std::size_t first = std::min<std::size_t>(place, hit.first);
        const std::size_t last = std::max<std::size_t>(place + 1, hit.last);
        if (last - first > kRoleReach) continue;
        add_tokens(cue.signal, cue.value, bio, text, Field::bio, first, last);
      }
    }
  }

  static bool is_former(const Reading& bio, std::uint32_t first) {
    for (std::uint32_t step = 1; step <= 2 && step <= first; ++step) {
      const std::string_view key = bio.tokens[first - step].key;
      if (key == "ex" || key == "former" || key == "formerly" || key == "previously") return true;
    }
    return false;
  }

  const PostReading& r_;
  std::vector<DisclosureLabel>& labels_;
  std::vector<Penalty>& penalties_;
};

}  // namespace

Authenticity judge_authenticity(const PostReading& reading, Arena& arena) {
  thread_local Work work;
  Judge(reading, work).run();
  Authenticity result;
  for (const Penalty& penalty : work.penalties) result.score *= 1 - penalty.penalty;
  result.score = rounded(result.score);
  result.penalties = arena.copy(work.penalties);
  return result;
}

RelationHint relation_of(const Authenticity& authenticity) {
  const auto has = [&](Signal signal) {
    return std::any_of(authenticity.penalties.begin(), authenticity.penalties.end(),
                       [&](const Penalty& penalty) { return penalty.signal == signal; });
  };
  if (has(Signal::brand_owned) || has(Signal::employee_bio)) return RelationHint::affiliated;
  if (has(Signal::declared_bot)) return RelationHint::inauthentic;
  if (has(Signal::explicit_label) || has(Signal::platform_paid_flag)) {
    return RelationHint::influencer;
  }
  const bool rewarded = has(Signal::gift) || has(Signal::code) || has(Signal::affiliate_link) ||
                        has(Signal::giveaway);
  return rewarded ? RelationHint::incentivised : RelationHint::none;
}

}  // namespace passaparola::sentiment
