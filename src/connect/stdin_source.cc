// Standard input: what another program writes. It cannot be read twice, so that what was read and
// is not durable yet is lost with the process.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>

#include "connect/settings.h"
#include "connect/source.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

namespace net = boost::asio;
using net::awaitable;

constexpr auto kToken = net::as_tuple(net::use_awaitable);

class StdinSource : public Source {
 public:
  explicit StdinSource(ingest::Format format) : format_(format) {}

  ingest::Format format() const override { return format_; }

  awaitable<Failure> run(Run& run) override {
    run.reading(is_over_ ? "standard input, which has ended" : "standard input");
    while (!is_over_) {
      const auto failed = co_await read_more();
      if (failed) co_return *failed;
      co_await hand_over(run);
    }
    run.reading("standard input, which has ended");
    while (true) co_await run.sleep(std::chrono::hours(1));
  }

 private:
  awaitable<std::optional<Failure>> read_more() {
    struct stat status {};
    // Files are always ready, and cannot be waited for.
    if (::fstat(STDIN_FILENO, &status) == 0 && !S_ISREG(status.st_mode)) {
      net::posix::stream_descriptor input(co_await net::this_coro::executor,
                                          ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
      const auto [error] =
          co_await input.async_wait(net::posix::stream_descriptor::wait_read, kToken);
      if (error && error != net::error::operation_not_supported) {
        co_return Failure{Trouble::unreachable, "standard input: " + error.message(), {}};
      }
    }
    const std::size_t before = pending_.size();
    pending_.resize(before + kChunkBytes);
    const ssize_t got = ::read(STDIN_FILENO, pending_.data() + before, kChunkBytes);
    const int error = errno;
    pending_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && error != EINTR && error != EAGAIN) {
      co_return Failure{
          Trouble::unreachable, fmt::format("standard input: {}", std::strerror(error)), {}};
    }
    is_over_ = got == 0;
    co_return std::nullopt;
  }

  awaitable<void> hand_over(Run& run) {
    if (kind_ == ingest::Format::autodetect) {
      kind_ = format_ == ingest::Format::autodetect ? ingest::detect(pending_) : format_;
    }
    const bool is_document = ingest::is_document(kind_, pending_);
    const std::size_t limit = is_document ? kMaxDocumentBytes : kChunkBytes;
    std::size_t whole = is_document ? 0 : ingest::whole_records(kind_, pending_);
    // What is too long is refused as a record.
    if (is_over_ || (whole == 0 && pending_.size() > limit)) whole = pending_.size();
    if (whole == 0) co_return;
    Delivery delivery;
    delivery.format = format_;
    delivery.bytes = pending_.substr(0, whole);
    pending_.erase(0, whole);
    co_await run.deliver(std::move(delivery));
  }

  const ingest::Format format_;
  ingest::Format kind_ = ingest::Format::autodetect;  // as far as it can be told
  std::string pending_;
  bool is_over_ = false;
};

}  // namespace

Result<std::unique_ptr<Source>> make_stdin(const SourceConfig& config) {
  SourceSettings settings(config);
  const auto format = settings.format();
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return std::unique_ptr<Source>(std::make_unique<StdinSource>(format));
}

}  // namespace passaparola::connect
