// Patterns over tokens: the cue language of the lexicon files (rules/lexicons/README.md). Every
// form of a pattern is looked for from its rarest word, its anchor: a trie leads from there to the
// left as far as the form goes, and then to the right.
//
//   word       that word, folded        wor*      any word that begins so (3 letters at least)
//   (a|b c)    one of these             (a|b)?    one of these, or nothing
//   {name}     one of a named class     <2-4>     2 to 4 words between
//   <good>     a word of valence >= 1   <bad>     a word of valence <= -1
//   <number>   a number                 <target>  the brand's own name
//   ?          a question mark
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/arena.h"
#include "core/result.h"
#include "sentiment/tokens.h"
#include "sentiment/word_table.h"

namespace passaparola::sentiment {

struct PatternHit {
  std::uint32_t pattern = 0;  // as given to add()
  std::uint32_t first = 0;    // tokens [first, last)
  std::uint32_t last = 0;
};

// Which patterns count: those of the language that a text is judged by, and the common ones.
enum class PatternLanguage : std::uint8_t { both, english, italian };

class Patterns {
 public:
  Patterns();

  // How often a folded word stands in a million words of ordinary text, in any language. Must be
  // told before add(); a word that is not told counts as rare.
  void set_frequency(std::string_view word, float per_million);

  // Names a class of alternatives ("a|b c|wor*") for the patterns of `language` that are added
  // later. The error is one line without a place.
  Result<void> define(std::string_view name, std::string_view alternatives,
                      PatternLanguage language, WordTable& words);

  // Compiles `text`. Its words are added to `words`. The error is one line without a place.
  Result<void> add(std::string_view text, std::uint32_t pattern, PatternLanguage language,
                   WordTable& words);

  // Must be called once, when no more words are added to `words`, and before find().
  void seal(const WordTable& words);

  // Every place where a pattern of `language` (or of both) begins, for each pattern its longest
  // form there, in order of the first token. Hits never reach over the end of a sentence,
  // except by the question mark that ends it.
  void find(std::span<const Token> tokens, PatternLanguage language,
            std::vector<PatternHit>& hits) const;

 private:
  // A known word's id; behind the last of those, the place of a prefix that an unknown word begins
  // with: so one number says to which sets a token belongs.
  using Form = std::uint32_t;
  using SetId = std::uint32_t;
  using NodeId = std::uint32_t;    // 0: none; as a node it is the root
  using Languages = std::uint8_t;  // bits

  // What one place of a form asks for: its kind above, the word, set or gap (low << 8 | high)
  // below. In the order of a packed node's children; `turn` is no place: what follows stands to the
  // right of the anchor.
  enum class Kind : std::uint8_t { word, set, gap, number, target, good, bad, turn };
  class Element {
   public:
    constexpr explicit Element(Kind kind, std::uint32_t value = 0)
        : bits_(static_cast<std::uint32_t>(kind) << kValueBits | value) {}
    constexpr Kind kind() const { return static_cast<Kind>(bits_ >> kValueBits); }
    constexpr std::uint32_t value() const { return bits_ & ((1U << kValueBits) - 1); }
    auto operator<=>(const Element&) const = default;

   private:
    static constexpr unsigned kValueBits = 28;
    std::uint32_t bits_;
  };
  using Sequence = std::vector<Element>;
  // What one place of a pattern may hold. Alternatives of one word each are one set.
  struct Set {
    std::vector<WordId> words;
    std::vector<std::uint32_t> prefixes;
    auto operator<=>(const Set&) const = default;
  };
  // A form as it is walked: the anchor, what stands to its left from right to left, `turn`, what
  // stands to its right.
  struct Path {
    Sequence steps;
    std::uint32_t pattern = 0;
    Languages languages = 0;
    auto operator<=>(const Path&) const = default;
  };

