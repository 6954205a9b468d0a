// A folder of compiled databases, so that a start with known rules compiles nothing. Files are
// named by what they hold, written whole or not at all, and never trusted: what is damaged, foreign
// or of another owner counts as absent and is compiled again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace passaparola::match {

class PatternCache {
 public:
  // `folder` is made when it is missing (mode 0700). Empty: nothing is kept and nothing is found.
  explicit PatternCache(std::filesystem::path folder, std::size_t most_bytes = kDefaultMostBytes);

  // The payload kept for `key` (32 hexadecimal digits), verified. Counts as a use of it.
  std::optional<std::string> find(std::string_view key) const;

  // Keeps `payload` (mode 0600); then removes those unused for longest until the folder holds no
  // more than `most_bytes`. That it could not be kept is no error: it is only slower next time.
  void keep(std::string_view key, std::string_view payload) const;

 private:
  static const std::size_t kDefaultMostBytes;
  std::filesystem::path path_of(std::string_view key) const;
  void trim() const;

  std::filesystem::path folder_;
  std::size_t most_bytes_;
};

}  // namespace passaparola::match
