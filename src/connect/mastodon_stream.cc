#include "connect/mastodon_stream.h"

#include <simdjson.h>

#include <algorithm>

#include "connect/http_records.h"
#include "connect/websocket.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

// A public timeline that says nothing for so long is not well; a hashtag may just be quiet, and is
// connected to anew to be sure.
constexpr std::chrono::seconds kPublicSilence{120}, kHashtagSilence{900};
// Its heartbeat comes every 15 seconds.
constexpr std::chrono::seconds kMostBetweenBytes{kHalfOpenSeconds};
constexpr std::size_t kWordsBytes = 120;

// Frames as a websocket sends them: {"stream":[…],"event":"update","payload":"…"}.
class FrameReader {
 public:
  // nullopt: the server has refused what was asked, in its own words.
  std::optional<PushStream::Record> read(std::string& frame, std::string& refusal) {
    std::replace(frame.begin(), frame.end(), '\n', ' ');  // between values: in none is one
    PushStream::Record record{frame, std::nullopt};
    simdjson::dom::element parsed, inner;
    if (outer_.parse(frame).get(parsed) != simdjson::SUCCESS) return record;
    std::string_view text;
    if (parsed["error"].get(text) == simdjson::SUCCESS) {
      refusal = terminal_safe(text.substr(0, kWordsBytes));
      return std::nullopt;
    }
    const bool has_payload = parsed["payload"].get(text) == simdjson::SUCCESS;
    if (has_payload && inner_.parse(text.data(), text.size()).get(inner) == simdjson::SUCCESS &&
        inner["created_at"].get(text) == simdjson::SUCCESS) {
      record.at = parse_rfc3339(text);
    }
    return record;
  }

 private:
  simdjson::dom::parser outer_, inner_;
};

class WebSocketStream : public PushStream {
 public:
  WebSocketStream(std::unique_ptr<WebSocket> socket, std::string host)
      : socket_(std::move(socket)), host_(std::move(host)) {}

  awaitable<Reached<Record>> next() override {
    const auto message = co_await socket_->read();
    if (!message) co_return message.error();
    frame_.assign(message->bytes);
    std::string refusal;
    if (auto record = reader_.read(frame_, refusal)) co_return *record;
    co_return Failure{Trouble::refused, host_ + " refuses: " + refusal, {}};
  }

 private:
  const std::unique_ptr<WebSocket> socket_;
  const std::string host_;
  std::string frame_;
  FrameReader reader_;
};

class EventStream : public PushStream {
 public:
  EventStream(std::unique_ptr<HttpStream> stream, std::chrono::milliseconds limit)
      : events_(std::move(stream)), limit_(limit) {}

  awaitable<Reached<Record>> next() override {
    const auto event = co_await events_.next(limit_);
    if (!event) co_return event.error();
    frame_.clear();
    JsonWriter writer(frame_);
    writer.StartObject();
    writer.field("event", event->name);
    writer.field("payload", event->data);
    writer.EndObject();
    std::string refusal;
    co_return *reader_.read(frame_, refusal);
  }

 private:
  HttpEvents events_;
  const std::chrono::milliseconds limit_;
  std::string frame_;
  FrameReader reader_;
};

class MastodonStreamPlan : public PushPlan {
 public:
  MastodonStreamPlan(Url url, std::vector<std::string> hashtags, bool is_local, bool by_events)
      : url_(std::move(url)),
        hashtags_(std::move(hashtags)),
        is_local_(is_local),
        by_events_(by_events) {}

  ingest::Format format() const override { return ingest::Format::mastodon; }
  std::chrono::seconds silence() const override {
    return hashtags_.empty() ? kPublicSilence : kHashtagSilence;
  }

  awaitable<Reached<std::unique_ptr<PushStream>>> open(Run& run) override {
    const auto host = co_await host_of_streams(run);
    if (!host) co_return host.error();
    auto opened = by_events_ ? co_await open_events(run, *host) : co_await open_socket(run, *host);
    if (opened) run.reading(host->to_string());
    co_return opened;
  }

 private:
  // Where the server says that its streams are. One that says nothing has them itself.
  awaitable<Reached<Url>> host_of_streams(Run& run) const {
    HttpRequest request;
    request.url = with_query(url_, "/api/v2/instance", {});
    const auto response = co_await fetch(std::move(request), run.reach(), kMaxDocumentBytes);
    if (!response) co_return response.error();
    if (response->status != 200 && response->status != 404) {
      co_return connect::failure_of(*response, now());
    }
    Url host = url_;
    const auto said = parse_url(json_text(response->body, "configuration.urls.streaming"));
    // A token never goes over plain text because a server says so.
    if (said && (said->is_secure || !url_.is_secure)) host = *said;
    co_return host;
  }

  HttpRequest request_to(const Url& host, const std::string& path,
                         const std::vector<std::pair<std::string, std::string>>& parameters,
                         const std::string& token) const {
    HttpRequest request;
    request.url = with_query(host, "/api/v1/streaming" + path, parameters);
    request.url.is_websocket = !by_events_;
    if (!token.empty()) request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

  awaitable<Reached<std::unique_ptr<PushStream>>> open_socket(Run& run, const Url& host) const {
    auto opened = co_await WebSocket::open(request_to(host, "", {}, run.token()), run.reach());
    if (!opened) co_return opened.error();
    for (const std::string& subscription : subscriptions()) {
      const auto written = co_await (*opened)->write(subscription);
      if (!written) co_return written.error();
    }
    co_return std::unique_ptr<PushStream>(
        std::make_unique<WebSocketStream>(*std::move(opened), host.host));
  }

  std::vector<std::string> subscriptions() const {
    const std::string local = is_local_ ? ":local" : "";
    if (hashtags_.empty()) return {subscription("public" + local, "")};
    std::vector<std::string> all;
    for (const std::string& tag : hashtags_) all.push_back(subscription("hashtag" + local, tag));
    return all;
  }

  static std::string subscription(const std::string& stream, const std::string& tag) {
    std::string out;
    JsonWriter writer(out);
    writer.StartObject();
    writer.field("type", "subscribe");
    writer.field("stream", stream);
    writer.field_if("tag", tag);
    writer.EndObject();
    return out;
  }

  awaitable<Reached<std::unique_ptr<PushStream>>> open_events(Run& run, const Url& host) const {
    std::string path = hashtags_.empty() ? "/public" : "/hashtag";
    if (is_local_) path += "/local";
    std::vector<std::pair<std::string, std::string>> parameters;
    for (const std::string& tag : hashtags_) parameters.emplace_back("tag", tag);
    auto opened =
        co_await open_endless(request_to(host, path, parameters, run.token()), run.reach());
    if (!opened) co_return opened.error();
    co_return std::unique_ptr<PushStream>(
        std::make_unique<EventStream>(*std::move(opened), run.reach().scaled(kMostBetweenBytes)));
  }

  const Url url_;
  const std::vector<std::string> hashtags_;
  const bool is_local_, by_events_;
};

}  // namespace

std::unique_ptr<PushPlan> make_mastodon_stream(const Url& url, std::vector<std::string> hashtags,
                                               bool is_local, bool by_events) {
  return std::make_unique<MastodonStreamPlan>(url, std::move(hashtags), is_local, by_events);
}

}  // namespace passaparola::connect
