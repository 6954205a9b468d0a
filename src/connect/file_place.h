// How far the files of a source are read: its cursor.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace passaparola::connect {

struct FilePlace {
  std::uint64_t read = 0;     // bytes
  std::int64_t modified = 0;  // nanoseconds: when that was all
  // Of the first bytes, as many as were read or kHeadBytes: another file may get the same number.
  std::string head;
  bool operator==(const FilePlace&) const = default;
};
// By device and number of the file, so that one that is renamed is known.
using FilePlaces = std::map<std::string, FilePlace, std::less<>>;

// The two undo each other; of anything else nothing is known.
std::string to_cursor(const FilePlaces& places);
FilePlaces parse_file_places(const std::string& cursor);

}  // namespace passaparola::connect
