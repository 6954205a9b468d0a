// Who asks, what they may do and which brands they see.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "store/store.h"

namespace passaparola::feed {

// Each may do whatever those before it may.
enum class Role : std::uint8_t {
  reader,  // sees
  writer,  // also brings posts, and works on mentions
  admin,   // also erases people and changes the rules
};
std::string_view name_of(Role role);
std::optional<Role> parse_role(std::string_view name);

struct Caller {
  std::string name;  // what is kept beside whatever they do
  Role role = Role::reader;
  std::vector<std::string> brands;   // a workspace: they see nothing else; empty: all
  std::optional<Timestamp> until{};  // they are nobody from then on; nullopt: for ever

  // How long they are still somebody; nullopt: for longer than anything that is asked here lasts.
  std::optional<std::chrono::milliseconds> left(Timestamp now) const;

  bool is_limited() const { return !brands.empty(); }
  bool sees(std::string_view brand) const;
};

// What a request must be allowed.
struct Asks {
  Role role = Role::admin;
  bool in_workspace = false;  // somebody who sees some brands only may ask this, too
};

// What `where` takes of these brands alone; no brands: of all.
store::MentionFilter within(std::vector<std::string> brands, store::MentionFilter where);

}  // namespace passaparola::feed
