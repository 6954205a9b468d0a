#include "connect/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/limits.h"

namespace passaparola::connect {

const std::vector<std::string>* SourceSettings::find(std::string_view name) {
  known_.emplace_back(name);
  const auto found = config_.settings.find(name);
  return found == config_.settings.end() ? nullptr : &found->second;
}

std::vector<std::string> SourceSettings::list(std::string_view name,
                                              std::vector<std::string> fallback) {
  const auto* values = find(name);
  return values == nullptr ? std::move(fallback) : *values;
}

std::string SourceSettings::text(std::string_view name, std::string fallback) {
  const auto* values = find(name);
  if (values == nullptr) return fallback;
  if (values->size() == 1) return values->front();
  wrong(name, "must be one text");
  return fallback;
}

std::uint64_t SourceSettings::number(std::string_view name, std::uint64_t fallback,
                                     std::uint64_t least, std::uint64_t most) {
  const std::string given = text(name, std::to_string(fallback));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error == std::errc{} && end == given.data() + given.size() && least <= value &&
      value <= most) {
    return value;
  }
  wrong(name, fmt::format("must be a whole number from {} to {}", least, most));
  return fallback;
}

bool SourceSettings::flag(std::string_view name, bool fallback) {
  const std::string given = text(name, fallback ? "true" : "false");
  if (given != "true" && given != "false") wrong(name, "must be true or false");
  return given == "true";
}

ingest::Format SourceSettings::format() {
  const auto format = ingest::parse_format(text("format", "auto"));
  if (!format) wrong("format", fmt::format("must be one of {}", ingest::format_names()));
  return format.value_or(ingest::Format::autodetect);
}

std::vector<Url> SourceSettings::urls(std::string_view name, std::vector<std::string> fallback) {
  std::vector<Url> found;
  for (const std::string& text : list(name, std::move(fallback))) {
    auto url = parse_url(text);
    if (url) {
      found.push_back(*std::move(url));
    } else {
      wrong(name, url.error().message);
    }
  }
  if (found.empty()) wrong(name, "is missing");
  if (found.size() > kMaxSourceHosts) wrong(name, fmt::format("has more than {}", kMaxSourceHosts));
  return found;
}

Url SourceSettings::url(std::string_view name, const std::string& fallback) {
  const auto found = urls(
      name, fallback.empty() ? std::vector<std::string>() : std::vector<std::string>{fallback});
  if (found.size() > 1) wrong(name, "must be one");
  if (found.empty()) return {};
  if (found.front().is_websocket) wrong(name, "must begin with https:// or http://");
  return found.front();
}

void SourceSettings::wrong(std::string_view name, std::string_view why) {
  if (error_.empty()) error_ = fmt::format("source '{}': {} {}", config_.name, name, why);
}

Result<void> SourceSettings::done() const {
  if (!error_.empty()) return fail(ErrorCode::invalid_argument, error_);
  for (const auto& [name, values] : config_.settings) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    return fail(ErrorCode::invalid_argument,
                fmt::format("source '{}': {} is no setting of the type {}", config_.name, name,
                            config_.type));
  }
  return {};
}

}  // namespace passaparola::connect
