#include "connect/poll.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>

#include "connect/settings.h"
#include "core/json.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

using boost::asio::awaitable;

class PollSource : public Source {
 public:
  PollSource(std::unique_ptr<PollPlan> plan, PollPace pace, std::unique_ptr<Recheck> recheck)
      : listings_(std::move(plan), pace), recheck_(std::move(recheck)) {}

  ingest::Format format() const override { return listings_.plan().format(); }
  std::uint64_t requests_per_hour() const override { return listings_.plan().requests_per_hour(); }

  awaitable<Failure> run(Run& run) override {
    while (true) {
      const auto failed = co_await listings_.look(run);
      if (failed) co_return *failed;
      std::chrono::milliseconds pause = listings_.pace().interval;
      if (recheck_) {
        // What is new is of more use than none, and the sweep goes on with the next look.
        const auto troubled = co_await listings_.look_again(run, *recheck_);
        if (troubled) run.note_trouble(*troubled);
        if (troubled && troubled->retry_after) pause = std::max(pause, *troubled->retry_after);
      }
      co_await run.sleep(pause);
    }
  }

 private:
  Listings listings_;
  const std::unique_ptr<Recheck> recheck_;
};

}  // namespace

KnownListings parse_known(const std::string& cursor) {
  KnownListings listings;
  simdjson::dom::parser parser;
  simdjson::dom::object parsed;
  if (parser.parse(cursor).get(parsed) != simdjson::SUCCESS) return listings;
  for (const auto [name, value] : parsed) {
    Known known;
    std::string_view text;
    if (value["newest"].get(known.newest) != simdjson::SUCCESS) known.newest = 0;
    if (value["etag"].get(text) == simdjson::SUCCESS) known.etag = text;
    if (value["modified"].get(text) == simdjson::SUCCESS) known.modified = text;
    listings.emplace(name, std::move(known));
  }
  return listings;
}

std::string to_cursor(const KnownListings& listings) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  for (const auto& [name, known] : listings) {
    writer.key(name);
    writer.StartObject();
    writer.field("newest", known.newest);
    writer.field_if("etag", known.etag);
    writer.field_if("modified", known.modified);
    writer.EndObject();
  }
  writer.EndObject();
  return out;
}

void PollPlan::prepare(const Run&) {}

std::optional<HttpRequest> PollPlan::next_page(const HttpRequest&, const HttpResponse&,
                                               std::size_t) const {
  return std::nullopt;
}

std::optional<PollPlan::Span> PollPlan::order_of(const HttpResponse&) const { return std::nullopt; }

// One look at a listing, from its newest page back to what is known.
struct Listings::Look {
  std::string listing;
  Known before, after;
  std::optional<Timestamp> oldest, newest;
  std::uint64_t posts = 0;
  bool reached = false;  // it came back to what is known
};

awaitable<std::optional<Failure>> Listings::look(Run& run) {
  plan_->prepare(run);
  for (const std::string& listing : plan_->listings()) {
    const auto kept_out = co_await log_in(run);
    if (kept_out) co_return *kept_out;
    const auto failed = co_await look_at(run, listing);
    if (failed) co_return let_go(*failed);
  }
  co_return std::nullopt;
}

awaitable<std::optional<Failure>> Listings::look_again(Run& run, Recheck& recheck) {
  const auto kept_out = co_await log_in(run);
  if (kept_out) co_return *kept_out;
  const auto failed = co_await recheck.step(run, plan_->format(), token_->text);
  if (failed) co_return let_go(*failed);
  co_return std::nullopt;
}

// A token may be taken back before its time.
Failure Listings::let_go(const Failure& failure) {
  if (failure.trouble == Trouble::unauthorised) token_.reset();
  return failure;
}

awaitable<std::optional<Failure>> Listings::log_in(Run& run) {
  const Timestamp at = now();
  if (token_ && at < token_->renew_at) co_return std::nullopt;
  auto request = plan_->login();
  if (!request) {
    token_ = {run.token(), {std::numeric_limits<std::int64_t>::max()}};
    co_return std::nullopt;
  }
  const auto answer = co_await fetch(*std::move(request), run.reach(), kMaxErrorBodyBytes);
  if (!answer) co_return answer.error();
  auto token = read_access_token(*answer, at);
  if (!token) co_return token.error();
  token_ = *std::move(token);
  co_return std::nullopt;
}

