// Matcher: lays the search texts of many posts end to end, scans them at once, and judges the few
// posts in which something was seen.
#include <algorithm>
#include <tuple>

#include "core/check.h"
#include "core/limits.h"
#include "match/compiled.h"
#include "match/evaluator.h"
#include "match/occurrence.h"
#include "match/subject.h"

namespace passaparola::match {
namespace {

constexpr std::size_t kScanBytes = 128 << 10;  // laid out and scanned at a time: fits the L2 cache
constexpr char kSeparator = '\n';              // search text, and so no atom, has one

constexpr std::array kTextFields{Field::text, Field::title, Field::bio, Field::quote};

// One field of one post (or the host of one of its links) in the scanned text.
struct Segment {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t post = 0;
  Field field = Field::text;
  std::uint16_t link = 0;
  bool plain = true;   // atoms for which accents count are sought here
  bool folded = true;  // atoms that ignore accents are sought here
};

struct PatternHit {
  std::uint32_t post = 0;
  Field field = Field::text;
  std::uint32_t pattern = 0;
};

struct FoundMatch {
  Occurrence occurrence;
  std::uint32_t rule = 0;
};

}  // namespace

struct Matcher::State {
  State(std::shared_ptr<const Ruleset> shared, LanguageOf language)
      : ruleset(std::move(shared)),
        compiled(ruleset->compiled()),
        language_of(std::move(language)),
        scratch(compiled.scanner->make_scratch()),
        evaluator(compiled.program) {
    looks_for_patterns =
        compiled.scanner->has_patterns(false) || compiled.scanner->has_patterns(true);
  }

  void find(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out);
  void lay_post(const PostView& post, std::uint32_t index);
  void lay_field(std::string_view original, Segment segment);
  void find_patterns(std::string_view original, const Segment& segment);
  void judge_batch(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out);
  void verify_hit(const LiteralHit& hit, const Segment& segment);
  void verify_pattern(const PatternHit& hit);
  void judge_post(std::uint32_t index, Arena& arena, std::vector<PostMatch>& out);
  PostMatch make_match(std::uint32_t index, std::span<const std::uint32_t> rules, Arena& arena);
  std::span<const Match> make_spans(std::span<const std::uint32_t> rules, Arena& arena);
  bool is_owned(const PostView& post, const Brand& brand) const;

  const Program& program() const { return compiled.program; }

  std::shared_ptr<const Ruleset> ruleset;
  const Ruleset::Compiled& compiled;
  LanguageOf language_of;
  std::unique_ptr<Scanner::Scratch> scratch;
  Evaluator evaluator;
  bool looks_for_patterns = false;

  // Of the posts laid out now.
  std::string text;
  std::vector<Segment> segments;
  std::vector<LiteralHit> literal_hits;
  std::vector<PatternHit> pattern_hits;
  std::vector<std::uint32_t> found_patterns;

