#include "store/witness.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstring>
#include <fstream>

#include "core/hash.h"
#include "store/bytes.h"

namespace passaparola::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNumbersBytes = 3 * sizeof(std::uint64_t);
using Bytes = std::array<char, kNumbersBytes + sizeof(std::uint64_t)>;
constexpr std::string_view kManifestPrefix = "MANIFEST-";

Bytes bytes_of(std::uint64_t sequence, std::uint64_t number, std::uint64_t size) {
  Bytes bytes{};
  ByteWriter out(bytes.data());
  out.fixed(sequence);
  out.fixed(number);
  out.fixed(size);
  out.fixed(content_hash64({bytes.data(), kNumbersBytes}));
  return bytes;
}

// The name of the MANIFEST that is in use; empty when CURRENT does not say.
std::string manifest_name(const fs::path& folder) {
  std::ifstream file(folder / "CURRENT");
  std::string name;
  std::getline(file, name);
  return name.starts_with(kManifestPrefix) ? name : std::string();
}

std::uint64_t number_of(std::string_view manifest) {
  std::uint64_t number = 0;
  if (manifest.empty()) return number;
  manifest.remove_prefix(kManifestPrefix.size());
  std::from_chars(manifest.data(), manifest.data() + manifest.size(), number);
  return number;
}

}  // namespace

Witness::~Witness() { close(); }

void Witness::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

std::optional<Witness::Noted> Witness::read(const fs::path& folder) {
  std::ifstream file(folder / kWitnessFile, std::ios::binary);
  Bytes bytes{};
  if (!file.read(bytes.data(), bytes.size())) return std::nullopt;
  ByteReader in({bytes.data(), bytes.size()});
  Noted noted;
  noted.sequence = in.fixed<std::uint64_t>();
  noted.manifest_number = in.fixed<std::uint64_t>();
  noted.manifest_bytes = in.fixed<std::uint64_t>();
  // As a power cut may leave a file that nobody syncs.
  if (in.fixed<std::uint64_t>() != content_hash64({bytes.data(), kNumbersBytes})) {
    return std::nullopt;
  }
  return noted;
}

Result<void> Witness::check_manifest(const fs::path& folder) {
  close();
  noted_ = read(folder).value_or(Noted{});
  const std::string name = manifest_name(folder);
  if (name.empty() || noted_.manifest_number == 0) return {};  // RocksDB says what is wrong
  const std::uint64_t number = number_of(name);
  std::error_code error;
  const std::uint64_t size = fs::file_size(folder / name, error);
  if (error || number > noted_.manifest_number) return {};
  if (number == noted_.manifest_number && size >= noted_.manifest_bytes) return {};
  return fail(
      ErrorCode::corrupt,
      fmt::format("{} is not what it was ({} bytes; MANIFEST-{:06} had {}): the store is "
                  "damaged; restore it from a backup",
                  (folder / name).string(), size, noted_.manifest_number, noted_.manifest_bytes));
}

Result<void> Witness::begin(const fs::path& folder, std::uint64_t sequence) {
  if (sequence < noted_.sequence) {
    return fail(
        ErrorCode::corrupt,
        fmt::format("the log (*.log) of the store {} has lost its end: {} writes that were "
                    "acknowledged are gone; restore it from a backup, or delete {} to go "
                    "on without them, and push or replay again what came last",
                    folder.string(), noted_.sequence - sequence, (folder / kWitnessFile).string()));
  }
  const std::string name = manifest_name(folder);
  manifest_ = folder / name;
  noted_ = {sequence, number_of(name), 0};
  file_ =
      ::open((folder / kWitnessFile).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  return {};
}

void Witness::note(std::uint64_t sequence) {
  if (file_ < 0) return;
  struct stat manifest {};
  if (::stat(manifest_.c_str(), &manifest) == 0) {
    noted_.manifest_bytes = static_cast<std::uint64_t>(manifest.st_size);
  }
  noted_.sequence = sequence;
  const Bytes bytes = bytes_of(sequence, noted_.manifest_number, noted_.manifest_bytes);
  // Not synced, and in place: whatever of it survives speaks of what was synced before.
  if (::pwrite(file_, bytes.data(), bytes.size(), 0) != ssize_t{bytes.size()}) close();
}

}  // namespace passaparola::store
