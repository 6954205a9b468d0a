// Bluesky's Jetstream, in both versions of its wire: a websocket of one JSON event a message, or of
// zstd frames with a dictionary of its own (research PROTOCOLS 1).
//
// Hosts do not give the same events at the same times, and the times of one host are not strictly
// in order. So a new connection begins earlier than the last event that is stored, unless both are
// of one host with sequence numbers, and the store drops what it has.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "connect/jetstream_wire.h"
#include "connect/settings.h"
#include "connect/source.h"
#include "connect/websocket.h"
#include "connect/zstd_frames.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::chrono::seconds kSilence{60};
// More than these do not fit into what servers take for the first line of a request.
constexpr std::size_t kMostPeopleInTarget = 100;
constexpr std::size_t kMostPeople = 10'000;  // that a server takes

Timestamp instant_of(std::int64_t microseconds) { return {microseconds / 1000}; }

struct Options {
  std::vector<Url> hosts;
  JetstreamFilter filter;
  int version = 1;
  bool is_packed = false;
  std::int64_t rewind = 0, rewind_elsewhere = 0, gap = 0;  // microseconds
};

class JetstreamSource : public Source {
 public:
  // `frames`: of the dictionary of the first version, when messages come packed in it.
  JetstreamSource(Options options, std::unique_ptr<ZstdFrames> frames)
      : options_(std::move(options)), frames_(std::move(frames)) {}

  ingest::Format format() const override { return ingest::Format::jetstream; }
  std::chrono::seconds silence() const override { return kSilence; }

  awaitable<Failure> run(Run& run) override {
    const Url& host = next_host(run);
    if (options_.version == 2 && options_.is_packed) {
      const auto failed = co_await fetch_dictionary(run, host);
      if (failed) co_return *failed;
    }
    auto opened = co_await open(run, host);
    if (!opened) co_return opened.error();
    WebSocket& socket = **opened;
    run.reading(host.to_string());
    while (true) {
      const auto message = co_await socket.read();
      if (!message) co_return message.error();
      const auto failed = co_await take(run, host, *message);
      if (failed) co_return *failed;
      co_await run.room();
    }
  }

 private:
  using Opened = Reached<std::unique_ptr<WebSocket>>;

  // That of the cursor at first. Another one after every break: one that is not well is not asked
  // again at once.
  const Url& next_host(const Run& run) {
    if (!next_host_) {
      const auto place = parse_place(run.cursor());
      const auto known =
          std::find_if(options_.hosts.begin(), options_.hosts.end(),
                       [&](const Url& host) { return place && host.host == place->host; });
      next_host_ = known == options_.hosts.end() ? 0 : known - options_.hosts.begin();
    }
    return options_.hosts[(*next_host_)++ % options_.hosts.size()];
  }

  // The dictionary of the second version comes from the host, and may be another one one day.
  awaitable<std::optional<Failure>> fetch_dictionary(Run& run, const Url& host) {
    HttpRequest request;
    request.url = host;
    request.url.is_websocket = false;
    request.url.target = "/xrpc/network.bsky.jetstream.getZstdDictionary";
    const auto response = co_await fetch(std::move(request), run.reach(), kMaxDocumentBytes);
    if (!response) co_return response.error();
    if (response->status != 200) co_return connect::failure_of(*response, now());
    frames_ = ZstdFrames::of_dictionary(response->body);
    if (frames_) co_return std::nullopt;
    co_return Failure{Trouble::protocol, host.host + " gives no dictionary of zstd", {}};
  }

  awaitable<Opened> open(Run& run, const Url& host) {
    const auto place = parse_place(run.cursor());
    newest_ = place ? place->time : 0;
    is_cut_short_ = false;
    const bool is_same = place && place->host == host.host;
    sequence_ = 0;
    const std::int64_t rewind = is_same ? options_.rewind : options_.rewind_elsewhere;
    const auto earlier =
        place ? std::optional(std::max<std::int64_t>(place->time - rewind, 1)) : std::nullopt;
    if (options_.version == 1) co_return co_await open_first_version(run, host, earlier);
    HttpResponse refused;
    if (is_same && place->sequence > 0) {
      auto opened = co_await open_at(run, host, place->sequence, refused);
      if (opened) sequence_ = place->sequence;
      if (opened || json_text(refused.body, "error") != "CursorTooOld") co_return opened;
      // By time it begins at the oldest event that it has, and says so.
    }
    co_return co_await open_at(run, host, earlier, refused);
  }

  awaitable<Opened> open_at(Run& run, Url host, std::optional<std::int64_t> begin,
                            HttpResponse& refused) {
    HttpRequest request;
    request.url = std::move(host);
    request.url.target =
        subscribe_events_target(options_.filter, begin, frames_ ? frames_->dictionary_id() : 0);
    co_return co_await WebSocket::open(std::move(request), run.reach(), &refused);
  }

  awaitable<Opened> open_first_version(Run& run, Url host, std::optional<std::int64_t> begin) {
    const bool says_hello = options_.filter.people.size() > kMostPeopleInTarget;
    HttpRequest request;
    request.url = std::move(host);
    request.url.target = subscribe_target(options_.filter, begin, frames_ != nullptr, says_hello);
    auto opened = co_await WebSocket::open(std::move(request), run.reach());
    if (!opened || !says_hello) co_return opened;
    const auto written = co_await (*opened)->write(options_update(options_.filter));
    if (!written) co_return written.error();
    co_return opened;
  }