  // Of the post judged now.
  Subject subject;
  std::vector<Occurrence> occurrences;
  std::vector<std::pair<std::uint32_t, Field>> verified_raw;
  std::vector<Occurrence> collected;
  std::vector<FoundMatch> matches;
  std::vector<RuleHit> rule_hits;
  std::vector<Match> spans;
};

void Matcher::State::find(std::span<const PostView> posts, Arena& arena,
                          std::vector<PostMatch>& out) {
  for (std::uint32_t i = 0; i < posts.size(); ++i) {
    if (posts[i].op != PostOp::create && posts[i].op != PostOp::update) continue;
    lay_post(posts[i], i);
    if (text.size() >= kScanBytes) judge_batch(posts, arena, out);
  }
  judge_batch(posts, arena, out);
}

void Matcher::State::lay_post(const PostView& post, std::uint32_t index) {
  Segment segment;
  segment.post = index;
  for (const Field field : kTextFields) {
    if ((program().fields & bit(field)) == 0) continue;
    segment.field = field;
    const std::string_view original = field_text(post, field);
    if (!original.empty()) lay_field(original, segment);
  }
  if ((program().fields & bit(Field::links)) == 0) return;
  segment.field = Field::links;
  const std::size_t links = std::min(post.links.size(), kMaxLinks);
  for (std::size_t i = 0; i < links; ++i) {
    const auto [first, last] = host_of(post.links[i]);
    segment.link = static_cast<std::uint16_t>(i);
    segment.begin = static_cast<std::uint32_t>(text.size());
    append_search_text(post.links[i].substr(first, last - first), text);
    segment.end = static_cast<std::uint32_t>(text.size());
    text.push_back(kSeparator);
    segments.push_back(segment);
  }
}

void Matcher::State::lay_field(std::string_view original, Segment segment) {
  segment.begin = static_cast<std::uint32_t>(text.size());
  append_search_text(original, text);
  segment.end = static_cast<std::uint32_t>(text.size());
  const std::string_view laid = std::string_view(text).substr(segment.begin);
  if (looks_for_patterns) find_patterns(original, segment);
  // Text that is not ASCII is laid out a second time without accents, if some atom wants that.
  const bool twice = program().has_accentless && !is_ascii(laid);
  const Folded accentless = twice ? without_accents(laid) : Folded{};
  text.push_back(kSeparator);
  segment.folded = !twice;
  segments.push_back(segment);
  if (!twice) return;
  segment.plain = false;
  segment.folded = true;
  segment.begin = static_cast<std::uint32_t>(text.size());
  text += accentless.text;
  segment.end = static_cast<std::uint32_t>(text.size());
  text.push_back(kSeparator);
  segments.push_back(segment);
}

void Matcher::State::find_patterns(std::string_view original, const Segment& segment) {
  found_patterns.clear();
  const Scanner& scanner = *compiled.scanner;
  const std::string_view laid = std::string_view(text).substr(segment.begin);
  if (scanner.has_patterns(true)) scanner.find_patterns(laid, true, *scratch, found_patterns);
  if (scanner.has_patterns(false)) scanner.find_patterns(original, false, *scratch, found_patterns);
  for (const std::uint32_t pattern : found_patterns) {
    pattern_hits.push_back({segment.post, segment.field, pattern});
  }
}

void Matcher::State::judge_batch(std::span<const PostView> posts, Arena& arena,
                                 std::vector<PostMatch>& out) {
  compiled.scanner->find_literals(text, *scratch, literal_hits);
  std::size_t segment = 0;
  std::size_t literal = 0;
  std::size_t pattern = 0;
  while (literal < literal_hits.size() || pattern < pattern_hits.size()) {
    // The next post with a hit of either kind.
    std::uint32_t post = static_cast<std::uint32_t>(posts.size());
    if (literal < literal_hits.size()) {
      while (segments[segment].end < literal_hits[literal].end) ++segment;
      post = segments[segment].post;
    }
    if (pattern < pattern_hits.size()) post = std::min(post, pattern_hits[pattern].post);
    occurrences.clear();
    verified_raw.clear();
    subject.reset(posts[post], &language_of);
    for (; literal < literal_hits.size(); ++literal) {
      while (segments[segment].end < literal_hits[literal].end) ++segment;
      if (segments[segment].post != post) break;
      verify_hit(literal_hits[literal], segments[segment]);
    }
    for (; pattern < pattern_hits.size() && pattern_hits[pattern].post == post; ++pattern) {
      verify_pattern(pattern_hits[pattern]);
    }
    if (!occurrences.empty()) judge_post(post, arena, out);
  }
  text.clear();
  segments.clear();
  literal_hits.clear();
  pattern_hits.clear();
}

void Matcher::State::verify_hit(const LiteralHit& hit, const Segment& segment) {
  const Literal& literal = program().literals[hit.literal];
  const std::size_t end = hit.end - segment.begin;
  const std::size_t begin = end - literal.text.size();
  for (const std::uint32_t atom : literal.atoms) {
    const ProgramAtom& sought = program().atoms[atom];
    if (!(sought.ignore_accents ? segment.folded : segment.plain)) continue;
    if (segment.field == Field::links) {
      if (sought.atom.kind == AtomKind::domain) {
        verify_link(atom, subject.post().links[segment.link], segment.link, begin, end,
                    occurrences);
      }
      continue;
    }
    if (sought.atom.kind == AtomKind::raw) {  // verify() finds all of the field at once
      const std::pair key(atom, segment.field);
      if (std::find(verified_raw.begin(), verified_raw.end(), key) != verified_raw.end()) continue;
      verified_raw.push_back(key);
    }
    verify(program(), atom, subject.text(), segment.field, begin, end, occurrences);
  }
}

void Matcher::State::verify_pattern(const PatternHit& hit) {
  const Pattern& pattern = *compiled.patterns[hit.pattern];
  const FieldText& field = subject.text().of(hit.field);
  const std::string_view in =
      pattern.ignore_case() ? std::string_view(field.search.text) : field.original;
  pattern.find(in, [&](std::size_t begin, std::size_t end) {
    if (pattern.ignore_case()) {
      begin = field.search.original_begin(begin);
      end = field.search.original_end(end);
    }
    occurrences.push_back({program().regexes[hit.pattern], hit.field, 0,
                           static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  });
}

void Matcher::State::judge_post(std::uint32_t index, Arena& arena, std::vector<PostMatch>& out) {
  std::sort(occurrences.begin(), occurrences.end());
  occurrences.erase(std::unique(occurrences.begin(), occurrences.end()), occurrences.end());
  evaluator.begin(subject, occurrences);
  const std::vector<std::uint32_t>& holding = evaluator.rules_that_hold();
  for (std::size_t i = 0; i < holding.size();) {
    const std::uint32_t brand = program().rules[holding[i]].brand;
    std::size_t end = i;
    while (end < holding.size() && program().rules[holding[end]].brand == brand) ++end;
    out.push_back(make_match(index, std::span(holding).subspan(i, end - i), arena));
    i = end;
  }
}

PostMatch Matcher::State::make_match(std::uint32_t index, std::span<const std::uint32_t> rules,
                                     Arena& arena) {
  rule_hits.clear();
  for (const std::uint32_t rule : rules) {
    const ProgramRule& held = program().rules[rule];
    rule_hits.push_back({held.id, held.version, held.tag_views});
  }
  PostMatch match;
  match.post = index;
  match.brand = program().rules[rules.front()].brand;
  match.rules = arena.copy(rule_hits);
  match.matches = make_spans(rules, arena);
  match.author_is_owned = is_owned(subject.post(), ruleset->brands()[match.brand]);
  return match;
}

std::span<const Match> Matcher::State::make_spans(std::span<const std::uint32_t> rules,
                                                  Arena& arena) {
  matches.clear();
  for (const std::uint32_t rule : rules) {
    collected.clear();
    evaluator.collect(rule, collected);
    for (const Occurrence& occurrence : collected) matches.push_back({occurrence, rule});
  }
  const auto key = [&](const FoundMatch& match) {
    const Occurrence& at = match.occurrence;
    return std::tuple(at.field, at.link, at.begin, at.end,
                      std::string_view(program().atoms[at.atom].text));
  };
  std::sort(matches.begin(), matches.end(), [&](const FoundMatch& a, const FoundMatch& b) {
    return std::tuple_cat(key(a), std::tuple(a.rule)) < std::tuple_cat(key(b), std::tuple(b.rule));
  });
  const auto same = [&](const FoundMatch& a, const FoundMatch& b) { return key(a) == key(b); };
  matches.erase(std::unique(matches.begin(), matches.end(), same), matches.end());
  if (matches.size() > kMaxMatchesPerMention) matches.resize(kMaxMatchesPerMention);
  spans.clear();
  for (const FoundMatch& match : matches) {
    const Occurrence& at = match.occurrence;
    spans.push_back({program().rules[match.rule].id, program().atoms[at.atom].text, at.field,
                     at.link, at.begin, at.end});
  }
  return arena.copy(spans);
}

bool Matcher::State::is_owned(const PostView& post, const Brand& brand) const {
  if (brand.owned.empty()) return false;
  const std::string source = folded(post.source) + ":";
  std::string_view handle = post.author.handle;
  if (handle.starts_with('@')) handle.remove_prefix(1);
  return std::any_of(brand.owned.begin(), brand.owned.end(), [&](const std::string& owned) {
    return (!handle.empty() && owned == source + folded(handle)) ||
           (!post.author.id.empty() && owned == source + folded(post.author.id));
  });
}

Matcher::Matcher(std::shared_ptr<const Ruleset> ruleset, LanguageOf language_of)
    : state_(std::make_unique<State>(std::move(ruleset), std::move(language_of))) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;

void Matcher::find(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out) {
  state_->find(posts, arena, out);
}

}  // namespace passaparola::match
