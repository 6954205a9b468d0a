// The records of an answer without end: lines, or server-sent events.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connect/http.h"
#include "ingest/server_sent_events.h"

namespace passaparola::connect {

// Of an answer that is a success. Failures: what another status means, and those of
// HttpStream::open().
boost::asio::awaitable<Reached<std::unique_ptr<HttpStream>>> open_endless(HttpRequest request,
                                                                          Reach reach);

class HttpLines {
 public:
  explicit HttpLines(std::unique_ptr<HttpStream> stream) : stream_(std::move(stream)) {}

  // The next line without its end, until the next call; it may be empty. Failures: closed, silent
  // (no byte for `limit`), unreachable, protocol (more than kMaxRecordBytes).
  boost::asio::awaitable<Reached<std::string_view>> next(std::chrono::milliseconds limit);

 private:
  std::unique_ptr<HttpStream> stream_;
  std::string pending_;
  std::size_t at_ = 0;    // of pending_: what was given out already
  std::size_t seen_ = 0;  // of pending_: no line ends between at_ and here
};

class HttpEvents {
 public:
  explicit HttpEvents(std::unique_ptr<HttpStream> stream) : stream_(std::move(stream)) {}

  // The next event, until the next call. Failures: as of HttpLines::next(). Comments count as
  // bytes.
  boost::asio::awaitable<Reached<ingest::ServerSentEvent>> next(std::chrono::milliseconds limit);

 private:
  std::unique_ptr<HttpStream> stream_;
  std::string pending_, whole_, joined_;
  std::optional<ingest::ServerSentEvents> events_;  // of whole_
};

}  // namespace passaparola::connect
