// Source: how one kind of feed is read. Inside of the connect module: each type is one file that
// makes a Source and says so in source_types.cc.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "connect/backoff.h"
#include "connect/connect.h"
#include "connect/socket.h"

namespace passaparola::connect {

// What a source has while it runs: the way out for what it reads, and a place to say how it goes.
class Run {
 public:
  virtual ~Run() = default;

  virtual const Reach& reach() const = 0;
  virtual const std::string& token() const = 0;
  virtual std::string cursor() const = 0;  // behind what is durable; empty: none yet
  virtual std::vector<Wanted> wanted() const = 0;

  // It reads from `place` from now on.
  virtual void reading(std::string place) = 0;
  // A trouble that does not end the reading.
  virtual void note_trouble(const Failure& failure) = 0;

  // --- streams: records are gathered and handed over while more are read ---
  // One record, in the source's format and without a line end, and the cursor behind it. `at`: when
  // it happened, as the platform says.
  virtual void append(std::string_view record, std::string cursor, std::optional<Timestamp> at) = 0;
  // Waits while too much is gathered: not reading is what slows a feed down.
  virtual boost::asio::awaitable<void> room() = 0;

  // --- polls: one answer after the other ---
  // Hands over and waits until it is durable, however long that takes.
  virtual boost::asio::awaitable<Delivered> deliver(Delivery delivery) = 0;

  // Keeps a gap, before anything behind it is handed over.
  virtual boost::asio::awaitable<SourceGap> note_gap(SourceGap gap) = 0;

  // As Services::stored_posts; nullopt: they cannot be read now, or by nobody.
  virtual boost::asio::awaitable<std::optional<StoredPosts>> stored_posts(
      std::string source_of_posts, std::uint64_t after, std::size_t limit) = 0;

  // Waits until one more request is within what the source may make.
  virtual boost::asio::awaitable<void> spend() = 0;

  virtual boost::asio::awaitable<void> sleep(std::chrono::milliseconds time) = 0;
};

class Source {
 public:
  virtual ~Source() = default;

  virtual ingest::Format format() const = 0;
  virtual Paces paces() const { return {}; }
  // Without a record for so long it is taken for dead; 0: silence says nothing.
  virtual std::chrono::seconds silence() const { return std::chrono::seconds(0); }

  // What a platform gives for nothing; 0: it sets no bound. Only what calls spend() is counted.
  virtual std::uint64_t requests_per_hour() const { return 0; }

  // Reads until something ends it, and says what. Called again after a while.
  virtual boost::asio::awaitable<Failure> run(Run& run) = 0;
};

// A type: how its settings are checked and a source made of them. Errors: invalid_argument.
using MakeSource = Result<std::unique_ptr<Source>> (*)(const SourceConfig& config);

Result<std::unique_ptr<Source>> make_jetstream(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_feed(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_files(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_stdin(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_x(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_mastodon(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_reddit(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_hackernews(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_youtube(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_lemmy(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_appstore(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_trustpilot(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_googleplaces(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_googlebusiness(const SourceConfig& config);
Result<std::unique_ptr<Source>> make_googleplay(const SourceConfig& config);

Result<std::unique_ptr<Source>> make_source(const SourceConfig& config);

}  // namespace passaparola::connect
