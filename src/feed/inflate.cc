#include "feed/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "core/check.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kMaxRatio = 100;  // posts shrink five- to twentyfold, bombs a thousandfold
constexpr std::size_t kRatioFree = 1 << 20;

class Inflater {
 public:
  Inflater() { CHECK(inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK, "zlib has no memory"); }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream* operator->() { return &stream_; }
  int step() { return inflate(&stream_, Z_NO_FLUSH); }
  void next_member() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
};

}  // namespace

std::variant<std::string, Problem> inflate_gzip(std::string_view bytes) {
  const std::size_t cap =
      std::min(kMaxInflatedBodyBytes, std::max(kRatioFree, bytes.size() * kMaxRatio));
  Inflater inflater;
  inflater->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  inflater->avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 64 << 10> buffer;
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    inflater->next_out = reinterpret_cast<Bytef*>(buffer.data());
    inflater->avail_out = static_cast<uInt>(buffer.size());
    state = inflater.step();
    const std::size_t made = buffer.size() - inflater->avail_out;
    if ((state != Z_OK && state != Z_STREAM_END) || (state == Z_OK && made == 0)) {
      return Problem{400, "bad-gzip", "the body is not whole gzip data"};
    }
    if (out.size() + made > cap) {
      return Problem{413, "body-too-large", "the body is too large once inflated"};
    }
    out.append(buffer.data(), made);
    if (state == Z_STREAM_END && inflater->avail_in > 0) {
      inflater.next_member();
      state = Z_OK;
    }
  }
  return out;
}

}  // namespace passaparola::feed
