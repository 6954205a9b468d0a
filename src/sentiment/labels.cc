#include "sentiment/labels.h"

#include <algorithm>
#include <utility>

#include "sentiment/reward_codes.h"

namespace passaparola::sentiment {
namespace {

constexpr std::uint32_t kBrandReach = 5;  // words from "sponsored by" to the brand

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

class Finder {
 public:
  Finder(const Lexicons& lexicons, const Reading& reading, std::string_view text,
         std::vector<DisclosureLabel>& labels)
      : lexicons_(lexicons),
        reading_(reading),
        tokens_(reading.tokens),
        text_(text),
        out_(labels),
        places_(kept_places()) {
    places_.clear();
  }

  void run() {
    for (const PatternHit& hit : reading_.hits) {
      const Cue& cue = lexicons_.cues[hit.pattern];
      if (cue.meaning != Meaning::signal) continue;
      if (cue.by_brand && !brand_behind(hit.last)) continue;
      if (cue.at_start && !begins(hit.first)) continue;
      if (cue.alone && !stands_alone(hit.first, hit.last)) continue;
      if (taken_away(hit.first, hit.last)) continue;
      if (!cue.alone && !is_owned_to(hit, cue)) continue;
      out_.push_back({cue.signal, cue.value, hit.first, hit.last});
    }
  }

 private:
  bool is_tag(std::uint32_t token) const {
    return tokens_[token].kind == TokenKind::hashtag || tokens_[token].kind == TokenKind::sign;
  }

  // What is known of every place, found when the first label asks: most texts have none.
  struct Place {
    bool taken = false;   // words of a rule against labels
    bool quoted = false;  // an odd number of quotation marks before it
    bool others = false;  // behind words about other people in its sentence
    bool asked = false;   // its sentence is a question
  };

  // Kept by the thread, so that a mention costs no allocation.
  static std::vector<Place>& kept_places() {
    thread_local std::vector<Place> places;
    return places;
  }

  const Place& place(std::uint32_t token) {
    if (!places_.empty()) return places_[token];
    places_.resize(tokens_.size());
    for (const PatternHit& hit : reading_.hits) {
      const Meaning meaning = lexicons_.cues[hit.pattern].meaning;
      if (meaning == Meaning::no_label) {
        for (std::uint32_t i = hit.first; i < hit.last; ++i) places_[i].taken = true;
      } else if (meaning == Meaning::others || meaning == Meaning::reported) {
        places_[hit.first].others = true;
      }
    }
    bool open = false;
    bool others = false;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (i > 0 && tokens_[i].sentence != tokens_[i - 1].sentence) others = false;
      others = std::exchange(places_[i].others, others) || others;
      places_[i].quoted = open;
      open ^= tokens_[i].kind == TokenKind::quote;
    }
    // A mark that nothing closes quotes nothing.
    for (std::size_t i = tokens_.size(); open && i > 0; --i) {
      places_[i - 1].quoted = false;
      open = tokens_[i - 1].kind != TokenKind::quote;
    }
    bool asked = false;
    for (std::size_t i = tokens_.size(); i > 0; --i) {
      if (ends_sentence(tokens_[i - 1])) asked = tokens_[i - 1].kind == TokenKind::question;
      places_[i - 1].asked = asked;
    }
    return places_[token];
  }

  bool taken_away(std::uint32_t first, std::uint32_t last) {
    while (first < last && !place(first).taken) ++first;
    return first < last;
  }

  // Said by the author, of the author, as a fact.
  bool is_owned_to(const PatternHit& hit, const Cue& cue) {
    if (is_tag(hit.first)) return !denied(lexicons_, reading_, hit.first, hit.last, 1);
    const Place& here = place(hit.first);
    if (here.quoted || here.others) return false;
    if (here.asked && cue.signal != Signal::code) return false;
    return !denied(lexicons_, reading_, hit.first, hit.last);
  }

  bool brand_behind(std::uint32_t at) const {
    for (std::uint32_t i = at; i < tokens_.size() && i < at + kBrandReach; ++i) {
      const bool breaks = tokens_[i].kind == TokenKind::pause && i > at;  // not "by: the brand"
      if (ends_sentence(tokens_[i]) || breaks) return false;
      if (tokens_[i].target_end > i || tokens_[i].kind == TokenKind::handle) return true;
    }
    return false;
  }

