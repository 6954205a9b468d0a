#include "match/reference.h"

#include <algorithm>

#include "core/limits.h"
#include "match/patterns.h"
#include "match/predicate_parser.h"
#include "match/program.h"

namespace passaparola::match {
namespace {

constexpr std::array kTextFields{Field::text, Field::title, Field::bio, Field::quote};

bool ends_host(std::string_view host, std::string_view domain) {
  if (!host.ends_with(domain)) return false;
  return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

// The run of host characters around [begin, end).
std::pair<std::size_t, std::size_t> run_around(std::string_view text, std::size_t begin,
                                               std::size_t end) {
  std::size_t run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t here = at;
    const bool host = is_host_character(next_code_point(text, at));
    if (!host && here < begin) run = at;
    if (!host && here >= end) return {run, here};
  }
  return {run, text.size()};
}

bool is_domain_at(const FieldText& field, std::size_t begin, std::size_t end) {
  const std::string_view text = field.search.text;
  const std::string_view domain = text.substr(begin, end - begin);
  for (const Token& token : field.tokens) {
    const bool begins_inside = token.begin <= begin && begin < token.end;
    if (!begins_inside || token.kind == TokenKind::word) continue;
    if (token.kind != TokenKind::url) return false;
    const std::string_view url = text.substr(token.begin, token.end - token.begin);
    const auto [first, last] = host_of(url);
    return token.begin + last == end && ends_host(url.substr(first, last - first), domain);
  }
  auto [first, last] = run_around(text, begin, end);
  const std::string_view behind = text.substr(last);
  const std::string_view before = text.substr(0, first);
  while (last > end && (text[last - 1] == '.' || text[last - 1] == '-')) --last;
  if (last != end || !ends_host(text.substr(first, last - first), domain)) return false;
  if (before.ends_with('@') || before.ends_with('/') || before.ends_with('_')) return false;
  return behind.size() != text.size() - end ||
         (!behind.starts_with('@') && !behind.starts_with('_'));
}

// What must not surround a host in disguise, for it would be a part of a longer name.
bool is_disguised_at(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view before = text.substr(0, begin);
  std::string_view behind = text.substr(end);
  for (const char c : std::string_view("@/_")) {
    if (before.ends_with(c)) return false;
  }
  if (!before.ends_with('.') && !before.empty() &&
      is_host_character(previous_code_point(before, before.size()))) {
    return false;
  }
  for (const std::string_view more :
       {"[", "(", "{", "@", "_", " dot ", " punto ", " (dot)", " [dot]"}) {
    if (behind.starts_with(more)) return false;
  }
  while (behind.starts_with('.') || behind.starts_with('-')) behind.remove_prefix(1);
  std::size_t at = 0;
  return behind.empty() || !is_host_character(next_code_point(behind, at));
}

// Does an atom that is no regex and no raw text stand at [begin, end)? Moves a prefix's `end`.
bool stands_at(const Atom& atom, const FieldText& field, std::size_t begin, std::size_t& end) {
  const std::string_view text = field.search.text;
  if (atom.kind == AtomKind::substring) return true;
  if (atom.kind == AtomKind::domain) {
    return text.substr(begin, end - begin) == atom.text ? is_domain_at(field, begin, end)
                                                        : is_disguised_at(text, begin, end);
  }
  if (atom.kind == AtomKind::phrase || atom.kind == AtomKind::prefix) {
    if (!is_word_edge(text, begin)) return false;
    if (atom.kind == AtomKind::phrase && !is_word_edge(text, end)) return false;
    if (atom.kind == AtomKind::prefix) {
      for (const Token& token : field.tokens) {
        if (token.begin < end && end <= token.end) {
          end = token.end;
          break;
        }
      }
    }
    return std::none_of(field.tokens.begin(), field.tokens.end(), [&](const Token& token) {
      const bool overlaps = token.begin < end && begin < token.end;
      const bool contained = begin <= token.begin && token.end <= end;
      return token.kind != TokenKind::word && overlaps && !contained;
    });
  }
  const TokenKind kind = atom.kind == AtomKind::hashtag  ? TokenKind::hashtag
                         : atom.kind == AtomKind::handle ? TokenKind::handle
                                                         : TokenKind::cashtag;
  return std::any_of(field.tokens.begin(), field.tokens.end(), [&](const Token& token) {
    return token.kind == kind && token.begin == begin && token.end == end;
  });
}

ReferenceMatch make_match(Field field, std::size_t begin, std::size_t end, const Atom& atom) {
  return {field, 0, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end),
          to_text(atom)};
}

void find_raw(Field field, const Atom& atom, std::string_view text,
              std::vector<ReferenceMatch>& out) {
  for (std::size_t at = text.find(atom.text); at != std::string_view::npos;
       at = text.find(atom.text, at + 1)) {
    const std::size_t end = at + atom.text.size();
    std::size_t next = end;
    const char32_t behind = end < text.size() ? next_code_point(text, next) : U' ';
    if (behind >= 0x300 && behind <= 0x36F) continue;
    if (is_word_edge(text, at) && is_word_edge(text, end)) {
      out.push_back(make_match(field, at, end, atom));
    }
  }
}

}  // namespace

