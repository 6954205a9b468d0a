// Streams that push what happens and cannot be asked for what they sent before. What passed between
// two connections is asked for where a platform has listings of it, and is a gap where it has none.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connect/poll.h"
#include "connect/source.h"

namespace passaparola::connect {

// One connection.
class PushStream {
 public:
  struct Record {
    std::string_view bytes;       // until the next call; empty: only a sign of life
    std::optional<Timestamp> at;  // of a post: when it was written, as the platform says
  };

  virtual ~PushStream() = default;
  virtual boost::asio::awaitable<Reached<Record>> next() = 0;
};

class PushPlan {
 public:
  virtual ~PushPlan() = default;

  virtual ingest::Format format() const = 0;
  virtual Paces paces() const { return {}; }
  virtual std::chrono::seconds silence() const = 0;  // as of Source

  // Calls run.reading() when it is open.
  virtual boost::asio::awaitable<Reached<std::unique_ptr<PushStream>>> open(Run& run) = 0;
  // What has to be seen to while a stream is read; now and then, between two records.
  virtual boost::asio::awaitable<std::optional<Failure>> tend(Run& run);
  // A new connection begins so long before it was made.
  virtual std::chrono::seconds backfill() const { return std::chrono::seconds(0); }
};

// `listings`: of the same posts; null: there are none. Of `pace`: the overlap is how far events are
// out of order, and what was written before the first connection is read as far as first_pages.
std::unique_ptr<Source> make_pushed(std::unique_ptr<PushPlan> plan,
                                    std::unique_ptr<PollPlan> listings, PollPace pace);

}  // namespace passaparola::connect
