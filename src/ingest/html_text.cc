#include "ingest/html_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "core/limits.h"
#include "ingest/html_entities.h"

namespace passaparola::ingest {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view name, std::string_view lower_name) {
  return std::equal(name.begin(), name.end(), lower_name.begin(), lower_name.end(),
                    [](char a, char b) { return lower(a) == b; });
}

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view known) { return same_name(name, known); });
}

constexpr std::array<std::string_view, 29> kBlocks = {
    "p",  "br", "div", "li",    "ul",      "ol",         "tr",  "h1",     "h2",      "h3",
    "h4", "h5", "h6",  "table", "section", "blockquote", "pre", "header", "article", "footer",
    "hr", "dl", "dt",  "dd",    "figure",  "figcaption", "nav", "aside",  "main"};
constexpr std::array<std::string_view, 10> kHidden = {"script",  "style",  "template", "noscript",
                                                      "title",   "iframe", "object",   "textarea",
                                                      "noembed", "svg"};

// A name and the attributes behind it, as written.
struct Tag {
  std::string_view name;
  std::string_view attributes;
  bool closing = false;
};

// The undecoded value of an attribute; empty when it is absent.
std::string_view attribute(std::string_view rest, std::string_view wanted) {
  while (true) {
    while (!rest.empty() && (is_space(rest.front()) || rest.front() == '/')) rest.remove_prefix(1);
    if (rest.empty()) return {};
    std::size_t end = 1;  // a name may begin with any character, even '='
    while (end < rest.size() && !is_space(rest[end]) && rest[end] != '=' && rest[end] != '/') ++end;
    const std::string_view name = rest.substr(0, end);
    rest.remove_prefix(end);
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
    std::string_view value;
    if (rest.starts_with('=')) {
      rest.remove_prefix(1);
      while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
      const char quote = rest.empty() ? '\0' : rest.front();
      if (quote == '"' || quote == '\'') {
        end = std::min(rest.find(quote, 1), rest.size());
        value = rest.substr(1, end - 1);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      } else {
        end = 0;
        while (end < rest.size() && !is_space(rest[end])) ++end;
        value = rest.substr(0, end);
        rest.remove_prefix(end);
      }
    }
    if (same_name(name, wanted)) return value;
  }
}

// Whether a list of words separated by spaces has `word`.
bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// Text under construction: white space and line ends wait until the next visible character.
class TextOut {
 public:
  TextOut(std::size_t at_most, Arena& arena)
      : arena_(arena), size_(at_most), begin_(arena.allocate(at_most)), to_(begin_) {}

  void space() { space_ = true; }
  void line_end() { line_end_ = true; }
  // Writes what waits, then gives the place for the next character.
  char*& next() {
    if (to_ != begin_) {
      if (line_end_) {
        *to_++ = '\n';
      } else if (space_) {
        *to_++ = ' ';
      }
    }
    space_ = line_end_ = false;
    return to_;
  }
  std::string_view finish() {
    const auto used = static_cast<std::size_t>(to_ - begin_);
    arena_.shrink_last(size_ - used);
    return {begin_, used};
  }

 private:
  Arena& arena_;
  std::size_t size_;
  char* begin_;
  char* to_;
  bool space_ = false;
  bool line_end_ = false;
};

class Converter {
 public:
  Converter(std::string_view html, Arena& arena)
      : rest_(html), arena_(arena), out_(html.size(), arena) {}

