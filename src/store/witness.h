// The file WITNESS: how much of the store was durable at least, noted after every synced write. The
// log may end torn where a write was cut short, and a log that somebody cut off looks the same; by
// the witness one can tell (docs/decisions/0008-a-witness-of-what-was-durable.md). Internal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/result.h"

namespace passaparola::store {

inline constexpr const char* kWitnessFile = "WITNESS";

class Witness {
 public:
  Witness() = default;
  ~Witness();
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  // Reads what was noted of the store in `folder`, whose database is not open, and holds the
  // MANIFEST against it. Error: corrupt.
  Result<void> check_manifest(const std::filesystem::path& folder);
  // Holds the newest write that the database has against what was noted, and notes from now on.
  // Error: corrupt.
  Result<void> begin(const std::filesystem::path& folder, std::uint64_t sequence);
  // `sequence` is durable. What cannot be noted is not: the witness only speaks of what it knows.
  void note(std::uint64_t sequence);

 private:
  struct Noted {
    std::uint64_t sequence = 0;         // RocksDB's number of the newest synced write
    std::uint64_t manifest_number = 0;  // of MANIFEST-…
    std::uint64_t manifest_bytes = 0;
  };
  static std::optional<Noted> read(const std::filesystem::path& folder);
  void close();

  std::filesystem::path manifest_;
  Noted noted_;
  int file_ = -1;
};

}  // namespace passaparola::store
