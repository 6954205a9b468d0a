#include "store/format_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace passaparola::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFormatText = "passaparola store ";

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

bool names_a_store(const fs::path& folder) {
  return first_line(folder / kFormatFile).starts_with(kFormatText) ||
         first_line(folder / kUnfinishedFile).starts_with(kFormatText);
}

Result<std::uint32_t> check_format_file(const fs::path& folder) {
  const std::string line = first_line(folder / kFormatFile);
  unsigned version = 0;
  if (!line.starts_with(kFormatText) ||
      std::sscanf(line.c_str() + kFormatText.size(), "%u", &version) != 1) {
    return fail(ErrorCode::corrupt,
                fmt::format("{} does not name the format of a store: restore it from a backup",
                            (folder / kFormatFile).string()));
  }
  if (version > kFormat) {
    return fail(ErrorCode::unsupported,
                fmt::format("the store {} has format {}, this program knows up to {}; use the "
                            "later version that made it",
                            folder.string(), version, kFormat));
  }
  return std::uint32_t{version};
}

Result<void> write_format_file(const fs::path& file) {
  return write_private_file(file, fmt::format("{}{}\n", kFormatText, kFormat));
}

Result<void> make_private_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (!error) return {};
  return fail(ErrorCode::io,
              fmt::format("cannot make the folder {}: {}", path.string(), error.message()));
}

Result<void> write_private_file(const fs::path& file, std::string_view text) {
  const fs::path unfinished = file.string() + ".new";
  std::error_code error;
  fs::remove(unfinished, error);
  std::ofstream out(unfinished, std::ios::binary);
  fs::permissions(unfinished, fs::perms::owner_read | fs::perms::owner_write, error);
  out << text;
  out.close();
  if (!out || error) return fail(ErrorCode::io, "cannot write " + unfinished.string());
  sync_to_disk(unfinished);
  fs::rename(unfinished, file, error);
  if (error) {
    return fail(ErrorCode::io, fmt::format("cannot write {}: {}", file.string(), error.message()));
  }
  sync_to_disk(file.parent_path());
  return {};
}

void sync_to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace passaparola::store
