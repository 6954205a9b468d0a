#include "connect/zstd_frames.h"

#include <zstd.h>

#include "core/limits.h"

namespace passaparola::connect {

void ZstdFrames::Free::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }
void ZstdFrames::Free::operator()(ZSTD_DDict_s* dictionary) const { ZSTD_freeDDict(dictionary); }

ZstdFrames::ZstdFrames(std::string_view dictionary)
    : context_(ZSTD_createDCtx()),
      dictionary_(ZSTD_createDDict(dictionary.data(), dictionary.size())),
      out_(kMaxMessageBytes, '\0') {}

std::unique_ptr<ZstdFrames> ZstdFrames::of_dictionary(std::string_view dictionary) {
  std::unique_ptr<ZstdFrames> frames(new ZstdFrames(dictionary));
  return frames->dictionary_id() == 0 ? nullptr : std::move(frames);
}

std::uint32_t ZstdFrames::dictionary_id() const {
  return ZSTD_getDictID_fromDDict(dictionary_.get());
}

std::optional<std::string_view> ZstdFrames::inflate(std::string_view frame) {
  const std::size_t size = ZSTD_decompress_usingDDict(
      context_.get(), out_.data(), out_.size(), frame.data(), frame.size(), dictionary_.get());
  if (ZSTD_isError(size) != 0) return std::nullopt;
  return std::string_view(out_.data(), size);
}

}  // namespace passaparola::connect
