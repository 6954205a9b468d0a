#include "sentiment/scopes.h"

#include <algorithm>
#include <cstddef>

namespace passaparola::sentiment {
namespace {

// How many words into a sentence "it", "they", "questo" may point back to the one before.
constexpr std::uint32_t kPointingWords = 6;

bool is_review(const PostView& post) {
  return post.kind == PostKind::review || post.kind == PostKind::survey;
}

// Kept by the thread, so that a mention costs no allocation.
struct Scratch {
  std::vector<std::uint32_t> clause;  // of each token
  std::vector<char> named;            // by sentence: the brand stands in it
  std::vector<char> linked;           // by sentence
};

Scratch& scratch() {
  thread_local Scratch kept;
  return kept;
}

class ScopeFinder {
 public:
  ScopeFinder(const PostReading& reading, Field field, std::vector<Scope>& out)
      : r_(reading),
        reading_(reading.of(field)),
        field_(field),
        tokens_(reading_.tokens),
        out_(out),
        clause_(scratch().clause),
        named_(scratch().named),
        linked_(scratch().linked) {}

  void run() {
    cut();
    for (const Match& match : r_.target.matches) {
      if (match.field == field_) around(match);
    }
    const std::uint32_t sentences = tokens_.back().sentence + 1;
    named_.assign(sentences, 0);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (out_[i] <= Scope::clause) named_[tokens_[i].sentence] = 1;
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (out_[i] == Scope::other && named_[tokens_[i].sentence] != 0) out_[i] = Scope::sentence;
    }
    link_sentences();
  }

 private:
  // Numbers the clauses: they part at sentence ends, adversatives and concessions.
  void cut() {
    clause_.assign(tokens_.size(), 0);
    for (const PatternHit& hit : reading_.hits) {
      const Meaning meaning = r_.lexicons.cues[hit.pattern].meaning;
      if (meaning == Meaning::adversative || meaning == Meaning::concession) clause_[hit.first] = 1;
    }
    std::uint32_t number = 0;
    bool words = false;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const bool fresh = i > 0 && tokens_[i].sentence != tokens_[i - 1].sentence;
      if (fresh || (clause_[i] == 1 && words)) {
        ++number;
        words = false;
      }
      clause_[i] = number;
      words = words || is_plain_word(tokens_[i]);
    }
  }

  void around(const Match& match) {
    const auto first =
        std::partition_point(tokens_.begin(), tokens_.end(),
                             [&](const Token& token) { return token.end <= match.begin; });
    if (first == tokens_.end()) return;
    const auto at = static_cast<std::size_t>(first - tokens_.begin());
    std::size_t last = at;
    while (last + 1 < tokens_.size() && tokens_[last + 1].begin < match.end) ++last;
    spread(at, -1);
    spread(last, 1);
    for (std::size_t i = at; i <= last; ++i) out_[i] = Scope::near;
  }

  // From token `at` to an edge of its clause: near at first, then clause.
  void spread(std::size_t at, std::ptrdiff_t step) {
    std::uint32_t words = 0;
    const std::uint32_t clause = clause_[at];
    for (auto i = static_cast<std::ptrdiff_t>(at) + step;
         i >= 0 && i < static_cast<std::ptrdiff_t>(tokens_.size()); i += step) {
      const auto here = static_cast<std::size_t>(i);
      if (clause_[here] != clause) return;
      if (is_plain_word(tokens_[here])) ++words;
      out_[here] = std::min(out_[here], words <= kNearWords ? Scope::near : Scope::clause);
    }
  }

  // A sentence that points back to one with the name, or to one that points to it in turn.
  void link_sentences() {
    linked_.assign(named_.size(), is_review(r_.post) || whole_field_is_linked() ? 1 : 0);
    std::uint32_t begin = 0;
    for (std::uint32_t i = 0; i < tokens_.size(); ++i) {
      if (i > 0 && tokens_[i].sentence != tokens_[i - 1].sentence) begin = i;
      if (tokens_[i].sentence == 0 || i - begin >= kPointingWords || !points_back(i)) continue;
      const std::uint32_t before = tokens_[i].sentence - 1;
      if (named_[before] != 0 || linked_[before] != 0) linked_[tokens_[i].sentence] = 1;
    }
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (out_[i] == Scope::other && linked_[tokens_[i].sentence] != 0) out_[i] = Scope::linked;
    }
  }

  // The text under a title that names the brand.
  bool whole_field_is_linked() const { return field_ == Field::text && !r_.names_brand_in(field_); }

  bool points_back(std::uint32_t at) const {
    PatternHit key;
    key.first = at;
    auto hit = std::lower_bound(
        reading_.hits.begin(), reading_.hits.end(), key,
        [](const PatternHit& a, const PatternHit& b) { return a.first < b.first; });
    for (; hit != reading_.hits.end() && hit->first == at; ++hit) {
      if (r_.lexicons.cues[hit->pattern].meaning == Meaning::anaphora) return true;
    }
    return false;
  }

  const PostReading& r_;
  const Reading& reading_;
  Field field_;
  const std::vector<Token>& tokens_;
  std::vector<Scope>& out_;
  std::vector<std::uint32_t>& clause_;
  std::vector<char>& named_;
  std::vector<char>& linked_;
};

}  // namespace

bool is_only_tagged(const PostReading& reading, Field field) {
  const std::vector<Token>& tokens = reading.of(field).tokens;
  std::size_t at = 0;
  for (const Match& match : reading.target.matches) {
    if (match.field != field) continue;
    for (at = 0; at < tokens.size() && tokens[at].end <= match.begin; ++at) {
    }
    if (at == tokens.size()) continue;
    if (tokens[at].kind != TokenKind::handle && tokens[at].kind != TokenKind::hashtag) return false;
  }
  return true;
}

void find_scopes(const PostReading& reading, bool whole, Field field, std::vector<Scope>& out) {
  const std::size_t count = reading.of(field).tokens.size();
  const bool all = whole || (reading.names_brand_in(field) && is_only_tagged(reading, field));
  out.assign(count, all ? Scope::clause : Scope::other);
  if (!all && count > 0) ScopeFinder(reading, field, out).run();
}

}  // namespace passaparola::sentiment
