// Facts: the few numbers of a mention that author histories and advocacy are computed from
// (FEATURES D.1). Small, fixed and plain, so that years of them are read fast.
#pragma once

#include <array>
#include <cstdint>

#include "core/mention.h"
#include "core/time.h"

namespace passaparola {

struct ActFact {
  Act act = Act::recommend;
  bool to_others = false;
  float confidence = 0;
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
  std::uint8_t act_count = 0;
  std::array<ActFact, 8> acts{};

  bool has(Signal signal) const { return (signals >> static_cast<unsigned>(signal)) & 1U; }
};

// Somebody answered a mention of this author about this brand with a mention of their own.
struct ResponseFacts {
  std::uint64_t seq = 0;  // of the response
  Timestamp created_at;
  std::uint64_t responder = 0;  // first 8 bytes of the responder's keyed hash: equal = same person
  float authenticity = 1;       // of the response
};

// Pure: what of a mention is worth remembering.
MentionFacts facts_of(const Mention& mention);

}  // namespace passaparola
