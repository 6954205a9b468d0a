#include "store/penalise.h"

#include <vector>

#include "core/json.h"

namespace passaparola::store {

void penalise(Mention& mention, Signal signal, double penalty, std::string_view evidence,
              Arena& arena) {
  std::vector<Penalty> penalties(mention.authenticity.penalties.begin(),
                                 mention.authenticity.penalties.end());
  penalties.push_back({signal, penalty, arena.copy(evidence), Field::text, 0, 0});
  mention.authenticity.penalties = arena.copy(penalties);
  mention.authenticity.score = rounded(mention.authenticity.score * (1 - penalty));
}

}  // namespace passaparola::store
