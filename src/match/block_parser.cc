// Reads the blocks of a rule file: brand, rule, let.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/fold.h"
#include "core/limits.h"
#include "core/pace.h"
#include "match/expression_parser.h"
#include "match/predicate_parser.h"
#include "match/rule_book.h"

namespace passaparola::match {
namespace {

bool is_name(std::string_view text, bool dotted) {
  if (text.empty() || text.size() > kMaxAtomBytes || text.front() == '.' || text.back() == '.') {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && dotted && text[i - 1] != '.') continue;
    if (static_cast<unsigned char>(c) >= 0x80 || !is_word_character(static_cast<char32_t>(c))) {
      return false;
    }
  }
  return true;
}

std::string without_at(std::string handle) {
  if (handle.starts_with('@')) handle.erase(0, 1);
  return handle;
}

class BlockParser {
 public:
  BlockParser(std::uint32_t file, const RuleFile& source, RuleBook& book, PatternSupply& supply,
              Diagnostics& diagnostics)
      : file_(file),
        book_(book),
        diagnostics_(diagnostics),
        lexer_(file, source.text),
        expressions_(lexer_, diagnostics, Language::rules, supply) {}

  void run() {
    for (;;) {
      try {
        if (lexer_.peek().kind == LexemeKind::end || diagnostics_.full()) return;
        parse_block();
        give_way();
      } catch (const SyntaxError& error) {
        diagnostics_.error(error.at, error.code, error.message);
        lexer_.skip_to_block();
      }
    }
  }

 private:
  void parse_block() {
    lexer_.end_block();
    const Lexeme word = lexer_.take();
    lexer_.begin_block(word);
    if (word.is_word("brand")) {
      parse_brand(word.at);
    } else if (word.is_word("rule")) {
      parse_rule(word.at);
    } else if (word.is_word("let")) {
      parse_let(word.at);
    } else if (word.is_word("import")) {
      parse_import();
    } else if (word.is_word("pack")) {
      parse_pack();
    } else {
      fail_expected(word, "brand, rule, let, import or pack");
    }
    if (book_.definitions.size() > kMaxRules || book_.brands.size() > kMaxBrands) {
      fail_at(word.at, "E-LIMIT",
              fmt::format("at most {} rules and {} brands", kMaxRules, kMaxBrands));
    }
  }

  void expect(std::string_view punctuation, std::string_view what) {
    const Lexeme lexeme = lexer_.take();
    if (!lexeme.is(punctuation)) fail_expected(lexeme, what);
  }

  // Adds a definition; a second one of the same name is an error.
  void define(Definition definition) {
    const Place at = definition.at;
    const std::string id = definition.id;
    if (book_.add(std::move(definition))) return;
    diagnostics_.error(at, "E-DUP", fmt::format("there is already something named {}", id));
  }

  // The "@3" behind a pack's name; 0 when there is none.
  std::uint32_t take_version() {
    if (lexer_.peek().kind != LexemeKind::handle) return 0;
    return take_whole(lexer_.take(), "a version number behind '@'");
  }

  void parse_import() {
    const Lexeme path = lexer_.take();
    if (path.kind != LexemeKind::quoted) {
      fail_expected(path, "the path of a pack in quotes behind import");
    }
    book_.imports.push_back({path.at, path.value, take_version()});
  }

  // Stands before the lets that it names.
  void parse_pack() {
    const Lexeme name = lexer_.take();
    if (name.kind != LexemeKind::word || !is_name(name.value, false)) {
      fail_expected(name, "the pack's name of letters, digits and '_'");
    }
    pack().name = name.value;
    pack().version = take_version();
  }

  Pack& pack() { return book_.packs[file_]; }

  void parse_let(Place at) {
    const Lexeme name = lexer_.take();
    if (name.kind != LexemeKind::word || !is_name(name.value, true)) {
      fail_expected(name, "a name of letters, digits and '_' behind let");
    }
    expect("=", "'=' behind the name");
    Definition definition;
    definition.at = at;
    const bool dotted = name.value.find('.') != std::string::npos;
    definition.id = dotted ? name.value : pack().name + "." + name.value;
    definition.expression = expressions_.parse_until_block();
    define(std::move(definition));
  }

