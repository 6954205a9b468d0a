// LD_PRELOAD for the program under test: every so many writes to files of one folder fail, and
// every so many syncs. Sockets, terminals and everybody else's files are left alone, which a tool
// that fails any call of a process does not do.
//   FAILING_DISK_FOLDER  the folder; without it nothing fails
//   FAILING_DISK_SEED    which calls fail
//   FAILING_DISK_ODD     one in so many
//   FAILING_DISK_ERRNO   what they say
//   FAILING_DISK_LOG     gets one line for every call that failed
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace {

template <typename F>
F* real(F*& known, const char* name) {
  if (known == nullptr) known = reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
  return known;
}

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* const text = ::getenv(name);
  return text != nullptr ? ::strtoull(text, nullptr, 10) : otherwise;
}

// The path of an open file; empty when there is none.
struct Path {
  explicit Path(int descriptor) {
    char link[64];
    ::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = ::readlink(link, text, sizeof text - 1);
    if (length < 0) text[0] = 0;
  }
  bool lies_in(const char* folder) const { return ::strncmp(text, folder, ::strlen(folder)) == 0; }
  bool is_log() const {
    const char* const slash = ::strrchr(text, '/');
    return slash != nullptr && ::strcmp(slash, "/LOG") == 0;
  }
  char text[PATH_MAX] = {};
};

void tell(const char* call, const Path& path) {
  const char* const log = ::getenv("FAILING_DISK_LOG");
  if (log == nullptr) return;
  char line[PATH_MAX + 64];
  const int length = ::snprintf(line, sizeof line, "%s %s\n", call, path.text);
  const int file = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) return;
  static ssize_t (*write_to)(int, const void*, size_t) = nullptr;
  real(write_to, "write")(file, line, static_cast<std::size_t>(length));
  ::close(file);
}

// The mixing step of SplitMix64.
std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

bool fails(const char* call, int descriptor) {
  static const char* const folder = ::getenv("FAILING_DISK_FOLDER");
  if (folder == nullptr) return false;
  const Path path(descriptor);
  if (!path.lies_in(folder)) return false;
  static const std::uint64_t seed = number("FAILING_DISK_SEED", 1);
  static const std::uint64_t odd = number("FAILING_DISK_ODD", 100);
  static const int error = static_cast<int>(number("FAILING_DISK_ERRNO", EIO));
  // RocksDB's own log has so many lines that it would leave the others nothing.
  static std::atomic<std::uint64_t> calls{0}, log_calls{1ULL << 32};
  const std::uint64_t which = (path.is_log() ? log_calls : calls).fetch_add(1);
  if (mixed(seed * 0x9e3779b97f4a7c15ULL + which) % odd != 0) return false;
  tell(call, path);
  errno = error;
  return true;
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static ssize_t (*next)(int, const void*, size_t) = nullptr;
  if (fails("write", descriptor)) return -1;
  return real(next, "write")(descriptor, bytes, count);
}

ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  static ssize_t (*next)(int, const struct iovec*, int) = nullptr;
  if (fails("writev", descriptor)) return -1;
  return real(next, "writev")(descriptor, parts, count);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t count, off64_t at) {
  static ssize_t (*next)(int, const void*, size_t, off64_t) = nullptr;
  if (fails("pwrite", descriptor)) return -1;
  return real(next, "pwrite64")(descriptor, bytes, count, at);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t count, off_t at) {
  static ssize_t (*next)(int, const void*, size_t, off_t) = nullptr;
  if (fails("pwrite", descriptor)) return -1;
  return real(next, "pwrite")(descriptor, bytes, count, at);
}

int fsync(int descriptor) {
  static int (*next)(int) = nullptr;
  if (fails("fsync", descriptor)) return -1;
  return real(next, "fsync")(descriptor);
}

int fdatasync(int descriptor) {
  static int (*next)(int) = nullptr;
  if (fails("fdatasync", descriptor)) return -1;
  return real(next, "fdatasync")(descriptor);
}

}  // extern "C"