  HtmlText run() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '<' && rest_.size() > 1 && starts_markup(rest_[1])) {
        read_markup();
      } else if (is_space(c)) {
        out_.space();
        rest_.remove_prefix(1);
      } else {
        read_character();
      }
    }
    HtmlText result;
    result.text = out_.finish();
    result.links = decoded_links();
    return result;
  }

 private:
  static bool starts_markup(char c) { return is_letter(c) || c == '/' || c == '!' || c == '?'; }

  void read_character() {
    char*& to = out_.next();
    std::size_t length = rest_.front() == '&' ? decode_entity(rest_, to) : 0;
    if (length == 0) {
      *to++ = rest_.front();
      length = 1;
    }
    rest_.remove_prefix(length);
  }

  void drop(std::size_t end, std::size_t length) {
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + length);
  }

  void read_markup() {
    if (rest_.starts_with("<!--")) return drop(rest_.find("-->", 4), 3);
    const bool closing = rest_[1] == '/';
    const std::size_t name_at = closing ? 2 : 1;
    if (name_at >= rest_.size() || !is_letter(rest_[name_at])) return drop(rest_.find('>'), 1);
    const auto tag = take_tag(name_at);
    if (!tag) return drop(std::string_view::npos, 0);
    if (is_one_of(tag->name, kBlocks)) out_.line_end();
    if (closing) return;
    if (is_one_of(tag->name, kHidden)) return skip_hidden(tag->name);
    if (same_name(tag->name, "a")) note_link(tag->attributes);
  }

  // Takes a whole tag from the front; nullopt when it has no end.
  std::optional<Tag> take_tag(std::size_t name_at) {
    std::size_t end = name_at;
    while (end < rest_.size() && !is_space(rest_[end]) && rest_[end] != '>' && rest_[end] != '/') {
      ++end;
    }
    Tag tag{rest_.substr(name_at, end - name_at), {}, name_at == 2};
    char quote = '\0';
    std::size_t close = end;
    for (; close < rest_.size(); ++close) {
      const char c = rest_[close];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '>') {
        break;
      } else if ((c == '"' || c == '\'') && ends_with_equals(rest_.substr(end, close - end))) {
        quote = c;
      }
    }
    if (close >= rest_.size()) return std::nullopt;
    tag.attributes = rest_.substr(end, close - end);
    rest_.remove_prefix(close + 1);
    return tag;
  }

  // A quote opens a value only behind '=': elsewhere it is an odd character of a name.
  static bool ends_with_equals(std::string_view before) {
    while (!before.empty() && is_space(before.back())) before.remove_suffix(1);
    return before.ends_with('=');
  }

  void skip_hidden(std::string_view name) {
    std::size_t at = 0;
    while (true) {
      at = rest_.find("</", at);
      if (at == std::string_view::npos) return drop(at, 0);
      if (same_name(rest_.substr(at + 2, name.size()), lowered(name))) break;
      at += 2;
    }
    rest_.remove_prefix(at);  // the closing tag is read as any other
  }

  // The name as the table of hidden elements has it.
  static std::string_view lowered(std::string_view name) {
    return *std::find_if(kHidden.begin(), kHidden.end(),
                         [name](std::string_view known) { return same_name(name, known); });
  }

  // Appends the first character of `from`, or the one that a reference there stands for.
  static void decode_next(std::string_view& from, char*& to) {
    std::size_t length = from.front() == '&' ? decode_entity(from, to) : 0;
    if (length == 0) {
      *to++ = from.front();
      length = 1;
    }
    from.remove_prefix(length);
  }

  // Some write even the slashes of an address as references.
  static bool is_web_address(std::string_view target) {
    constexpr std::string_view kLonger = "https://";
    constexpr std::size_t kLongestCharacter = 4;
    std::array<char, kLonger.size() + kLongestCharacter> start;
    char* to = start.data();
    const char* const enough = start.data() + kLonger.size();
    while (!target.empty() && to < enough) decode_next(target, to);
    const std::string_view decoded(start.data(), static_cast<std::size_t>(to - start.data()));
    return decoded.starts_with(kLonger) || decoded.starts_with("http://");
  }

  void note_link(std::string_view attributes) {
    const std::string_view classes = attribute(attributes, "class");
    const bool is_mention = has_word(classes, "mention") || has_word(classes, "hashtag") ||
                            has_word(attribute(attributes, "rel"), "tag");
    const std::string_view target = attribute(attributes, "href");
    if (is_mention || !is_web_address(target) || target.size() > kMaxUrlBytes ||
        link_count_ == links_.size()) {
      return;
    }
    const auto end = links_.begin() + static_cast<std::ptrdiff_t>(link_count_);
    if (std::find(links_.begin(), end, target) == end) links_[link_count_++] = target;
  }

  std::span<const std::string_view> decoded_links() {
    for (std::size_t i = 0; i < link_count_; ++i) {
      std::string_view from = links_[i];
      char* const begin = arena_.allocate(from.size());
      char* to = begin;
      while (!from.empty()) decode_next(from, to);
      links_[i] = {begin, static_cast<std::size_t>(to - begin)};
    }
    return arena_.copy(std::span<const std::string_view>(links_.data(), link_count_));
  }

  std::string_view rest_;
  Arena& arena_;
  TextOut out_;
  std::array<std::string_view, kMaxLinks> links_;
  std::size_t link_count_ = 0;
};

}  // namespace

HtmlText html_to_text(std::string_view html, Arena& arena) { return Converter(html, arena).run(); }

}  // namespace passaparola::ingest