  // The trie as it is walked: nodes of one size from which the same is found are one, their
  // children side by side, so that a walk waits little for memory. A child's number has the
  // languages of its node in its two upper bits, so that a node of the other language is never
  // looked at.
  struct Child {
    std::uint32_t key = 0;  // word, set, low << 8 | high of a gap, or a Kind
    NodeId to = 0;
  };
  static constexpr unsigned kLanguagesShift = 30;
  static constexpr std::uint32_t kNodeMask = (1U << kLanguagesShift) - 1;
  // Bits for what a token is, or what leads on from a node: without a common bit they have nothing
  // to do with each other. A bit for a form by its number, and some for all else. A token has the
  // bit of its own form, a node those of every form in its sets: the other way around a word that
  // stands in many sets would have all bits.
  using Signature = std::uint64_t;
  static constexpr unsigned kFormBits = 58;
  static constexpr Signature kAny = Signature{1} << 62;      // a gap: any token may be in one
  static constexpr Signature kAccepts = Signature{1} << 63;  // wants nothing more
  static Signature bit_of(std::uint32_t number) { return Signature{1} << number % kFormBits; }
  static Signature bit_of(Kind kind) {
    if (kind == Kind::number) return Signature{1} << kFormBits;
    if (kind == Kind::good) return Signature{1} << (kFormBits + 1);
    if (kind == Kind::bad) return Signature{1} << (kFormBits + 2);
    return kind == Kind::target ? Signature{1} << (kFormBits + 3) : kAny;
  }
  static Signature signature_of(const Token& token);  // of its number, its valence
  struct PackedNode {
    Signature signature = 0;     // of all that leads on, and kAccepts
    std::uint32_t children = 0;  // where they begin: words, sets, gaps, others
    std::uint32_t accepts = 0;   // where they begin
    NodeId turn = 0;
    std::uint16_t words = 0;  // how many
    std::uint16_t sets = 0;
    std::uint16_t accept_count = 0;
    std::uint8_t gaps = 0;
    std::uint8_t others = 0;
  };
  // A node right below the root, with what must stand beside the anchor: most are not worth a look.
  struct Root {
    Signature left = 0;
    Signature right = 0;
    NodeId node = 0;
  };
  struct FormEntry {
    std::uint64_t some_sets = 0;  // a bit for each of its sets, by its number modulo 64
    std::uint32_t roots = 0;      // where its own begin
    std::uint32_t sets = 0;
    std::uint16_t root_count = 0;
    std::uint16_t set_count = 0;
  };
  struct Walk;

  static Languages languages_of(PatternLanguage language) {
    if (language == PatternLanguage::both) return 3;
    return language == PatternLanguage::english ? 1 : 2;
  }
  Result<std::vector<Sequence>> expand(std::string_view text, PatternLanguage language,
                                       WordTable& words);
  Result<std::vector<Sequence>> choices_of(std::string_view part, PatternLanguage language,
                                           WordTable& words);
  Result<std::vector<Sequence>> alternatives_of(std::string_view alternatives, WordTable& words);
  Result<Sequence> literal(std::string_view text, WordTable& words);
  // Where the form is rarest in ordinary text.
  std::size_t anchor_of(const Sequence& form, const WordTable& words);
  float frequency_of(Element element, const WordTable& words);
  float frequency_of_word(WordId word, const WordTable& words);
  float frequency_of_set(SetId set, const WordTable& words);
  float frequency_of_prefix(std::string_view prefix) const;
  struct Packer;
  static std::uint64_t some_set(SetId set) { return std::uint64_t{1} << (set & 63U); }
  Root root_of(NodeId node) const;
  SetId set_of(Set set);
  std::uint32_t prefix_of(std::string_view key);
  std::vector<std::vector<SetId>> sets_of_forms(const WordTable& words) const;
  bool holds(const FormEntry& form, SetId set) const;
  void fill_forms(const std::vector<std::vector<SetId>>& sets_of_form);
  Form form_of(const Token& token) const;
  static std::uint8_t bucket_of(std::string_view key);  // of 3 bytes at least
  std::uint32_t longest_prefix(std::string_view key) const;

  std::map<std::string, float, std::less<>> frequencies_;
  std::vector<float> word_frequencies_;  // by id, looked up once
  std::vector<float> set_frequencies_;
  std::vector<Path> paths_;  // until seal()
  std::map<std::pair<PatternLanguage, std::string>, std::vector<Sequence>> classes_;
  std::vector<Set> sets_;
  std::map<Set, SetId> set_ids_;
  std::vector<std::string> prefixes_;
  std::map<std::string, std::uint32_t, std::less<>> prefix_ids_;

  std::vector<Signature> set_signatures_;  // of all forms in a set; only while seal() works

  // Made by seal().
  std::uint32_t first_prefix_form_ = 0;
  std::vector<FormEntry> forms_;
  std::vector<Root> roots_;
  Root number_root_, target_root_, good_root_, bad_root_;
  std::vector<std::uint16_t> sets_of_forms_;  // of each in rising order
  std::vector<PackedNode> packed_;
  std::vector<Child> children_;
  std::vector<std::pair<std::uint32_t, Languages>> accepts_;
  // Prefixes by a hash of their first three bytes, the longest first.
  std::array<std::vector<std::uint32_t>, 256> buckets_;
};

}  // namespace passaparola::sentiment
