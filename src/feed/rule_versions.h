// The sets of rules that came into force, kept in the store with their files: who put which into
// force and when, to be read, compared and put back. What rules mean only who keeps them knows.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"
#include "store/store.h"

namespace passaparola::feed {

struct RuleText {
  std::string_view name, text;
};

// How a set came into force.
enum class RulesCame : std::uint8_t {
  change,  // PUT /rules
  reload,  // the files on disk were read again
  start,   // the server began with it, and had not kept it before
};

struct RulesInForce {
  std::string_view hash;  // of the set, as mentions name it
  Timestamp at;
  RulesCame how = RulesCame::start;
  std::string_view by;  // the caller's name; of a change alone
  std::uint64_t brands = 0;
  std::vector<RuleText> files;
};

// At most kMaxRuleVersions are kept, and kMaxRuleVersionsBytes of files: the oldest go. Of a set
// that is larger by itself the files are not kept. Sets of the same hash share their files. Any
// thread; blocks on the store.
class RuleVersions {
 public:
  // `store` outlives it.
  explicit RuleVersions(store::Store& store) : store_(store) {}

  // Keeps what is in force now, unless it is the newest that is kept. Durable when it returns; in
  // one write, so that a set is kept with its files or not at all. Errors: corrupt, no_space, io.
  Result<void> keep(const RulesInForce& set);

  // {"versions":[…]}, newest first. Errors: corrupt, io.
  Result<std::string> list_json() const;

  // The newest version of that hash as in the list, and its files. Errors: not_found, corrupt, io.
  Result<std::string> version_json(std::string_view hash) const;

 private:
  store::Store& store_;
  mutable std::mutex mutex_;  // one set is kept at a time
};

// GET /rules/versions and GET /rules/versions/{hash}.
Outcome rule_versions_answer(const Context& context);
Outcome rule_version_answer(const Context& context, std::string_view hash);

}  // namespace passaparola::feed
