// RSS, Atom and JSON Feed by polling: the whole document each time it has changed. What it repeats
// the store has; what ran through between two looks is told as a gap.
#include <fmt/format.h>
#include <simdjson.h>

#include "connect/http.h"
#include "connect/settings.h"
#include "connect/source.h"
#include "core/json.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

// What the server said of the document that is stored, and its newest item.
struct Known {
  std::string etag, modified;
  std::int64_t newest = 0;  // milliseconds; 0: not known
};

Known parse_known(const std::string& cursor) {
  Known known;
  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  if (parser.parse(cursor).get(parsed) != simdjson::SUCCESS) return known;
  std::string_view text;
  if (parsed["etag"].get(text) == simdjson::SUCCESS) known.etag = text;
  if (parsed["modified"].get(text) == simdjson::SUCCESS) known.modified = text;
  if (parsed["newest"].get(known.newest) != simdjson::SUCCESS) known.newest = 0;
  return known;
}

std::string cursor_of(const Known& known) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("etag", known.etag);
  writer.field("modified", known.modified);
  writer.field("newest", known.newest);
  writer.EndObject();
  return out;
}

class FeedSource : public Source {
 public:
  FeedSource(Url url, std::chrono::seconds interval) : url_(std::move(url)), interval_(interval) {}

  ingest::Format format() const override { return ingest::Format::autodetect; }

  awaitable<Failure> run(Run& run) override {
    while (true) {
      const auto failed = co_await look(run);
      if (failed) co_return *failed;
      co_await run.sleep(interval_);
    }
  }

 private:
  awaitable<std::optional<Failure>> look(Run& run) {
    Known known = parse_known(run.cursor());
    HttpRequest request;
    request.url = url_;
    request.fields = {{"Accept",
                       "application/atom+xml, application/rss+xml, application/feed+json, "
                       "application/xml;q=0.9, application/json;q=0.9, */*;q=0.1"}};
    if (!known.etag.empty()) request.fields.emplace_back("If-None-Match", known.etag);
    if (!known.modified.empty()) request.fields.emplace_back("If-Modified-Since", known.modified);
    const auto response = co_await fetch(std::move(request), run.reach(), kMaxDocumentBytes);
    if (!response) co_return response.error();
    run.reading(response->url.to_string());
    if (response->status == 304) co_return std::nullopt;
    if (response->status != 200) co_return failure_of(*response, now());
    // The cursor is written with the items, and what they are is known only then: the newest of
    // this document is in the cursor of the next one.
    known.etag = response->field("etag");
    known.modified = response->field("last-modified");
    const std::int64_t before = known.newest;
    known.newest = std::max(known.newest, newest_);
    const Delivered delivered =
        co_await run.deliver({ingest::Format::autodetect, response->body, cursor_of(known)});
    if (delivered.records > 0 && delivered.posts == 0 && delivered.rejected == delivered.records) {
      co_return Failure{Trouble::protocol, "the answer is no feed that can be read", {}};
    }
    co_await look_for_gap(run, delivered, std::max(before, newest_));
    if (delivered.newest) newest_ = std::max(newest_, delivered.newest->milliseconds);
    co_return std::nullopt;
  }

  // Nothing of the last look is left in this one: what was between may have run through.
  awaitable<void> look_for_gap(Run& run, const Delivered& delivered, std::int64_t before) {
    if (before == 0 || !delivered.oldest || delivered.posts < 2) co_return;
    if (delivered.oldest->milliseconds <= before) co_return;
    SourceGap gap;
    gap.state = GapState::lost;
    gap.from = {before};
    gap.to = *delivered.oldest;
    gap.reason = "no item of the last look is left in the feed: ask more often";
    co_await run.note_gap(std::move(gap));
  }

  Url url_;
  std::chrono::seconds interval_;
  std::int64_t newest_ = 0;  // of what was handed over since the start
};

}  // namespace

Result<std::unique_ptr<Source>> make_feed(const SourceConfig& config) {
  SourceSettings settings(config);
  const auto urls = settings.urls("url", {});
  if (urls.size() > 1) settings.wrong("url", "must be one: a feed is a source of its own");
  for (const Url& url : urls) {
    if (url.is_websocket) settings.wrong("url", "must begin with https:// or http://");
  }
  const std::chrono::seconds interval(settings.number("interval_seconds", 300, 1, 86'400));
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return std::unique_ptr<Source>(std::make_unique<FeedSource>(urls.front(), interval));
}

}  // namespace passaparola::connect
