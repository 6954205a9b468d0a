#include "tidy/source_text.h"

#include <algorithm>
#include <cctype>
#include <regex>

namespace passaparola::tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Blanks one literal or comment after another; a state machine over the whole text.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until("\n", false);
      } else if (starts("/*")) {
        blank_until("*/", true);
      } else if (text_[at_] == '"') {
        opens_raw() ? blank_raw() : blank_quoted('"');
      } else if (text_[at_] == '\'' && !separates_digits()) {
        blank_quoted('\'');
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  // R"…, u8R"…, LR"… but not fooR"….
  bool opens_raw() const {
    if (at_ == 0 || text_[at_ - 1] != 'R') return false;
    std::size_t begin = at_ - 1;
    while (begin > 0 && is_word(text_[begin - 1])) --begin;
    const std::string_view prefix = text_.substr(begin, at_ - begin);
    return prefix == "R" || prefix == "u8R" || prefix == "uR" || prefix == "UR" || prefix == "LR";
  }

  // 1'000: the token that the mark stands in begins with a digit.
  bool separates_digits() const {
    std::size_t begin = at_;
    while (begin > 0 && (is_word(text_[begin - 1]) || text_[begin - 1] == '\'')) --begin;
    return begin < at_ && std::isdigit(static_cast<unsigned char>(text_[begin]));
  }

  void blank(std::size_t end) {
    end = std::min(end, text_.size());
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') out_[at_] = ' ';
    }
  }

  void blank_until(std::string_view end, bool inclusive) {
    const std::size_t found = text_.find(end, at_ + 2);
    if (found == std::string_view::npos) return blank(text_.size());
    blank(found + (inclusive ? end.size() : 0));
  }

  void blank_raw() {
    const std::size_t paren = text_.find('(', at_);
    if (paren == std::string_view::npos) return blank(text_.size());
    const std::string end = ")" + std::string(text_.substr(at_ + 1, paren - at_ - 1)) + "\"";
    const std::size_t found = text_.find(end, paren);
    blank(found == std::string_view::npos ? text_.size() : found + end.size());
  }

  void blank_quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    blank(end + 1);
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

enum class Scope { outer, function, other };

// What a brace opens, by the words between it and the last ';', '{' or '}'.
Scope scope_of(const std::string& head) {
  static const std::regex kOuter(R"(^\s*(inline\s+|typedef\s+|template\s*<[^{]*>\s*)*)"
                                 R"((namespace|class|struct|union|enum|extern)\b)");
  static const std::regex kReturnsStruct(R"(\)\s*(const|noexcept|override|final|->.*)*\s*$)");
  const bool has_paren = head.find('(') != std::string::npos;
  if (std::regex_search(head, kOuter) && !(has_paren && std::regex_search(head, kReturnsStruct)))
    return Scope::outer;
  const std::size_t assigned = head.find('=');
  const std::size_t paren = head.find('(');
  if (!has_paren) return Scope::other;
  const bool is_operator = head.find("operator") < paren;
  // A lambda is a function too; any other initialiser is not.
  if (assigned < paren && !is_operator && head.find('[', assigned) == std::string::npos)
    return Scope::other;
  return Scope::function;
}

std::string without_directives(std::string_view code) {
  std::string out(code);
  bool directive = false;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = std::min(out.find('\n', at), out.size());
    const std::size_t first = std::min(out.find_first_not_of(" \t", at), end);
    directive = directive || (first < end && out[first] == '#');
    const bool continues = end > at && out[end - 1] == '\\';
    if (directive)
      std::fill(out.begin() + static_cast<std::ptrdiff_t>(at),
                out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    directive = directive && continues;
    at = end + 1;
  }
  return out;
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string code_only(std::string_view text) { return Blanker(text).run(); }

std::vector<Function> functions_of(std::string_view source) {
  struct Open {
    Scope scope;
    std::size_t line;
  };
  const std::string code = without_directives(source);
  std::vector<Function> functions;
  std::vector<Open> open;
  std::string head;
  std::size_t line = 1;
  for (const char c : code) {
    if (c == '\n') ++line;
    if (c == '{') {
      const bool at_outer = std::all_of(
          open.begin(), open.end(), [](const Open& scope) { return scope.scope == Scope::outer; });
      open.push_back({at_outer ? scope_of(head) : Scope::other, line});
    } else if (c == '}' && !open.empty()) {
      if (open.back().scope == Scope::function)
        functions.push_back({open.back().line, line - open.back().line + 1});
      open.pop_back();
    }
    if (c == '{' || c == '}' || c == ';') {
      head.clear();
    } else {
      head.push_back(c == '\n' ? ' ' : c);
    }
  }
  return functions;
}

std::vector<std::string> outer_namespaces(std::string_view source) {
  static const std::regex kNamespace(R"(^\s*(inline\s+)?namespace\b\s*([\w:]*)\s*$)");
  const std::string code = without_directives(source);
  std::vector<std::string> names;
  std::string head;
  int depth = 0;
  for (const char c : code) {
    if (c == '{') {
      std::smatch match;
      if (depth++ == 0 && std::regex_match(head, match, kNamespace)) names.push_back(match[2]);
    }
    if (c == '}') --depth;
    if (c == '{' || c == '}' || c == ';') {
      head.clear();
    } else {
      head.push_back(c == '\n' ? ' ' : c);
    }
  }
  return names;
}

}  // namespace passaparola::tidy
