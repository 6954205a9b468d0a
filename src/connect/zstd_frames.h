// Messages that are Zstandard frames of one dictionary (RFC 8878).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct ZSTD_DCtx_s;
struct ZSTD_DDict_s;

namespace passaparola::connect {

class ZstdFrames {
 public:
  // nullptr: that is no dictionary of zstd.
  static std::unique_ptr<ZstdFrames> of_dictionary(std::string_view dictionary);

  std::uint32_t dictionary_id() const;

  // Valid until the next call; nullopt: no frame of this dictionary, or one of more than
  // kMaxMessageBytes.
  std::optional<std::string_view> inflate(std::string_view frame);

 private:
  explicit ZstdFrames(std::string_view dictionary);

  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
    void operator()(ZSTD_DDict_s* dictionary) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
  std::unique_ptr<ZSTD_DDict_s, Free> dictionary_;
  std::string out_;
};

}  // namespace passaparola::connect
