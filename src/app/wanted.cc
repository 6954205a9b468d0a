#include "app/wanted.h"

namespace passaparola::app {

std::vector<connect::Wanted> wanted_of(const match::Ruleset& rules) {
  std::vector<connect::Wanted> all;
  for (const match::Brand& brand : rules.brands()) {
    connect::Wanted wanted{brand.id, brand.words};
    wanted.phrases.insert(wanted.phrases.end(), brand.domains.begin(), brand.domains.end());
    all.push_back(std::move(wanted));
  }
  return all;
}

}  // namespace passaparola::app
