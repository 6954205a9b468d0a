// One mention judged for its author: what it contributes, whether it speaks for or against the
// brand, whether it was paid or copied (FEATURES D.1, D.4). Inside of the advocacy module.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"
#include "core/facts.h"
#include "core/time.h"

namespace passaparola::advocacy {

enum class Opinion : std::int8_t { negative = -1, none = 0, positive = 1 };

struct Judgement {
  const MentionFacts* facts = nullptr;  // of the history that was judged
  Opinion opinion = Opinion::none;
  bool criticises = false;   // carries complain, churn or anti-recommend
  bool commercial = false;   // is_commercial()
  bool labelled = false;     // says that it is advertising, or carries an affiliate link
  bool is_copy = false;      // k > 0, or is_repeated
  bool is_repeated = false;  // one of too many equal texts
  double authenticity = 1;   // g, with the penalty for equal texts
  double evidence = 0;       // what it adds to n_eff
  // At most one for each component of the score, and one of praise, invite or purchase intent
  // when there is no other. All have a value above 0.
  boost::container::static_vector<Contribution, 4> contributions;
};

// The author's own words in the window up to `as_of`, by time, then seq. Reposts (somebody else's
// words) and answers of AI engines are no judgements. `history` must outlive the result.
std::vector<Judgement> judge(const store::AuthorHistory& history, Timestamp as_of,
                             const AdvocacyConfig& config);

Timestamp days_before(Timestamp instant, double days);

// The settings by which a history is judged over [from, to), as of the millisecond before `to`: it
// is judged over (as_of - window, as_of], and instants are whole milliseconds.
AdvocacyConfig judged_over(Timestamp from, Timestamp to, const AdvocacyConfig& config);

bool carries(const MentionFacts& facts, Act act);

// Labelled, paid, with a code, a link, a gift or a prize, or g = 0.
bool is_commercial(const MentionFacts& facts);

// Is this a component act of the score's R (recommend, testimonial)?
bool feeds_recommending(Act act);
// D.3's "recommend/answer/defend/help": acts towards other people.
bool is_outward(Act act);

}  // namespace passaparola::advocacy
