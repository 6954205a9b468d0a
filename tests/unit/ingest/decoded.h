// What the tests of this folder share: decoding a text as the program does, and reading test data.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json.h"
#include "core/limits.h"
#include "ingest/ingest.h"

namespace passaparola::ingest {

// A chunk with hostile bytes behind it, and what it was decoded to.
struct Decoded {
  Decoded(Format format, std::string_view chunk) : bytes(chunk) {
    bytes.append(kInputPaddingBytes, '"');
    Decoder().decode(format, std::string_view(bytes).substr(0, chunk.size()), batch);
  }

  const PostView& post(std::size_t i = 0) const { return batch.posts.at(i); }

  // "missing_field" for one reject, "" for none, "post" when there are posts.
  std::string outcome() const {
    if (!batch.posts.empty()) return "post";
    if (!batch.rejects.empty()) return std::string(name_of(batch.rejects.front().reason));
    return batch.ignored > 0 ? "ignored" : "";
  }

  // All posts as native lines: equal posts print equal.
  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    for (const PostView& post : batch.posts) {
      JsonWriter writer(result.emplace_back());
      write_post(writer, post);
    }
    return result;
  }

  std::string bytes;
  PostBatch batch;
};

inline std::filesystem::path data_folder() { return PASSAPAROLA_DATA_DIR; }

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

// `text` cut at every byte by whole_records, as a reader cuts it, gives the same posts.
inline bool same_however_cut(Format format, const std::string& text) {
  const auto whole = Decoded(format, text).lines();
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const std::size_t cut = whole_records(format, std::string_view(text).substr(0, at));
    if (cut > at) return false;
    auto parts = Decoded(format, text.substr(0, cut)).lines();
    for (auto& line : Decoded(format, text.substr(cut)).lines()) parts.push_back(std::move(line));
    if (parts != whole) return false;
  }
  return true;
}

}  // namespace passaparola::ingest