  void parse_rule(Place at) {
    const Lexeme name = lexer_.take();
    Definition definition;
    definition.kind = Definition::Kind::rule;
    definition.at = name.at;
    definition.id = name.value;
    const bool named = name.kind == LexemeKind::word && is_name(name.value, true);
    if (!named) fail_expected(name, "a rule's name as moka_nera.crisis");
    if (name.value.find('.') == std::string::npos) {
      fail_at(name.at, "E-BRAND",
              "a rule belongs to a brand: expected its id, a full stop and the rule's name");
    }
    ExpressionPtr languages = parse_annotations(definition);
    expect("{", "'{' behind the name of the rule");
    definition.expression = expressions_.parse();
    expect("}", "an operator, something to look for, or '}'");
    if (languages) {
      ExpressionPtr both = make_node(Op::all, at);
      both->parts.push_back(std::move(languages));
      both->parts.push_back(std::move(definition.expression));
      definition.expression = std::move(both);
    }
    parse_actions(definition);
    define(std::move(definition));
  }

  // Returns the condition that @lang stands for, or null.
  ExpressionPtr parse_annotations(Definition& definition) {
    ExpressionPtr languages;
    while (lexer_.peek().kind == LexemeKind::handle) {
      const Lexeme name = lexer_.take();
      std::vector<Lexeme> values;
      if (lexer_.peek().is("(")) {
        lexer_.take();
        values = take_values();
      }
      annotate(name, values, definition, languages);
    }
    return languages;
  }

  void annotate(const Lexeme& name, const std::vector<Lexeme>& values, Definition& definition,
                ExpressionPtr& languages) {
    if (values.empty()) {
      fail_at(name.at, "E-SYNTAX", fmt::format("expected '(' and a value behind @{}", name.value));
    }
    if (name.value == "fold") {
      annotate_fold(values, definition);
    } else if (name.value == "version") {
      definition.version = take_whole(values.front(), "a version number");
    } else if (name.value == "priority") {
      definition.priority = take_whole(values.front(), "a number, 1 for the most urgent");
    } else if (name.value == "owner") {
      definition.owner = values.front().value;
    } else if (name.value == "unanchored") {
      annotate_unanchored(values.back(), definition);
    } else if (name.value == "lang") {
      languages = make_node(Op::predicate, name.at);
      languages->predicate.kind = PredicateKind::language;
      for (const Lexeme& value : values) {
        languages->predicate.values.push_back(folded(value.value));
      }
    } else {
      fail_at(name.at, "E-SYNTAX",
              "expected @fold, @lang, @owner, @priority, @unanchored or @version, found @" +
                  name.value);
    }
  }

  // "it, en)".
  std::vector<Lexeme> take_values() {
    std::vector<Lexeme> values;
    for (;;) {
      values.push_back(lexer_.take());
      const bool is_value = values.back().kind == LexemeKind::word ||
                            values.back().kind == LexemeKind::quoted ||
                            values.back().kind == LexemeKind::handle;
      if (!is_value) fail_expected(values.back(), "a value");
      Lexeme next = lexer_.take();
      if (next.is("=")) {  // "max_rate=0.01": the value counts, there is one of a name
        values.back() = lexer_.take();
        next = lexer_.take();
      }
      if (next.is(")")) return values;
      if (!next.is(",")) fail_expected(next, "',' or ')'");
    }
  }

  static void annotate_fold(const std::vector<Lexeme>& values, Definition& definition) {
    for (const Lexeme& value : values) {
      if (value.value == "accent") {
        definition.ignore_accents = true;
      } else if (value.value != "case") {
        fail_expected(value, "accent or case in @fold");
      }
    }
  }

