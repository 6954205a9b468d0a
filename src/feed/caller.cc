#include "feed/caller.h"

#include <algorithm>

namespace passaparola::feed {
namespace {

bool is_among(const std::vector<std::string>& brands, std::string_view brand) {
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::reader:
      return "reader";
    case Role::writer:
      return "writer";
    case Role::admin:
      return "admin";
  }
  return {};
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : {Role::reader, Role::writer, Role::admin}) {
    if (name == name_of(role)) return role;
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Caller::left(Timestamp now) const {
  constexpr std::int64_t kLong = 366 * kMillisecondsPerDay;
  if (!until || until->milliseconds - now.milliseconds > kLong) return std::nullopt;
  return std::chrono::milliseconds(until->milliseconds - now.milliseconds);
}

bool Caller::sees(std::string_view brand) const { return !is_limited() || is_among(brands, brand); }

store::MentionFilter within(std::vector<std::string> brands, store::MentionFilter where) {
  if (brands.empty()) return where;
  return [brands = std::move(brands), where = std::move(where)](const Mention& mention) {
    return is_among(brands, mention.brand) && (!where || where(mention));
  };
}

}  // namespace passaparola::feed