awaitable<std::optional<Failure>> Listings::look_at(Run& run, std::string listing) {
  Look look;
  look.listing = listing;
  look.before = parse_known(run.cursor())[listing];
  look.after = look.before;
  HttpRequest request = plan_->first_page(listing, look.before, token_->text);
  const std::size_t most = look.before.newest == 0 ? pace_.first_pages : kMaxPagesOfPoll;
  if (most == 0) co_return std::nullopt;
  for (std::size_t page = 1; page <= most; ++page) {
    co_await run.spend();
    const auto response = co_await fetch(request, run.reach(), kMaxDocumentBytes);
    if (!response) co_return response.error();
    run.reading(response->url.to_string());
    if (response->status == 304) co_return std::nullopt;
    if (response->status != 200) co_return failure_of(*response, now());
    if (page == 1) {
      look.after.etag = response->field("etag");
      look.after.modified = response->field("last-modified");
    }
    auto next = plan_->next_page(request, *response, page);
    const auto failed = co_await take(run, *response, look);
    if (failed) co_return *failed;
    look.reached = look.reached || (!next && plan_->may_end_early());
    if (look.reached || !next || page == most) break;
    request = *std::move(next);
    if (const auto pause = wanted_pause(*response, now())) co_await run.sleep(*pause);
  }
  co_await finish(run, look);
  co_return std::nullopt;
}

awaitable<std::optional<Failure>> Listings::take(Run& run, const HttpResponse& response,
                                                 Look& look) {
  Delivery delivery;
  delivery.format = plan_->format();
  delivery.bytes = response.body;
  const Delivered delivered = co_await run.deliver(std::move(delivery));
  if (delivered.records > 0 && delivered.rejected == delivered.records) {
    co_return Failure{
        Trouble::protocol, response.url.host + " answers something that cannot be read", {}};
  }
  look.posts += delivered.posts;
  found_ += delivered.posts - delivered.duplicates;
  auto span = plan_->order_of(response);
  if (!span && delivered.oldest) span = {*delivered.oldest, *delivered.newest};
  if (span) {
    look.newest = std::max(look.newest.value_or(span->newest), span->newest);
    look.oldest = std::min(look.oldest.value_or(span->oldest), span->oldest);
  }
  const std::int64_t overlap = pace_.overlap.count() * kMillisecondsPerSecond;
  look.reached = !span || (look.before.newest > 0 &&
                           span->oldest.milliseconds <= look.before.newest - overlap);
  co_return std::nullopt;
}

// The gap first, then the cursor.
awaitable<void> Listings::finish(Run& run, Look& look) {
  const bool is_short = !look.reached && look.before.newest > 0 && look.posts > 1 &&
                        look.oldest->milliseconds > look.before.newest;
  if (is_short) {
    SourceGap gap;
    gap.state = GapState::lost;
    gap.from = {look.before.newest};
    gap.to = *look.oldest;
    gap.reason = look.listing + " does not reach back to the last look: look more often";
    gap.reason.resize(std::min(gap.reason.size(), kMaxGapReasonBytes));
    co_await run.note_gap(std::move(gap));
  }
  // A time to come would hide all that is written before it.
  const auto newest = look.newest ? std::min(look.newest->milliseconds, now().milliseconds) : 0;
  look.after.newest = std::max(look.after.newest, newest);
  if (look.after == look.before) co_return;
  KnownListings known = parse_known(run.cursor());
  known[look.listing] = look.after;
  Delivery cursor;  // of no records
  cursor.format = plan_->format();
  cursor.cursor = to_cursor(known);
  co_await run.deliver(std::move(cursor));
}

std::unique_ptr<Source> make_poll(std::unique_ptr<PollPlan> plan, PollPace pace,
                                  std::unique_ptr<Recheck> recheck) {
  return std::make_unique<PollSource>(std::move(plan), pace, std::move(recheck));
}

PollPace read_pace(SourceSettings& settings, std::uint64_t interval_seconds) {
  PollPace pace;
  pace.interval =
      std::chrono::seconds(settings.number("interval_seconds", interval_seconds, 1, 86'400));
  pace.overlap = std::chrono::seconds(settings.number("overlap_seconds", 60, 0, 86'400));
  pace.first_pages = settings.number("first_pages", 10, 1, kMaxPagesOfPoll);
  return pace;
}

HttpRequest with_last_parameter(HttpRequest asked, std::string_view name, std::string_view value) {
  std::string& target = asked.url.target;
  const std::string before = fmt::format("&{}=", name);
  target.resize(std::min(target.size(), target.rfind(before)));
  target += before + query_encoded(value);
  return asked;
}

std::optional<HttpRequest> with_token_of(const HttpResponse& page, std::string_view path,
                                         const HttpRequest& asked, std::string_view name) {
  const std::string token = json_text(page.body, path);
  if (token.empty()) return std::nullopt;
  return with_last_parameter(asked, name, token);
}

Url with_query(Url url, const std::string& path,
               const std::vector<std::pair<std::string, std::string>>& parameters) {
  const std::string base = url.target.substr(0, url.target.find('?'));
  url.target = (base.ends_with('/') ? base.substr(0, base.size() - 1) : base) + path;
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    url.target += fmt::format("{}{}={}", separator, query_encoded(name), query_encoded(value));
    separator = '&';
  }
  return url;
}

}  // namespace passaparola::connect