void Reference::find_in(Field field, const Atom& atom, bool ignore_accents,
                        std::vector<ReferenceMatch>& out) {
  const FieldText& in = subject_.text().tokenized(field);
  if (atom.kind == AtomKind::raw) {
    find_raw(field, atom, in.original, out);
    return;
  }
  if (atom.kind == AtomKind::regex) {
    atom.pattern->find(atom.ignore_case ? std::string_view(in.search.text) : in.original,
                       [&](std::size_t begin, std::size_t end) {
                         if (atom.ignore_case) {
                           begin = in.search.original_begin(begin);
                           end = in.search.original_end(end);
                         }
                         out.push_back(make_match(field, begin, end, atom));
                       });
    return;
  }
  std::vector<std::string> forms{atom.text};
  if (atom.kind == AtomKind::domain) {
    for (std::string& form : disguised_hosts(atom.text)) forms.push_back(std::move(form));
  }
  const std::string& haystack =
      ignore_accents ? subject_.text().accentless(field).text : in.search.text;
  for (const std::string& form : forms) {
    for (std::size_t at = haystack.find(form); at != std::string::npos;
         at = haystack.find(form, at + 1)) {
      std::size_t begin = at;
      std::size_t end = at + form.size();
      if (ignore_accents) {
        end = subject_.text().accentless(field).original_end(end);
        begin = subject_.text().accentless(field).original_begin(begin);
      }
      if (!stands_at(atom, in, begin, end)) continue;
      out.push_back(
          make_match(field, in.search.original_begin(begin), in.search.original_end(end), atom));
    }
  }
}

void Reference::find_in_tag_words(Field field, const Atom& atom, bool ignore_accents,
                                  std::vector<ReferenceMatch>& out) {
  const Folded& words = subject_.text().tag_words(field);
  const Folded bare = ignore_accents ? without_accents(words.text) : Folded{};
  const std::string& haystack = ignore_accents ? bare.text : words.text;
  for (std::size_t at = haystack.find(atom.text); at != std::string::npos;
       at = haystack.find(atom.text, at + 1)) {
    std::size_t begin = at;
    std::size_t end = at + atom.text.size();
    if (!is_word_edge(haystack, begin) || !is_word_edge(haystack, end)) continue;
    if (ignore_accents) {
      end = bare.original_end(end);
      begin = bare.original_begin(begin);
    }
    out.push_back(make_match(field, words.original_begin(begin), words.original_end(end), atom));
  }
}

void Reference::find_in_links(const Atom& atom, std::vector<ReferenceMatch>& out) {
  const auto links = subject_.post().links.first(std::min(subject_.post().links.size(), kMaxLinks));
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto [first, last] = host_of(links[i]);
    const Folded host = search_text(links[i].substr(first, last - first));
    if (!ends_host(host.text, atom.text)) continue;
    ReferenceMatch match =
        make_match(Field::links, first + host.original_begin(host.text.size() - atom.text.size()),
                   first + host.original_end(host.text.size()), atom);
    match.link = static_cast<std::uint16_t>(i);
    out.push_back(match);
  }
}

std::vector<ReferenceMatch> Reference::find(const Atom& atom, Mode mode) {
  const bool ignore_accents = mode.ignore_accents && folds_accents(atom.kind);
  Atom sought = atom;
  if (ignore_accents) sought.text = without_accents(atom.text).text;
  const FieldMask fields = fields_of(atom.kind, mode.fields);
  std::vector<ReferenceMatch> out;
  for (const Field field : kTextFields) {
    if ((fields & bit(field)) == 0) continue;
    find_in(field, sought, ignore_accents, out);
    if (is_in_tag_words(sought)) find_in_tag_words(field, sought, ignore_accents, out);
  }
  if ((fields & bit(Field::links)) != 0) find_in_links(sought, out);
  return out;
}

