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
constexpr std::size_t kKeptAtOnce = 4 << 20;  // of what may still turn out to be a bomb

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

// Appends what is inflated to `out` while that is smaller than `keep`; gives how much it is.
std::variant<std::size_t, Problem> inflate_upto(std::string_view bytes, std::size_t cap,
                                                std::size_t keep, std::string& out) {
  Inflater inflater;
  inflater->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  inflater->avail_in = static_cast<uInt>(bytes.size());
  std::size_t all = 0;
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
    all += made;
    if (all > cap) return Problem{413, "body-too-large", "the body is too large once inflated"};
    if (all <= keep) out.append(buffer.data(), made);
    if (state == Z_STREAM_END && inflater->avail_in > 0) {
      inflater.next_member();
      state = Z_OK;
    }
  }
  return all;
}

}  // namespace

// What is large is inflated twice: a bomb is found out before memory is taken for it.
std::variant<std::string, Problem> inflate_gzip(std::string_view bytes) {
  const std::size_t cap =
      std::min(kMaxInflatedBodyBytes, std::max(kRatioFree, bytes.size() * kMaxRatio));
  std::string out;
  auto all = inflate_upto(bytes, cap, kKeptAtOnce, out);
  if (auto* problem = std::get_if<Problem>(&all)) return std::move(*problem);
  const std::size_t size = std::get<std::size_t>(all);
  if (size <= kKeptAtOnce) return out;
  out.clear();
  out.reserve(size);
  all = inflate_upto(bytes, cap, size, out);
  if (auto* problem = std::get_if<Problem>(&all)) return std::move(*problem);
  return out;
}

}  // namespace passaparola::feed
