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

void keep_company(const Mention& before, Mention& mention, Arena& arena) {
  mention.fingerprint = before.fingerprint;
  mention.copies = before.copies;
  for (const Penalty& kept : before.authenticity.penalties) {
    if (kept.signal != Signal::copy_cluster && kept.signal != Signal::burst) continue;
    penalise(mention, kept.signal, kept.penalty, kept.evidence, arena);
  }
}

}  // namespace passaparola::store
