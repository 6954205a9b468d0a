#include "sentiment/reward_codes.h"

#include <algorithm>

namespace passaparola::sentiment {
namespace {

constexpr double kCodePenalty = 0.7;
constexpr std::size_t kCodeReach = 3;      // words from "code" to the code itself
constexpr std::size_t kWordReach = 2;      // words from it to a code without digits
constexpr std::size_t kSentenceReach = 8;  // words from it to a code that looks like nothing else
constexpr std::size_t kContextReach = 6;   // words from it to "discount"

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "SAVE10", "MOKANERA20", "ANNA-10"; never a plain number or a word.
bool looks_like_code(std::string_view written) {
  if (written.size() < 4 || written.size() > 20) return false;
  const bool plain = std::all_of(written.begin(), written.end(),
                                 [](char c) { return is_upper(c) || is_digit(c) || c == '-'; });
  return plain && std::any_of(written.begin(), written.end(), is_upper);
}

class Finder {
 public:
  Finder(const Lexicons& lexicons, const Reading& reading, std::string_view text,
         std::vector<DisclosureLabel>& labels)
      : lexicons_(lexicons),
        reading_(reading),
        tokens_(reading.tokens),
        text_(text),
        out_(labels) {}

  void run() {
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
      if (lexicons_.of(tokens_[i].word).code) code(i);
      if (names_its_discount(i) || follows_a_discount(i))
        out_.push_back({Signal::code, kCodePenalty, i, i + 1});
    }
  }

 private:
  bool taken_away(std::size_t at) const {
    return std::any_of(reading_.hits.begin(), reading_.hits.end(), [&](const PatternHit& hit) {
      return hit.first <= at && at < hit.last &&
             lexicons_.cues[hit.pattern].meaning == Meaning::no_label;
    });
  }

  void code(std::uint32_t at) {
    const std::size_t from = at - std::min<std::size_t>(at, kContextReach);
    const std::size_t to = std::min(tokens_.size(), at + kContextReach + 1);
    bool context = false;
    for (std::size_t i = from; i < to; ++i) {
      context = context || (i != at && lexicons_.of(tokens_[i].word).code_context);
    }
    const bool itself = lexicons_.of(tokens_[at].word).code_context;  // "checkout"
    const bool other_before = at > 0 && lexicons_.of(tokens_[at - 1].word).code_other;
    const bool other_behind =
        at + 1 < tokens_.size() && lexicons_.of(tokens_[at + 1].word).code_other;
    if (other_before || other_behind || taken_away(at)) return;
    const std::size_t first = at - std::min<std::size_t>(at, context || itself ? 2 : 0);
    const std::size_t last = std::min(tokens_.size(), at + kCodeReach + 1);
    for (std::size_t i = first; i < last; ++i) {
      if (i == at || !is_plain_word(tokens_[i]) || !is_code(i, at, context)) continue;
      out_.push_back({Signal::code, kCodePenalty,
                      static_cast<std::uint32_t>(std::min<std::size_t>(i, at)),
                      static_cast<std::uint32_t>(std::max<std::size_t>(i, at) + 1)});
      return;
    }
  }

  // "ANNA15" near "15%", or in one sentence with "code": a code without the word right before it.
  bool names_its_discount(std::uint32_t at) const {
    if (tokens_[at].kind != TokenKind::word || tokens_[at].only_letters) return false;
    const std::string_view written =
        text_.substr(tokens_[at].begin, tokens_[at].end - tokens_[at].begin);
    const std::size_t letters = std::min(written.find_first_of("0123456789"), written.size());
    const std::string_view digits = written.substr(letters);
    if (letters < 3 || digits.size() > 3 || !looks_like_code(written)) return false;
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return false;
    const std::size_t from = at - std::min<std::size_t>(at, kSentenceReach);
    const std::size_t to = std::min(tokens_.size(), at + kSentenceReach + 1);
    for (std::size_t i = from; i < to; ++i) {
      const Token& near = tokens_[i];
      if (near.kind == TokenKind::number && near.key == digits && near.end < text_.size() &&
          text_[near.end] == '%') {
        return true;
      }
      const Word& word = lexicons_.of(near.word);
      const bool own = near.sentence == tokens_[at].sentence && word.code && !taken_away(i);
      const bool other = i > 0 && lexicons_.of(tokens_[i - 1].word).code_other;
      if (own && !other) return true;
    }
    return false;
  }

  // "10% with ANNA": a word that stands out behind a discount, and is not the brand.
  bool follows_a_discount(std::uint32_t at) const {
    const Token& token = tokens_[at];
    if (at < 2 || !token.only_letters || token.target_end != 0) return false;
    if (!lexicons_.of(tokens_[at - 1].word).code_context) return false;
    if (!looks_like_code(written_at(at)) || shouts(at - 1, at)) return false;
    const std::size_t from = at - std::min<std::size_t>(at, kContextReach);
    for (std::size_t i = from; i < at; ++i) {
      const std::uint32_t end = tokens_[i].end;
      if (tokens_[i].kind == TokenKind::number && end < text_.size() && text_[end] == '%') {
        return true;
      }
    }
    return false;
  }

  // Whether the word at `i` is what the word "code" at `at` announces. With digits it may stand
  // before it, and in lower case right behind it ("code anna15"); words must stand out.
  bool is_code(std::size_t i, std::size_t at, bool context) const {
    const std::string_view written = written_at(i);
    const bool digits = std::any_of(written.begin(), written.end(), is_digit);
    const bool close = i > at && i <= at + kWordReach;
    if (!looks_like_code(written)) {
      return close && context && digits && tokens_[i].kind == TokenKind::word &&
             written.size() >= 4 && !is_digit(written[0]);
    }
    return digits || (context && close && !shouts(at, i));
  }

  // The token, with what hangs on it by a dash ("ANNA-10").
  std::string_view written_at(std::size_t token) const {
    const std::uint32_t begin = tokens_[token].begin;
    std::uint32_t end = tokens_[token].end;
    for (std::size_t next = token + 1; next < tokens_.size() && tokens_[next].begin == end + 1 &&
                                       text_[end] == '-' && is_plain_word(tokens_[next]);
         ++next) {
      end = tokens_[next].end;
    }
    return text_.substr(begin, end - begin);
  }

  // "USE CODE AT CHECKOUT": all around is upper case, so no word of it is a code.
  bool shouts(std::size_t at, std::size_t word) const {
    const std::size_t from = at - std::min(at, kContextReach);
    const std::size_t to = std::min(tokens_.size(), at + kContextReach + 1);
    for (std::size_t i = from; i < to; ++i) {
      if (i == word || tokens_[i].kind != TokenKind::word) continue;
      const std::string_view written = written_at(i);
      if (written.size() > 1 && std::any_of(written.begin() + 1, written.end(), is_lower)) {
        return false;
      }
    }
    return true;
  }

  const Lexicons& lexicons_;
  const Reading& reading_;
  const std::vector<Token>& tokens_;
  std::string_view text_;
  std::vector<DisclosureLabel>& out_;
};

}  // namespace

void find_codes(const Lexicons& lexicons, const Reading& reading, std::string_view text,
                std::vector<DisclosureLabel>& labels) {
  Finder(lexicons, reading, text, labels).run();
}

}  // namespace passaparola::sentiment
