// Reading what only one type of source has from its configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connect/connect.h"
#include "connect/url.h"

namespace passaparola::connect {

// Takes known settings; what is left over, or is wrong, is an error that names source and setting.
class SourceSettings {
 public:
  explicit SourceSettings(const SourceConfig& config) : config_(config) {}

  // The values of a setting; `fallback` when it is not there.
  std::vector<std::string> list(std::string_view name, std::vector<std::string> fallback);
  std::string text(std::string_view name, std::string fallback);
  std::uint64_t number(std::string_view name, std::uint64_t fallback, std::uint64_t least,
                       std::uint64_t most);
  bool flag(std::string_view name, bool fallback);
  // "format": a name of one; not given: it is recognised.
  ingest::Format format();
  // Every value a URL; at least one.
  std::vector<Url> urls(std::string_view name, std::vector<std::string> fallback);
  // Exactly one, of http or https. Of a fallback that is empty: it must be there.
  Url url(std::string_view name, const std::string& fallback);
  // Something that only the type can tell.
  void wrong(std::string_view name, std::string_view why);

  Result<void> done() const;

 private:
  const std::vector<std::string>* find(std::string_view name);

  const SourceConfig& config_;
  std::vector<std::string> known_;
  std::string error_;  // the first
};

}  // namespace passaparola::connect