  awaitable<std::optional<Failure>> take(Run& run, const Url& host, WebSocket::Message message) {
    std::string_view event = message.bytes;
    if (message.is_binary) {
      const auto inflated = frames_ ? frames_->inflate(event) : std::nullopt;
      if (!inflated) {
        co_return Failure{Trouble::protocol, "a message is no frame of the dictionary", {}};
      }
      event = *inflated;
    }
    record_.assign(event);
    std::replace(record_.begin(), record_.end(), '\n', ' ');  // between values: in none is one
    const JetstreamMessage read = read_message(parser_, record_);
    if (!read.error.empty()) {
      co_return Failure{Trouble::closed, host.host + " ends with " + read.error, {}};
    }
    if (read.notice == "OutdatedCursor") is_cut_short_ = true;
    if (read.time > 0) co_await look_for_gap(run, read.time);
    // What cannot be read is handed on, to be counted where all that cannot be read is counted.
    newest_ = std::max(newest_, read.time);
    sequence_ = std::max(sequence_, read.sequence);
    const std::string cursor =
        newest_ > 0 ? to_cursor({host.host, newest_, sequence_}) : std::string();
    run.append(record_, cursor,
               read.time > 0 ? std::optional(instant_of(read.time)) : std::nullopt);
    co_return std::nullopt;
  }

  // A host that does not keep what was asked for begins later, and one that goes over from what is
  // kept to what is live may leave something out. Only the second version says so.
  awaitable<void> look_for_gap(Run& run, std::int64_t time) {
    const bool is_far = options_.gap > 0 && time > newest_ + options_.gap;
    const bool is_gap = newest_ > 0 && (is_far || (is_cut_short_ && time > newest_));
    is_cut_short_ = false;
    if (!is_gap) co_return;
    SourceGap gap;
    gap.state = GapState::lost;
    // So far events come out of order.
    gap.from = instant_of(newest_ - options_.rewind);
    gap.to = instant_of(time + options_.rewind);
    gap.reason =
        "the next event is much later: the server does not have, or left out, what was between";
    co_await run.note_gap(std::move(gap));
  }

  Options options_;
  std::unique_ptr<ZstdFrames> frames_;
  simdjson::dom::parser parser_;
  std::string record_;
  std::optional<std::size_t> next_host_;
  std::int64_t newest_ = 0;    // microseconds
  std::int64_t sequence_ = 0;  // of this host; 0: none yet
  bool is_cut_short_ = false;  // the server said that it begins later than it was asked to
};

Result<std::unique_ptr<ZstdFrames>> read_dictionary(const SourceConfig& config,
                                                    const std::string& path) {
  if (path.empty()) return std::unique_ptr<ZstdFrames>();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  auto frames = ZstdFrames::of_dictionary(bytes.str());
  if (file && frames) return frames;
  return fail(
      ErrorCode::invalid_argument,
      fmt::format("source '{}': dictionary {} is no dictionary of zstd", config.name, path));
}

}  // namespace

Result<std::unique_ptr<Source>> make_jetstream(const SourceConfig& config) {
  SourceSettings settings(config);
  Options options;
  options.hosts = settings.urls(
      "url", {"wss://jetstream1.us-east.bsky.network", "wss://jetstream2.us-east.bsky.network",
              "wss://jetstream1.us-west.bsky.network", "wss://jetstream2.us-west.bsky.network"});
  for (const Url& host : options.hosts) {
    if (!host.is_websocket) settings.wrong("url", "must begin with wss:// or ws://");
  }
  options.filter.collections = settings.list("collections", {"app.bsky.feed.post"});
  options.filter.people = settings.list("dids", {});
  options.version = static_cast<int>(settings.number("version", 1, 1, 2));
  const auto seconds = [&](std::string_view name, std::uint64_t fallback) {
    return static_cast<std::int64_t>(settings.number(name, fallback, 0, 86'400)) * kMicroseconds;
  };
  options.rewind = seconds("rewind_seconds", 5);
  options.rewind_elsewhere = seconds("rewind_elsewhere_seconds", 60);
  options.gap = seconds("gap_seconds", 60);
  const std::string dictionary = settings.text("dictionary", "");
  options.is_packed = settings.flag("compress", false);
  if (options.version == 1 && options.is_packed && dictionary.empty()) {
    settings.wrong("compress", "needs version = 2; the first version needs dictionary");
  }
  if (options.version == 2 && !dictionary.empty()) {
    settings.wrong("dictionary", "is of the first version; the second has compress = true");
  }
  const std::size_t most = options.version == 2 ? kMostPeopleInTarget : kMostPeople;
  if (options.filter.people.size() > most) {
    settings.wrong("dids", fmt::format("has more than {} accounts", most));
  }
  const auto checked = settings.done();
  if (!checked) return checked.error();
  auto frames = read_dictionary(config, dictionary);
  if (!frames) return frames.error();
  return std::unique_ptr<Source>(
      std::make_unique<JetstreamSource>(std::move(options), *std::move(frames)));
}

}  // namespace passaparola::connect