Reference::Mode Reference::mode_of(const Expression& reference, Mode mode) const {
  const Definition& target = book_.definitions[reference.definition];
  if (target.kind != Definition::Kind::let) mode.ignore_accents = target.ignore_accents;
  return mode;
}

Truth Reference::evaluate(std::uint32_t definition, Mode mode) {
  const Key key(definition, mode.ignore_accents, mode.fields);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  const Truth truth = evaluate(*book_.definitions[definition].expression, mode);
  known_.emplace(key, truth);
  return truth;
}

Truth Reference::evaluate(const Expression& expression, Mode mode) {
  switch (expression.op) {
    case Op::atom:
      return to_truth(!find(expression.atom, mode).empty());
    case Op::predicate:
      return subject_.holds(expression.predicate);
    case Op::reference:
      return evaluate(expression.definition, mode_of(expression, mode));
    case Op::within:
      return evaluate(*expression.parts.front(), {mode.ignore_accents, expression.fields});
    case Op::negate:
      return negated(evaluate(*expression.parts.front(), mode));
    case Op::near:
      return to_truth(!near(expression, mode).front().empty());
    case Op::at_least:
      return evaluate_at_least(expression, mode);
    default:
      break;
  }
  const bool is_all = expression.op == Op::all;
  const Truth decided = is_all ? Truth::no : Truth::yes;
  Truth truth = negated(decided);
  for (const ExpressionPtr& part : expression.parts) {
    const Truth next = evaluate(*part, mode);
    truth = is_all ? std::min(truth, next) : std::max(truth, next);
    if (truth == decided) break;
  }
  return truth;
}

Truth Reference::evaluate_at_least(const Expression& expression, Mode mode) {
  std::size_t sure = 0;
  std::size_t possible = 0;
  for (const ExpressionPtr& part : expression.parts) {
    const Truth truth = evaluate(*part, mode);
    if (truth == Truth::yes) ++sure;
    if (truth != Truth::no) ++possible;
  }
  if (sure >= expression.least) return Truth::yes;
  return possible >= expression.least ? Truth::unknown : Truth::no;
}

void Reference::operand(const Expression& expression, Mode mode, std::vector<Key>& seen,
                        Operand& out) {
  if (expression.op == Op::atom) {
    for (ReferenceMatch& match : find(expression.atom, mode)) {
      const auto [first, last] =
          subject_.text().tokenized(match.field).places_of(match.begin, match.end);
      out.push_back({std::move(match), first, last});
    }
  } else if (expression.op == Op::reference) {
    const Mode target = mode_of(expression, mode);
    const Key key(expression.definition, target.ignore_accents, target.fields);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) return;
    seen.push_back(key);
    operand(*book_.definitions[expression.definition].expression, target, seen, out);
  } else {
    for (const ExpressionPtr& part : expression.parts) operand(*part, mode, seen, out);
  }
}

// `left` is of the operand that is written first.
bool Reference::are_near(const Placed& left, const Placed& right, Gap gap) {
  if (left.match.field != right.match.field) return false;
  if (left.last < right.first) return right.first - left.last <= 2 * gap.distance;
  if (gap.ordered) return false;
  return right.last < left.first && left.first - right.last <= 2 * gap.distance;
}

// What takes part in a chain from the first operand to the last: from left to right each keeps
// those that the operands before it reach, then from right to left.
std::vector<Reference::Operand> Reference::near(const Expression& expression, Mode mode) {
  std::vector<Operand> operands;
  for (const ExpressionPtr& part : expression.parts) {
    std::vector<Key> seen;
    operand(*part, mode, seen, operands.emplace_back());
  }
  for (std::size_t i = 1; i < operands.size(); ++i) {
    std::erase_if(operands[i], [&](const Placed& right) {
      return std::none_of(operands[i - 1].begin(), operands[i - 1].end(), [&](const Placed& left) {
        return are_near(left, right, expression.gaps[i - 1]);
      });
    });
  }
  for (std::size_t i = operands.size() - 1; i > 0; --i) {
    std::erase_if(operands[i - 1], [&](const Placed& left) {
      return std::none_of(operands[i].begin(), operands[i].end(), [&](const Placed& right) {
        return are_near(left, right, expression.gaps[i - 1]);
      });
    });
  }
  return operands;
}