  static std::uint32_t take_whole(const Lexeme& value, std::string_view what) {
    std::uint32_t number = 0;
    for (const char c : value.value) {
      if (c < '0' || c > '9' || number > 100'000'000) fail_expected(value, what);
      number = number * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return number;
  }

  // "@unanchored(max_rate=0.01)": on at most this share of posts.
  static void annotate_unanchored(const Lexeme& value, Definition& definition) {
    double share = 0;
    const char* const end = value.value.data() + value.value.size();
    const auto [behind, error] = std::from_chars(value.value.data(), end, share);
    if (error != std::errc() || behind != end || !(share > 0) || share > 1) {
      fail_expected(value, "a share of posts above 0 and up to 1, as max_rate=0.01");
    }
    definition.unanchored = share;
  }

  void parse_actions(Definition& definition) {
    for (;;) {
      const Lexeme& next = lexer_.peek();
      Action action;
      if (next.is_word("score")) {
        action.kind = RuleAction::Kind::score;
      } else if (next.is_word("route")) {
        action.kind = RuleAction::Kind::route;
      } else if (next.is_word("alert")) {
        action.kind = RuleAction::Kind::alert;
      } else if (!next.is_word("tag")) {
        return;
      }
      const Lexeme verb = lexer_.take();
      const Lexeme name = lexer_.take();
      if (name.kind != LexemeKind::word || !is_name(name.value, true)) {
        fail_expected(name, "a name of letters, digits, '_' and '.' behind " + verb.value);
      }
      action.name = name.value;
      if (action.kind == RuleAction::Kind::score) action.amount = parse_amount();
      definition.actions.push_back(std::move(action));
    }
  }

  // "+= 3", "-= 1.5".
  double parse_amount() {
    const Lexeme sign = lexer_.take();
    if (!sign.is_word("+") && !sign.is("-")) fail_expected(sign, "'+=' or '-=' and a number");
    expect("=", "'=' behind the sign");
    const double amount = take_number(lexer_);
    return sign.is("-") ? -amount : amount;
  }

  void parse_brand(Place at) {
    const Lexeme id = lexer_.take();
    if (id.kind != LexemeKind::word || !is_name(id.value, false)) {
      fail_expected(id, "a brand's id of letters, digits and '_'");
    }
    Brand brand;
    brand.id = brand.name = id.value;
    if (lexer_.peek().kind == LexemeKind::quoted) brand.name = lexer_.take().value;
    Definition definition;
    definition.kind = Definition::Kind::brand;
    definition.at = id.at;
    definition.id = id.value + ".mention";
    if (parse_annotations(definition)) fail_at(at, "E-SYNTAX", "@lang belongs to rules");
    expect("{", "'{' behind the name of the brand");
    ExpressionPtr wanted = make_node(Op::any, id.at);
    ExpressionPtr excluded = make_node(Op::any, id.at);
    while (!lexer_.peek().is("}")) parse_brand_item(brand, *wanted, *excluded);
    lexer_.take();
    if (wanted->parts.empty()) {
      fail_at(id.at, "E-EMPTY",
              "a brand needs something to be found by: terms, hashtags, handles, domains or "
              "ambiguous");
    }
    definition.expression = std::move(wanted);
    if (!excluded->parts.empty()) {
      ExpressionPtr both = make_node(Op::all, id.at);
      ExpressionPtr no = make_node(Op::negate, id.at);
      no->parts.push_back(std::move(excluded));
      both->parts.push_back(std::move(definition.expression));
      both->parts.push_back(std::move(no));
      definition.expression = std::move(both);
    }
    if (!book_.brand_of.emplace(brand.id, book_.brands.size()).second) {
      fail_at(id.at, "E-DUP", "there is already a brand named " + brand.id);
    }
    book_.brands.push_back(std::move(brand));
    define(std::move(definition));
  }

  void parse_brand_item(Brand& brand, Expression& wanted, Expression& excluded) {
    const Lexeme item = lexer_.take();
    if (item.is_word("competitor")) {
      const Lexeme value = lexer_.take();
      if (!value.is_word("true") && !value.is_word("false")) fail_expected(value, "true or false");
      brand.competitor = value.value == "true";
      return;
    }
    do {
      if (lexer_.peek().is(",")) lexer_.take();
      if (item.is_word("terms")) {
        add_term(brand, wanted);
      } else if (item.is_word("hashtags")) {
        add_hashtag(wanted);
      } else if (item.is_word("handles")) {
        add_handle(brand, wanted);
      } else if (item.is_word("domains")) {
        const Lexeme value = take_value(lexer_);
        wanted.parts.push_back(make_atom(value.at, AtomKind::domain, value.value));
        brand.domains.push_back(wanted.parts.back()->atom.text);
      } else if (item.is_word("ambiguous")) {
        wanted.parts.push_back(parse_ambiguous());
      } else if (item.is_word("exclude")) {
        excluded.parts.push_back(expressions_.parse_set());
      } else if (item.is_word("owned")) {
        add_owned(brand);
      } else {
        fail_expected(item,
                      "terms, hashtags, handles, domains, ambiguous, exclude, owned, competitor "
                      "or '}' (several words stand in quotes)");
      }
    } while (lexer_.peek().is(","));
  }

  void add_term(Brand& brand, Expression& wanted) {
    ExpressionPtr term = expressions_.parse_item();
    if (term->op != Op::atom || term->atom.kind == AtomKind::domain) {
      fail_at(term->at, "E-SYNTAX", "a term is a word, a \"phrase\", a prefix* or a /regex/");
    }
    if (term->atom.kind == AtomKind::phrase) brand.words.push_back(term->atom.text);
    wanted.parts.push_back(std::move(term));
  }

  void add_hashtag(Expression& wanted) {
    const Lexeme value = lexer_.take();
    if (value.kind != LexemeKind::word && value.kind != LexemeKind::hashtag &&
        value.kind != LexemeKind::quoted) {
      fail_expected(value, "a hashtag");
    }
    for (std::size_t at = 0; at < value.value.size();) {
      if (!is_word_character(next_code_point(value.value, at))) {
        fail_at(value.at, "E-SYNTAX", "a hashtag has letters, digits and '_' only");
      }
    }
    wanted.parts.push_back(make_atom(value.at, AtomKind::hashtag, value.value));
  }

  void add_handle(Brand& brand, Expression& wanted) {
    const Lexeme value = take_value(lexer_);
    const std::size_t colon = value.value.find(':');
    const bool sourced = colon != std::string::npos;
    const std::string handle = without_at(sourced ? value.value.substr(colon + 1) : value.value);
    ExpressionPtr atom = make_atom(value.at, AtomKind::handle, handle);
    brand.words.push_back(atom->atom.text.substr(1));
    if (!sourced) {
      wanted.parts.push_back(std::move(atom));
      return;
    }
    ExpressionPtr both = make_node(Op::all, value.at);
    ExpressionPtr source = make_node(Op::predicate, value.at);
    source->predicate.values.push_back(folded(std::string_view(value.value).substr(0, colon)));
    both->parts.push_back(std::move(source));
    both->parts.push_back(std::move(atom));
    wanted.parts.push_back(std::move(both));
  }

  // "nera near/8 [caffè, espresso]".
  ExpressionPtr parse_ambiguous() {
    ExpressionPtr node = make_node(Op::near, lexer_.peek().at);
    node->parts.push_back(expressions_.parse_set());
    const Lexeme near = lexer_.take();
    if (!near.is_word("near") && !near.is_word("NEAR")) {
      fail_expected(near, "near/8 and the words that an ambiguous one needs in its company");
    }
    node->gaps.push_back({expressions_.take_distance(near), false});
    node->parts.push_back(expressions_.parse_set());
    return node;
  }

  void add_owned(Brand& brand) {
    const Lexeme value = take_value(lexer_);
    const std::size_t colon = value.value.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == value.value.size()) {
      fail_expected(value, "source:handle or source:id behind owned");
    }
    const std::string source = folded(std::string_view(value.value).substr(0, colon));
    brand.owned.push_back(source + ":" + folded(without_at(value.value.substr(colon + 1))));
  }

  std::uint32_t file_;
  RuleBook& book_;
  Diagnostics& diagnostics_;
  Lexer lexer_;
  ExpressionParser expressions_;
};

}  // namespace

std::string pack_of(std::string_view file_name) {
  const std::size_t slash = file_name.rfind('/');
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  return std::string(file_name.substr(0, file_name.find('.')));
}

void parse_rule_file(std::uint32_t file, const RuleFile& source, RuleBook& book,
                     PatternSupply& supply, Diagnostics& diagnostics) {
  if (source.text.size() > kMaxRuleFileBytes) {
    diagnostics.error({file, 0}, "E-LIMIT",
                      fmt::format("a rule file has at most {} bytes", kMaxRuleFileBytes));
    return;
  }
  if (!is_valid_utf8(source.text)) {
    diagnostics.error({file, 0}, "E-ENCODING", "the file is not valid UTF-8");
    return;
  }
  book.packs.resize(std::max<std::size_t>(book.packs.size(), file + 1));
  book.packs[file].name = pack_of(source.name);
  BlockParser(file, source, book, supply, diagnostics).run();
}

}  // namespace passaparola::match
