#include "store/info_log.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdio>

#include "core/time.h"

namespace passaparola::store {
namespace {

constexpr std::size_t kMaxLineBytes = 4096;  // a longer line loses its end

class InfoLog final : public rocksdb::Logger {
 public:
  explicit InfoLog(int file) : file_(file) {}
  ~InfoLog() override {
    Close().PermitUncheckedError();
    ::close(file_);
  }

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    char words[kMaxLineBytes];
    const int length = std::vsnprintf(words, sizeof words, format, arguments);
    if (length < 0) return;
    std::string line = format_rfc3339(now()) + ' ';
    line.append(words, std::min(static_cast<std::size_t>(length), sizeof words - 1));
    if (line.back() != '\n') line.push_back('\n');
    if (::write(file_, line.data(), line.size()) > 0) bytes_ += line.size();
  }
  std::size_t GetLogFileSize() const override { return bytes_; }

 protected:
  rocksdb::Status CloseImpl() override { return rocksdb::Status::OK(); }

 private:
  const int file_;
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace

std::shared_ptr<rocksdb::Logger> open_info_log(const std::string& path) {
  const int file =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return nullptr;
  return std::make_shared<InfoLog>(file);
}

}  // namespace passaparola::store
