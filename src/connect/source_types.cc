#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connect/source.h"
#include "core/plain_name.h"

namespace passaparola::connect {
namespace {

struct SourceType {
  std::string_view name;
  MakeSource make;
  bool token_is_json = false;  // and not what goes into a field of a request as it is
};
constexpr std::array kTypes{
    SourceType{"jetstream", make_jetstream},  // Bluesky
    SourceType{"feed", make_feed},            // RSS, Atom, JSON Feed
    SourceType{"mastodon", make_mastodon},
    SourceType{"x", make_x},
    SourceType{"files", make_files},
    SourceType{"stdin", make_stdin},
    SourceType{"reddit", make_reddit},
    SourceType{"hackernews", make_hackernews},
    SourceType{"youtube", make_youtube},
    SourceType{"lemmy", make_lemmy},
    SourceType{"appstore", make_appstore},
    SourceType{"trustpilot", make_trustpilot},
    SourceType{"googleplaces", make_googleplaces},
    SourceType{"googlebusiness", make_googlebusiness, true},
    SourceType{"googleplay", make_googleplay, true},
};

}  // namespace

std::vector<std::string_view> source_types() {
  std::vector<std::string_view> names;
  for (const SourceType& type : kTypes) names.push_back(type.name);
  return names;
}

Result<std::unique_ptr<Source>> make_source(const SourceConfig& config) {
  const auto wrong = [&](std::string why) {
    return fail(ErrorCode::invalid_argument, fmt::format("source '{}': {}", config.name, why));
  };
  if (!is_plain_name(config.name)) return wrong(std::string(kPlainNameRule));
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const SourceType& known) {
    return known.name == config.type;
  });
  if (type == kTypes.end()) {
    return wrong(
        fmt::format("no type is called '{}': {}", config.type, fmt::join(source_types(), ", ")));
  }
  const bool is_line = std::none_of(config.token.begin(), config.token.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
  });
  if (!is_line && !type->token_is_json) return wrong("its token must be one line of characters");
  return type->make(config);
}

Result<void> check_source(const SourceConfig& config) {
  const auto made = make_source(config);
  if (!made) return made.error();
  return {};
}

}  // namespace passaparola::connect
