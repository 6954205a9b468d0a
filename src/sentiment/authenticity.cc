#include "sentiment/authenticity.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/fold.h"
#include "core/json.h"
#include "core/limits.h"
#include "sentiment/reading.h"

namespace passaparola::sentiment {
namespace {

constexpr double kAffiliatePenalty = 0.8;
constexpr double kCodePenalty = 0.7;
constexpr std::size_t kCodeReach = 3;     // words from "code" to the code itself
constexpr std::size_t kContextReach = 6;  // words from it to "discount"
constexpr std::size_t kRoleReach = 8;     // words in a bio from the role to the brand

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "SAVE10", "MOKANERA20", "ANNA-10" up to its dash; never a plain number or a word.
bool looks_like_code(std::string_view written) {
  if (written.size() < 4 || written.size() > 20) return false;
  const bool plain = std::all_of(written.begin(), written.end(),
                                 [](char c) { return is_upper(c) || is_digit(c); });
  return plain && std::any_of(written.begin(), written.end(), is_upper);
}

// Host and query of an absolute or bare URL, both as they stand in it.
struct UrlParts {
  std::string host;  // folded, without user, port and "www."
  std::string query;
};

UrlParts parts_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos && scheme < 8) {
    url.remove_prefix(scheme + 3);
  }
  const std::size_t end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view host = url.substr(0, end);
  if (const auto user = host.rfind('@'); user != std::string_view::npos) {
    host.remove_prefix(user + 1);
  }
  host = host.substr(0, host.find(':'));
  UrlParts parts{folded(host), {}};
  if (parts.host.starts_with("www.")) parts.host.erase(0, 4);
  if (const auto mark = url.find('?'); mark != std::string_view::npos) {
    parts.query = folded(url.substr(mark + 1, url.find('#', mark) - mark - 1));
  }
  return parts;
}

bool is_domain(std::string_view host, std::string_view domain) {
  if (domain.empty() || !host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// Whether the query sets `name` to something.
bool has_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.size() > name.size() + 1 && pair.starts_with(name) && pair[name.size()] == '=') {
      return true;
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

class Judge {
 public:
  explicit Judge(const PostReading& reading) : r_(reading) {}

  std::vector<Penalty> run() {
    if (r_.target.author_is_owned) {
      add({Signal::brand_owned, 1, r_.post.author.handle, Field::text, 0, 0});
    }
    if (r_.post.sponsored) add({Signal::platform_paid_flag, 1, {}, Field::text, 0, 0});
    field(r_.text, r_.post.text, Field::text);
    field(r_.title, r_.post.title, Field::title);
    for (const std::string_view link : r_.post.links) {
      if (is_affiliate(link)) {
        add({Signal::affiliate_link, kAffiliatePenalty, link, Field::links, 0,
             static_cast<std::uint32_t>(link.size())});
      }
    }
    if (!r_.post.author.bio.empty()) bio();
    return std::move(penalties_);
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
    for (const PatternHit& hit : reading.hits) {
      const Cue& cue = r_.lexicons.cues[hit.pattern];
      if (cue.meaning != Meaning::signal || negated(reading, hit.first)) continue;
      add_tokens(cue.signal, cue.value, reading, text, field, hit.first, hit.last);
    }
    for (std::size_t i = 0; i < reading.tokens.size(); ++i) {
      const Token& token = reading.tokens[i];
      if (token.kind == TokenKind::url) {
        const std::string_view url = text.substr(token.begin, token.end - token.begin);
        if (is_affiliate(url)) {
          add_tokens(Signal::affiliate_link, kAffiliatePenalty, reading, text, field, i, i + 1);
        }
      } else if (r_.lexicons.of(token.word).code) {
        code(reading, text, field, i);
      }
    }
  }

  // "not sponsored", "#notsponsored" is a label of its own that we do not list.
  bool negated(const Reading& reading, std::uint32_t first) const {
    if (first == 0 || !is_plain_word(reading.tokens[first - 1])) return false;
    PatternHit from;
    from.first = first - std::min(first, 2U);
    auto hit = std::lower_bound(
        reading.hits.begin(), reading.hits.end(), from,
        [](const PatternHit& a, const PatternHit& b) { return a.first < b.first; });
    for (; hit != reading.hits.end() && hit->first < first; ++hit) {
      if (r_.lexicons.cues[hit->pattern].meaning == Meaning::negation) return true;
    }
    return false;
  }

  void code(const Reading& reading, std::string_view text, Field field, std::size_t at) {
    const std::vector<Token>& tokens = reading.tokens;
    const std::size_t from = at - std::min(at, kContextReach);
    const std::size_t to = std::min(tokens.size(), at + kContextReach + 1);
    bool context = false;
    for (std::size_t i = from; i < to; ++i) {
      context = context || (i != at && r_.lexicons.of(tokens[i].word).code_context);
    }
    const bool other_before = at > 0 && r_.lexicons.of(tokens[at - 1].word).code_other;
    const bool other_behind =
        at + 1 < tokens.size() && r_.lexicons.of(tokens[at + 1].word).code_other;
    if (other_before || other_behind) return;
    const std::size_t first = at - std::min<std::size_t>(at, context ? 2 : 0);
    const std::size_t last = std::min(tokens.size(), at + kCodeReach + 1);
    for (std::size_t i = first; i < last; ++i) {
      if (i == at || !is_plain_word(tokens[i])) continue;
      const std::string_view written =
          text.substr(tokens[i].begin, tokens[i].end - tokens[i].begin);
      const bool digits = std::any_of(written.begin(), written.end(), is_digit);
      if (!looks_like_code(written) || !(digits || context)) continue;
      if (!digits && is_upper(text[tokens[at].begin])) continue;  // the whole text shouts
      add_tokens(Signal::code, kCodePenalty, reading, text, field, std::min(i, at),
                 std::max(i, at) + 1);
      return;
    }
  }

  bool is_affiliate(std::string_view url) const {
    const UrlParts parts = parts_of(url);
    for (const AffiliateRule& rule : r_.lexicons.affiliate_hosts) {
      if (is_domain(parts.host, rule.name)) return true;
    }
    if (parts.query.empty()) return false;
    for (const AffiliateRule& rule : r_.lexicons.affiliate_parameters) {
      if (!has_parameter(parts.query, rule.name)) continue;
      if (rule.host == "*") return true;
      if (rule.host == "brand") {
        for (const std::string& domain : r_.target.brand_domains) {
          if (is_domain(parts.host, domain)) return true;
        }
      } else if (parts.host.starts_with(rule.host) ||
                 parts.host.find("." + rule.host) != std::string::npos) {
        return true;
      }
    }
    return false;
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
      if (cue.meaning == Meaning::bio && !negated(bio, hit.first)) {
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
  std::vector<Penalty> penalties_;
};

}  // namespace

Authenticity judge_authenticity(const PostReading& reading, Arena& arena) {
  const std::vector<Penalty> penalties = Judge(reading).run();
  Authenticity result;
  for (const Penalty& penalty : penalties) result.score *= 1 - penalty.penalty;
  result.score = rounded(result.score);
  result.penalties = arena.copy(penalties);
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