  // First of its sentence, or behind an opening bracket or a bar.
  bool begins(std::uint32_t first) const {
    while (first > 0 && is_decoration(tokens_[first - 1])) --first;
    if (first == 0 || ends_sentence(tokens_[first - 1])) return true;
    return tokens_[first - 1].kind == TokenKind::pause && is_one_of(first_byte(first - 1), "([{|");
  }

  char first_byte(std::uint32_t token) const { return text_[tokens_[token].begin]; }

  // "ad | ...", "[AD] ...", "(PR, gifted)", "*sponsored*", "... / ad", "Advertisement.": between
  // the edges of a sentence, brackets and bars, not among words.
  bool stands_alone(std::uint32_t first, std::uint32_t last) const {
    std::uint32_t before = first;
    while (before > 0 && is_decoration(tokens_[before - 1])) --before;
    std::uint32_t after = last;
    while (after < tokens_.size() && is_decoration(tokens_[after])) ++after;
    const bool starts = before == 0 || ends_sentence(tokens_[before - 1]);
    const bool ends = after == tokens_.size() || tokens_[after].kind == TokenKind::stop;
    const char left =
        !starts && tokens_[before - 1].kind == TokenKind::pause ? first_byte(before - 1) : ' ';
    const char right =
        after < tokens_.size() && tokens_[after].kind == TokenKind::pause ? first_byte(after) : ' ';
    const auto is_dash = [](char c) { return c == '\xE2'; };  // the first byte of – and —
    if (is_one_of(left, "([{") && (is_one_of(right, ")]},|/+&:-") || is_dash(right))) return true;
    if (is_one_of(right, ")]}") && is_one_of(left, ",|/+&")) return true;
    const std::uint32_t begin = tokens_[first].begin;
    const std::uint32_t end = tokens_[last - 1].end;
    if (begin > 0 && text_[begin - 1] == '*' && end < text_.size() && text_[end] == '*')
      return true;
    if (starts) return ends || is_one_of(right, "|/:-") || is_dash(right) || sign_behind(last);
    return ends && (is_one_of(left, "|/-") || is_dash(left));
  }

  // An emoji behind the token: those we do not know make no token, only a gap.
  bool sign_behind(std::uint32_t at) const {
    if (at >= tokens_.size()) return false;
    if (tokens_[at].kind == TokenKind::sign) return true;
    const std::uint32_t end = tokens_[at - 1].end;
    const std::string_view gap = text_.substr(end, tokens_[at].begin - end);
    return std::any_of(gap.begin(), gap.end(), [](char c) { return (c & 0x80) != 0; });
  }

  static bool is_decoration(const Token& token) {
    return token.kind == TokenKind::sign || token.kind == TokenKind::quote;
  }

  const Lexicons& lexicons_;
  const Reading& reading_;
  const std::vector<Token>& tokens_;
  std::string_view text_;
  std::vector<DisclosureLabel>& out_;
  std::vector<Place>& places_;
};

}  // namespace

void find_labels(const Lexicons& lexicons, const Reading& reading, std::string_view text,
                 std::vector<DisclosureLabel>& labels) {
  Finder(lexicons, reading, text, labels).run();
  find_codes(lexicons, reading, text, labels);
}

bool denied(const Lexicons& lexicons, const Reading& reading, std::uint32_t first,
            std::uint32_t last, std::uint32_t reach) {
  std::uint32_t from = first;
  while (from > 0 && first - from < reach && is_plain_word(reading.tokens[from - 1])) --from;
  const auto by_place = [](const PatternHit& hit, std::uint32_t place) {
    return hit.first < place;
  };
  auto hit = std::lower_bound(reading.hits.begin(), reading.hits.end(), from, by_place);
  bool negated = false;
  for (; hit != reading.hits.end() && hit->first < last; ++hit) {
    const Meaning meaning = lexicons.cues[hit->pattern].meaning;
    if (meaning == Meaning::no_negation || meaning == Meaning::no_denial) return false;
    negated = negated || meaning == Meaning::negation;
  }
  return negated;
}

}  // namespace passaparola::sentiment
