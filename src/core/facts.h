// Facts: the few numbers of a mention that author histories and advocacy are computed from
// (FEATURES D.1). Small, fixed and plain, so that years of them are read fast.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/mention.h"
#include "core/time.h"

namespace passaparola {

struct ActFact {
  Act act = Act::recommend;
  bool to_others = false;
  float confidence = 0;
  bool parent_fits = false;  // what is answered is known, and is what the act needs
};

// The primary subtag of a language, two or three letters in 16 bits, and back. 0 and empty: none,
// or not known ("und").
std::uint16_t pack_language(std::string_view language);
std::string language_name(std::uint16_t packed);

// What ties a mention to others, as parts of keyed hashes: only whether two are equal says
// anything.
struct Ties {
  std::uint64_t post = 0;      // the post that it is of; 0: not known
  std::uint64_t thread = 0;    // the first post of its thread, or its own
  std::uint16_t answered = 0;  // whom it answers; 0: nobody, or not known
};

struct MentionFacts {
  std::uint64_t seq = 0;
  Timestamp created_at;
  std::uint64_t fingerprint = 0;
  PostKind kind = PostKind::post;
  Label label = Label::neutral;
  bool two_sided = false;
  bool specifics = false;
  bool asks = false;                  // its text has a question
  std::uint8_t copies_by_author = 0;  // k: earlier copies in the author's own words; 255: or more
  float polarity = 0;                 // p in [-1, 1]; 0 when the label is abstain
  float confidence = 0;               // c in [0, 1]
  float authenticity = 1;             // g in [0, 1]
  float depth = 0;                    // d in [0, 1]
  std::uint16_t signals = 0;          // bit i set: Signal(i) was seen
  std::uint8_t style = 0;             // bit_of() each StyleSign that was seen
  bool registered_code = false;       // a rule tagged it kRegisteredCodeTag
  float stars = -1;                   // of five, in fiftieths; below 0: no rating
  std::uint16_t lang = 0;             // pack_language()
  std::uint32_t topic = 0;            // hash of the first tag with one of kTopicPrefixes; 0: none
  std::int32_t account_days = -1;     // age of the account when it wrote this; -1: not known
  std::int64_t account_posts = -1;    // that it had written by then, at most UINT32_MAX
  Ties ties;                          // all 0 in facts_of(), which has no key to hash with
  std::uint8_t act_count = 0;
  std::array<ActFact, 8> acts{};

  bool has(Signal signal) const { return (signals >> static_cast<unsigned>(signal)) & 1U; }
  bool has(StyleSign sign) const { return (style & bit_of(sign)) != 0; }
};

// Tags by which rules tell advocacy what they found: what a mention is about ("aspect.taste",
// "topic.spare_parts"), and that a code in it is of a registered referral programme.
inline constexpr std::array<std::string_view, 2> kTopicPrefixes{"aspect.", "topic."};
inline constexpr std::string_view kRegisteredCodeTag = "referral.registered";

// Somebody answered a mention of this author about this brand with a mention of their own.
struct ResponseFacts {
  std::uint64_t seq = 0;  // of the response
  Timestamp created_at;
  std::uint64_t responder = 0;   // first 8 bytes of the responder's keyed hash: equal = same person
  float authenticity = 1;        // of the response
  std::uint64_t answered = 0;    // Ties::post of the mention that it answers; 0: not known
  Label label = Label::abstain;  // of the response; abstain also where it is not known
};

// Pure: what of a mention is worth remembering.
MentionFacts facts_of(const Mention& mention);

}  // namespace passaparola
