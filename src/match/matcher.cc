// Matcher: lays the search texts of many posts end to end, scans them at once, and judges the few
// posts in which something was seen.
#include <algorithm>
#include <limits>
#include <new>
#include <tuple>

#include "core/check.h"
#include "core/limits.h"
#include "match/compiled.h"
#include "match/evaluator.h"
#include "match/hashtag_words.h"
#include "match/occurrence.h"
#include "match/subject.h"

namespace passaparola::match {
namespace {

constexpr std::size_t kScanBytes = 128 << 10;  // laid out and scanned at a time: fits the L2 cache
constexpr char kSeparator = '\n';              // search text, and so no atom, has one

bool is_judged(const PostView& post) {
  return post.op == PostOp::create || post.op == PostOp::update;
}

constexpr std::array kTextFields{Field::text, Field::title, Field::bio, Field::quote};

// One field of one post (or the host of one of its links) in the scanned text.
struct Segment {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t post = 0;
  Field field = Field::text;
  std::uint16_t link = 0;
  bool plain = true;       // atoms for which accents count are sought here
  bool folded = true;      // atoms that ignore accents are sought here
  bool tag_words = false;  // the words of its hashtags
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

using Rules = std::span<const std::uint32_t>;

struct Matcher::State {
  State(std::shared_ptr<const Ruleset> shared, Knowledge known)
      : ruleset(std::move(shared)),
        compiled(ruleset->compiled()),
        knowledge(std::move(known)),
        scratch(compiled.scanner->make_scratch()),
        evaluator(compiled.program) {
    looks_for_patterns =
        compiled.scanner->has_patterns(false) || compiled.scanner->has_patterns(true);
  }

  void find(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out);
  void lay_post(const PostView& post, std::uint32_t index);
  void lay_field(std::string_view original, Segment segment);
  void lay_segment(std::size_t begin, Segment segment);
  void find_patterns(std::string_view original, std::string_view laid, const Segment& segment);
  void judge_batch(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out);
  void verify_hit(const LiteralHit& hit, const Segment& segment);
  void verify_pattern(const PatternHit& hit);
  void judge_post(std::uint32_t index, Arena& arena, std::vector<PostMatch>& out);
  void judge_brand(std::uint32_t index, Rules holding, Rules pending, Arena& arena,
                   std::vector<PostMatch>& out);
  PostMatch make_match(std::uint32_t index, std::uint32_t brand, Rules rules, Arena& arena);
  std::span<const Match> make_spans(Rules rules, bool pending, Arena& arena);
  bool is_owned(const PostView& post, const Brand& brand) const;

  const Program& program() const { return compiled.program; }

  std::shared_ptr<const Ruleset> ruleset;
  const Ruleset::Compiled& compiled;
  Knowledge knowledge;
  std::unique_ptr<Scanner::Scratch> scratch;
  Evaluator evaluator;
  bool looks_for_patterns = false;

  // Of the posts laid out now.
  std::string text;
  std::vector<Segment> segments;
  Folded tag_words;
  std::vector<LiteralHit> literal_hits;
  std::vector<PatternHit> pattern_hits;
  std::vector<std::uint32_t> found_patterns;
  std::uint32_t first_post = 0;  // posts [first_post, end_post) are laid out
  std::uint32_t end_post = 0;

