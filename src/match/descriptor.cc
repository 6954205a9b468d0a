#include "match/descriptor.h"

#include <unistd.h>

#include <cerrno>

namespace passaparola::match {

void Descriptor::reset(int number) {
  if (number_ >= 0) ::close(number_);
  number_ = number;
}

bool write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(to, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool read_all(int from, std::size_t most_bytes, std::string& bytes) {
  std::string buffer(1 << 16, '\0');
  for (;;) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || bytes.size() + static_cast<std::size_t>(got) > most_bytes) return false;
    bytes.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

}  // namespace passaparola::match
