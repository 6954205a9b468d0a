#include "connect/http_records.h"

#include <fmt/format.h>

#include "core/limits.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

// Appends what comes. Failures: closed, too.
awaitable<Reached<void>> read_more(HttpStream& stream, std::string& pending,
                                   std::chrono::milliseconds limit) {
  const auto some = co_await stream.read(limit);
  if (!some) co_return some.error();
  if (some->empty()) {
    co_return Failure{Trouble::closed, stream.response().url.host + " ended the stream", {}};
  }
  pending += *some;
  co_return Reached<void>();
}

Failure too_long() {
  return {Trouble::protocol, fmt::format("a record has more than {} bytes", kMaxRecordBytes), {}};
}

}  // namespace

awaitable<Reached<std::unique_ptr<HttpStream>>> open_endless(HttpRequest request, Reach reach) {
  auto opened = co_await HttpStream::open(std::move(request), std::move(reach));
  if (!opened) co_return opened.error();
  const HttpResponse& response = (*opened)->response();
  if (response.status != 200) co_return failure_of(response, now());
  co_return opened;
}

awaitable<Reached<std::string_view>> HttpLines::next(std::chrono::milliseconds limit) {
  while (true) {
    const std::size_t end = pending_.find('\n', seen_);
    if (end != std::string::npos) {
      std::string_view line = std::string_view(pending_).substr(at_, end - at_);
      if (line.ends_with('\r')) line.remove_suffix(1);
      at_ = seen_ = end + 1;
      co_return line;
    }
    pending_.erase(0, at_);
    at_ = 0;
    seen_ = pending_.size();
    if (seen_ > kMaxRecordBytes) co_return too_long();
    const auto read = co_await read_more(*stream_, pending_, limit);
    if (!read) co_return read.error();
  }
}

awaitable<Reached<ingest::ServerSentEvent>> HttpEvents::next(std::chrono::milliseconds limit) {
  while (true) {
    ingest::ServerSentEvent event;
    if (events_ && events_->next(event)) co_return event;
    const auto read = co_await read_more(*stream_, pending_, limit);
    if (!read) co_return read.error();
    const std::size_t whole = ingest::whole_events(pending_);
    whole_ = pending_.substr(0, whole);
    pending_.erase(0, whole);
    if (pending_.size() > kMaxRecordBytes) co_return too_long();
    events_.emplace(whole_, joined_);
  }
}

}  // namespace passaparola::connect