  // Of the post judged now.
  Subject subject;
  std::vector<Occurrence> occurrences;
  std::vector<std::pair<std::uint32_t, Field>> verified_raw;
  std::vector<Occurrence> collected;
  std::vector<FoundMatch> matches;
  std::vector<RuleHit> rule_hits;
  std::vector<std::uint32_t> rules_after_scoring;
  std::vector<Match> spans;
};

void Matcher::State::find(std::span<const PostView> posts, Arena& arena,
                          std::vector<PostMatch>& out) {
  first_post = end_post = 0;
  for (std::uint32_t i = 0; i < posts.size(); ++i) {
    end_post = i + 1;
    if (!is_judged(posts[i])) continue;
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
  const std::size_t begin = text.size();
  append_search_text(original, text);
  if (looks_for_patterns) {
    find_patterns(original, std::string_view(text).substr(begin), segment);
  }
  lay_segment(begin, segment);
  if (original.find('#') == std::string_view::npos &&
      original.find("\uFF03") == std::string_view::npos) {
    return;
  }
  hashtag_words(original, tag_words);
  if (tag_words.text.empty()) return;
  segment.tag_words = true;
  const std::size_t words = text.size();
  text += tag_words.text;
  lay_segment(words, segment);
}

// What was laid from `begin` on becomes a segment. If it is not ASCII and some atom wants that, it
// is laid out a second time without accents.
void Matcher::State::lay_segment(std::size_t begin, Segment segment) {
  segment.begin = static_cast<std::uint32_t>(begin);
  segment.end = static_cast<std::uint32_t>(text.size());
  const std::string_view laid = std::string_view(text).substr(begin);
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

void Matcher::State::find_patterns(std::string_view original, std::string_view laid,
                                   const Segment& segment) {
  found_patterns.clear();
  const Scanner& scanner = *compiled.scanner;
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
  const bool every_post = !program().unanchored.empty();
  for (std::uint32_t post = first_post; post < end_post; ++post) {
    if (!every_post) {  // on to the next post with a hit of either kind
      std::uint32_t next = end_post;
      if (literal < literal_hits.size()) {
        while (segments[segment].end < literal_hits[literal].end) ++segment;
        next = segments[segment].post;
      }
      if (pattern < pattern_hits.size()) next = std::min(next, pattern_hits[pattern].post);
      if (next == end_post) break;
      post = next;
    } else if (!is_judged(posts[post])) {
      continue;
    }
    occurrences.clear();
    verified_raw.clear();
    subject.reset(posts[post], &knowledge);
    for (; literal < literal_hits.size(); ++literal) {
      while (segments[segment].end < literal_hits[literal].end) ++segment;
      if (segments[segment].post != post) break;
      verify_hit(literal_hits[literal], segments[segment]);
    }
    for (; pattern < pattern_hits.size() && pattern_hits[pattern].post == post; ++pattern) {
      verify_pattern(pattern_hits[pattern]);
    }
    if (every_post || !occurrences.empty()) judge_post(post, arena, out);
  }
  first_post = end_post;
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
    if (segment.tag_words) {
      verify_tag_words(program(), atom, subject.text(), segment.field, begin, end, occurrences);
      continue;
    }
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
  const Evaluator::Judgement& judgement = evaluator.judge();
  const auto brand_of = [&](std::uint32_t rule) { return program().rules[rule].brand; };
  // Rules are in the order of their brands: one brand's stand together in both lists.
  Rules holding = judgement.holding;
  Rules pending = judgement.pending;
  while (!holding.empty() || !pending.empty()) {
    std::uint32_t brand = std::numeric_limits<std::uint32_t>::max();
    for (const Rules rules : {holding, pending}) {
      if (!rules.empty()) brand = std::min(brand, brand_of(rules.front()));
    }
    const auto take = [&](Rules& rules) {
      std::size_t count = 0;
      while (count < rules.size() && brand_of(rules[count]) == brand) ++count;
      const Rules taken = rules.first(count);
      rules = rules.subspan(count);
      return taken;
    };
    const Rules held = take(holding);
    judge_brand(index, held, take(pending), arena, out);
  }
}

// What depends on the scored mention is judged on the mention that the other rules make; if there
// are none, on the one that it would make itself.
void Matcher::State::judge_brand(std::uint32_t index, Rules holding, Rules pending, Arena& arena,
                                 std::vector<PostMatch>& out) {
  const std::uint32_t brand =
      program().rules[holding.empty() ? pending.front() : holding.front()].brand;
  if (pending.empty() || !knowledge.mention_of) {
    if (holding.empty()) return;
    out.push_back(make_match(index, brand, holding, arena));
    return;
  }
  PostMatch provisional = make_match(index, brand, holding, arena);
  if (holding.empty()) provisional.matches = make_spans(pending, true, arena);
  auto* const scored =
      reinterpret_cast<Mention*>(arena.allocate(sizeof(Mention), alignof(Mention)));
  new (scored) Mention(knowledge.mention_of(subject.post(), provisional, arena));
  subject.set_scored(scored);
  evaluator.scored_anew();
  rules_after_scoring.assign(holding.begin(), holding.end());
  for (const std::uint32_t rule : pending) {
    if (evaluator.holds(rule)) rules_after_scoring.push_back(rule);
  }
  std::sort(rules_after_scoring.begin(), rules_after_scoring.end());
  if (!rules_after_scoring.empty()) {
    out.push_back(make_match(index, brand, rules_after_scoring, arena));
    out.back().scored = scored;
  }
  subject.set_scored(nullptr);
  evaluator.scored_anew();
}

PostMatch Matcher::State::make_match(std::uint32_t index, std::uint32_t brand, Rules rules,
                                     Arena& arena) {
  rule_hits.clear();
  for (const std::uint32_t rule : rules) {
    const ProgramRule& held = program().rules[rule];
    rule_hits.push_back({held.id, held.version, held.tag_views, held.actions});
  }
  PostMatch match;
  match.post = index;
  match.brand = brand;
  match.rules = arena.copy(rule_hits);
  match.matches = make_spans(rules, false, arena);
  match.author_is_owned = is_owned(subject.post(), ruleset->brands()[match.brand]);
  return match;
}

std::span<const Match> Matcher::State::make_spans(Rules rules, bool pending, Arena& arena) {
  matches.clear();
  for (const std::uint32_t rule : rules) {
    collected.clear();
    evaluator.collect(rule, pending, collected);
    for (const Occurrence& occurrence : collected) matches.push_back({occurrence, rule});
  }
  const auto key = [&](const FoundMatch& match) {
    const Occurrence& at = match.occurrence;
    return std::tuple(at.field, at.link, at.begin, at.end,
                      std::string_view(program().atoms[at.atom].text));
  };
  const auto before = [&](const FoundMatch& a, const FoundMatch& b) {
    return std::tuple_cat(key(a), std::tuple(a.rule)) < std::tuple_cat(key(b), std::tuple(b.rule));
  };
  std::sort(matches.begin(), matches.end(), before);
  const auto same = [&](const FoundMatch& a, const FoundMatch& b) { return key(a) == key(b); };
  matches.erase(std::unique(matches.begin(), matches.end(), same), matches.end());
  if (matches.size() > kMaxMatchesPerMention) {  // the preferred ones stay, then the first
    const auto preference = [&](const FoundMatch& match) {
      return program().atoms[match.occurrence.atom].preference;
    };
    std::stable_sort(matches.begin(), matches.end(), [&](const FoundMatch& a, const FoundMatch& b) {
      return preference(a) > preference(b);
    });
    matches.resize(kMaxMatchesPerMention);
    std::sort(matches.begin(), matches.end(), before);
  }
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

Matcher::Matcher(std::shared_ptr<const Ruleset> ruleset, Knowledge knowledge)
    : state_(std::make_unique<State>(std::move(ruleset), std::move(knowledge))) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;

void Matcher::find(std::span<const PostView> posts, Arena& arena, std::vector<PostMatch>& out) {
  state_->find(posts, arena, out);
}

}  // namespace passaparola::match
