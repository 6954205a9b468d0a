// The file FORMAT of a store: which form its bytes have, read before anything else is. Internal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace passaparola::store {

inline constexpr std::uint32_t kFormat = 3;
inline constexpr std::string_view kFormatFile = "FORMAT";
// While this file is there the making of the store has not ended and may begin again.
inline constexpr std::string_view kUnfinishedFile = "FORMAT.unfinished";

// Whether the folder calls itself a store, of whatever format.
bool names_a_store(const std::filesystem::path& folder);

// Gives the format. Read before RocksDB opens anything, so that a later format is refused and not
// damaged. Errors: corrupt, unsupported.
Result<std::uint32_t> check_format_file(const std::filesystem::path& folder);

// Writes the format of this program into `file`, which only its owner can read. Errors: io.
Result<void> write_format_file(const std::filesystem::path& file);

// Makes a folder, with those above it, that only its owner can enter. Errors: io.
Result<void> make_private_folder(const std::filesystem::path& path);

// Writes a file that only its owner can read, whole or not at all, and durably. Errors: io,
// no_space.
Result<void> write_private_file(const std::filesystem::path& file, std::string_view text);

// What was written to this file or folder survives a power cut from now on.
void sync_to_disk(const std::filesystem::path& path);

}  // namespace passaparola::store
