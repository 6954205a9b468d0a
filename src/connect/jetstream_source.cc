// Bluesky's Jetstream, first version of the wire: GET /subscribe, a websocket of one JSON event a
// message, or of zstd frames with a dictionary of its own (research PROTOCOLS 1a).
//
// The cursor is the time of an event in microseconds, of the host that gave it: hosts do not give
// the same events at the same times, and the times of one host are not strictly in order. So a new
// connection begins earlier than the last event that is stored, and the store drops what it has.
#include <fmt/format.h>
#include <simdjson.h>
#include <zstd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "connect/settings.h"
#include "connect/source.h"
#include "connect/websocket.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::chrono::seconds kSilence{60};

// "HOST MICROSECONDS".
struct Place {
  std::string host;
  std::int64_t time = 0;
};

std::optional<Place> parse_place(std::string_view cursor) {
  const std::size_t space = cursor.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  Place place{std::string(cursor.substr(0, space)), 0};
  const std::string_view digits = cursor.substr(space + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), place.time);
  if (error != std::errc{} || end != digits.data() + digits.size() || place.time <= 0) {
    return std::nullopt;
  }
  return place;
}

Timestamp instant_of(std::int64_t microseconds) { return {microseconds / 1000}; }

// Zstandard frames of one dictionary.
class Inflater {
 public:
  explicit Inflater(std::string_view dictionary)
      : context_(ZSTD_createDCtx()),
        dictionary_(ZSTD_createDDict(dictionary.data(), dictionary.size())),
        out_(kMaxMessageBytes, '\0') {}

  bool is_dictionary() const { return ZSTD_getDictID_fromDDict(dictionary_.get()) != 0; }

  // Until the next call; nullopt: no frame of this dictionary, or one that is too large.
  std::optional<std::string_view> inflate(std::string_view frame) {
    const std::size_t size = ZSTD_decompress_usingDDict(
        context_.get(), out_.data(), out_.size(), frame.data(), frame.size(), dictionary_.get());
    if (ZSTD_isError(size) != 0) return std::nullopt;
    return std::string_view(out_.data(), size);
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
  };
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  std::unique_ptr<ZSTD_DDict, Free> dictionary_;
  std::string out_;
};

struct Options {
  std::vector<Url> hosts;
  std::vector<std::string> collections, people;
  std::int64_t rewind = 0, rewind_elsewhere = 0, gap = 0;  // microseconds
};

class JetstreamSource : public Source {
 public:
  JetstreamSource(Options options, std::unique_ptr<Inflater> inflater)
      : options_(std::move(options)), inflater_(std::move(inflater)) {}

  ingest::Format format() const override { return ingest::Format::jetstream; }
  std::chrono::seconds silence() const override { return kSilence; }

  awaitable<Failure> run(Run& run) override {
    // Another host after every break: one that is not well is not asked again at once.
    const Url& host = options_.hosts[next_host_++ % options_.hosts.size()];
    begin_ = begin_of(run.cursor(), host);
    newest_ = begin_ ? parse_place(run.cursor())->time : 0;
    HttpRequest request;
    request.url = host;
    request.url.target = target_of();
    auto opened = co_await WebSocket::open(std::move(request), run.reach());
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
  // Where to begin; nullopt: live.
  std::optional<std::int64_t> begin_of(const std::string& cursor, const Url& host) const {
    const auto place = parse_place(cursor);
    if (!place) return std::nullopt;
    const bool is_same = place->host == host.host;
    return std::max<std::int64_t>(
        place->time - (is_same ? options_.rewind : options_.rewind_elsewhere), 1);
  }

  std::string target_of() const {
    std::string target = "/subscribe?";
    for (const std::string& collection : options_.collections) {
      target += "wantedCollections=" + query_encoded(collection) + "&";
    }
    for (const std::string& did : options_.people) {
      target += "wantedDids=" + query_encoded(did) + "&";
    }
    target += fmt::format("maxMessageSizeBytes={}", kMaxRecordBytes);
    if (inflater_) target += "&compress=true";
    if (begin_) target += fmt::format("&cursor={}", *begin_);
    return target;
  }

  awaitable<std::optional<Failure>> take(Run& run, const Url& host, WebSocket::Message message) {
    std::string_view event = message.bytes;
    if (message.is_binary) {
      const auto inflated = inflater_ ? inflater_->inflate(event) : std::nullopt;
      if (!inflated) {
        co_return Failure{Trouble::protocol, "a message is no frame of the dictionary", {}};
      }
      event = *inflated;
    }
    record_.assign(event);
    std::replace(record_.begin(), record_.end(), '\n', ' ');  // between values: in none is one
    std::int64_t time = 0;
    simdjson::dom::element parsed;
    const bool has_time = parser_.parse(record_).get(parsed) == simdjson::SUCCESS &&
                          parsed["time_us"].get(time) == simdjson::SUCCESS && time > 0;
    if (has_time) co_await look_for_gap(run, time);
    // What cannot be read is handed on, to be counted where all that cannot be read is counted.
    newest_ = std::max(newest_, has_time ? time : 0);
    const std::string cursor =
        newest_ > 0 ? fmt::format("{} {}", host.host, newest_) : std::string();
    run.append(record_, cursor, has_time ? std::optional(instant_of(time)) : std::nullopt);
    co_return std::nullopt;
  }

  // A host that does not keep what was asked for begins later, and one that goes over from what is
  // kept to what is live may leave something out; neither says so.
  awaitable<void> look_for_gap(Run& run, std::int64_t time) {
    if (options_.gap == 0 || newest_ == 0 || time <= newest_ + options_.gap) co_return;
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
  std::unique_ptr<Inflater> inflater_;
  simdjson::dom::parser parser_;
  std::string record_;
  std::size_t next_host_ = 0;
  std::optional<std::int64_t> begin_;
  std::int64_t newest_ = 0;
};

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
  options.collections = settings.list("collections", {"app.bsky.feed.post"});
  options.people = settings.list("dids", {});
  const auto seconds = [&](std::string_view name, std::uint64_t fallback) {
    return static_cast<std::int64_t>(settings.number(name, fallback, 0, 86'400)) * kMicroseconds;
  };
  options.rewind = seconds("rewind_seconds", 5);
  options.rewind_elsewhere = seconds("rewind_elsewhere_seconds", 60);
  options.gap = seconds("gap_seconds", 60);
  const std::string dictionary = settings.text("dictionary", "");
  const auto checked = settings.done();
  if (!checked) return checked.error();
  std::unique_ptr<Inflater> inflater;
  if (!dictionary.empty()) {
    std::ifstream file(dictionary, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    inflater = std::make_unique<Inflater>(bytes.str());
    if (!file || !inflater->is_dictionary()) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("source '{}': dictionary {} is no dictionary of zstd", config.name,
                              dictionary));
    }
  }
  return std::unique_ptr<Source>(
      std::make_unique<JetstreamSource>(std::move(options), std::move(inflater)));
}

}  // namespace passaparola::connect