void Reference::collect(const Expression& expression, Mode mode, bool positive,
                        std::vector<ReferenceMatch>& out) {
  const Op op = expression.op;
  if (op == Op::predicate || (!positive && (op == Op::atom || op == Op::near))) return;
  const Truth truth = evaluate(expression, mode);
  const bool may_hold = collects_pending_ && phase_of(book_, expression) >= Phase::scored;
  if (truth == Truth::unknown ? !may_hold : (truth == Truth::yes) != positive) return;
  if (op == Op::atom) {
    for (ReferenceMatch& match : find(expression.atom, mode)) out.push_back(std::move(match));
  } else if (op == Op::near) {
    for (Operand& operand : near(expression, mode)) {
      for (Placed& placed : operand) out.push_back(std::move(placed.match));
    }
  } else if (op == Op::reference) {
    const Mode target = mode_of(expression, mode);
    const std::pair key(Key(expression.definition, target.ignore_accents, target.fields), positive);
    if (std::find(collected_.begin(), collected_.end(), key) != collected_.end()) return;
    collected_.push_back(key);
    collect(*book_.definitions[expression.definition].expression, target, positive, out);
  } else {
    if (op == Op::within) mode.fields = expression.fields;
    for (const ExpressionPtr& part : expression.parts) {
      collect(*part, mode, op == Op::negate ? !positive : positive, out);
    }
  }
}

std::vector<ReferenceMatch> Reference::matches_of(std::uint32_t definition, bool pending) {
  std::vector<ReferenceMatch> out;
  collected_.clear();
  collects_pending_ = pending;
  const Definition& rule = book_.definitions[definition];
  collect(*rule.expression, {rule.ignore_accents, kDefaultFields}, true, out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void Reference::add_matches(std::uint32_t definition, bool pending, ReferenceMention& mention) {
  for (ReferenceMatch& match : matches_of(definition, pending)) {
    const bool known = std::any_of(mention.matches.begin(), mention.matches.end(),
                                   [&](const auto& other) { return other.first == match; });
    if (!known) mention.matches.emplace_back(std::move(match), definition);
  }
}

// One brand: its rules are definitions [first, last).
std::optional<ReferenceMention> Reference::mention_of(std::uint32_t first, std::uint32_t last,
                                                      const Scoring& score) {
  std::vector<std::uint32_t> holding;
  std::vector<std::uint32_t> pending;
  for (std::uint32_t i = first; i < last; ++i) {
    const Definition& rule = book_.definitions[i];
    const Truth truth = evaluate(i, {rule.ignore_accents, kDefaultFields});
    if (truth == Truth::yes) holding.push_back(i);
    const bool may_hold = truth == Truth::unknown && rule.phase >= Phase::scored;
    if (may_hold) pending.push_back(i);
  }
  if (!pending.empty() && score) {
    ReferenceMention provisional{book_.definitions[first].brand, holding, {}};
    for (const std::uint32_t i : holding.empty() ? pending : holding) {
      add_matches(i, holding.empty(), provisional);
    }
    keep_best(provisional);
    subject_.set_scored(score(provisional));
    known_.clear();
    for (const std::uint32_t i : pending) {
      const Reference::Mode mode{book_.definitions[i].ignore_accents, kDefaultFields};
      if (evaluate(i, mode) == Truth::yes) holding.push_back(i);
    }
    std::sort(holding.begin(), holding.end());
  }
  std::optional<ReferenceMention> mention;
  if (!holding.empty()) {
    mention = ReferenceMention{book_.definitions[first].brand, holding, {}};
    for (const std::uint32_t i : holding) add_matches(i, false, *mention);
    keep_best(*mention);
  }
  subject_.set_scored(nullptr);
  known_.clear();
  return mention;
}

// Of too many the ones that are preferred, then the first; in order.
void Reference::keep_best(ReferenceMention& mention) const {
  auto& matches = mention.matches;
  std::sort(matches.begin(), matches.end());
  if (matches.size() <= kMaxMatchesPerMention) return;
  std::stable_sort(matches.begin(), matches.end(), [this](const auto& a, const auto& b) {
    return book_.preference_of(a.first.atom) > book_.preference_of(b.first.atom);
  });
  matches.resize(kMaxMatchesPerMention);
  std::sort(matches.begin(), matches.end());
}

std::vector<ReferenceMention> Reference::mentions(const Scoring& score) {
  std::vector<ReferenceMention> out;
  for (std::uint32_t first = 0, last = 0; first < book_.rule_count; first = last) {
    const std::uint32_t brand = book_.definitions[first].brand;
    while (last < book_.rule_count && book_.definitions[last].brand == brand) ++last;
    if (auto mention = mention_of(first, last, score)) out.push_back(std::move(*mention));
  }
  return out;
}

}  // namespace passaparola::match
