// Polling: listings that are asked for again and again, newest first, page by page back to what is
// known. What is common to all of them is here; a PollPlan says what one platform asks and answers.
//
// The cursor is JSON: of each listing the time of the newest item of the last whole look, and what
// the server said of its document. It moves with the last page of a look, so that one that was cut
// short is done again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "connect/access_token.h"
#include "connect/http.h"
#include "connect/recheck.h"
#include "connect/source.h"

namespace passaparola::connect {

// What is known of a listing.
struct Known {
  std::int64_t newest = 0;  // milliseconds, of its order; 0: never looked at
  std::string etag, modified;
  bool operator==(const Known&) const = default;
};
using KnownListings = std::map<std::string, Known, std::less<>>;

// Anything else than what to_cursor() makes: nothing is known.
KnownListings parse_known(const std::string& cursor);
std::string to_cursor(const KnownListings& listings);

class PollPlan {
 public:
  virtual ~PollPlan() = default;

  virtual ingest::Format format() const = 0;
  virtual std::uint64_t requests_per_hour() const { return 0; }  // as of Source

  // The names of its listings: their places in the cursor.
  virtual std::vector<std::string> listings() const = 0;
  // True: a listing that ends before what is known is no gap, because it was asked only for what is
  // newer, or is a selection.
  virtual bool may_end_early() const { return false; }

  // Before each look at all listings, which may be others from then on.
  virtual void prepare(const Run& run);
  // The request for a token that expires; nullopt: the source's secret is what is shown.
  virtual std::optional<HttpRequest> login() const { return std::nullopt; }

  // The request for the newest page of a listing. `token`: the secret, or the one that was given
  // for it.
  virtual HttpRequest first_page(const std::string& listing, const Known& known,
                                 const std::string& token) const = 0;
  // The request for the page behind `page`, the `number`-th (from 1) by then; nullopt: it was the
  // last.
  virtual std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& page,
                                               std::size_t number) const;

  // The times by which the items of a page are in order; nullopt: by when they were written.
  struct Span {
    Timestamp oldest, newest;
  };
  virtual std::optional<Span> order_of(const HttpResponse& page) const;
};

// How often, and how far a look goes back behind the newest item that is known: listings are not
// strictly in order.
struct PollPace {
  std::chrono::seconds interval{300}, overlap{60};
  std::size_t first_pages = 10;  // of the first look, which knows nothing to come back to; 0: none
};

// The listings of a plan, each read back to what is known of it.
class Listings {
 public:
  Listings(std::unique_ptr<PollPlan> plan, PollPace pace) : plan_(std::move(plan)), pace_(pace) {}

  const PollPlan& plan() const { return *plan_; }
  const PollPace& pace() const { return pace_; }
  // One look at each. Notes a gap where a listing does not reach back to what is known.
  boost::asio::awaitable<std::optional<Failure>> look(Run& run);
  // What is stored is asked for again.
  boost::asio::awaitable<std::optional<Failure>> look_again(Run& run, Recheck& recheck);
  // Posts of the looks so far that were not stored before.
  std::uint64_t found() const { return found_; }

 private:
  struct Look;
  boost::asio::awaitable<std::optional<Failure>> log_in(Run& run);
  Failure let_go(const Failure& failure);
  boost::asio::awaitable<std::optional<Failure>> look_at(Run& run, std::string listing);
  boost::asio::awaitable<std::optional<Failure>> take(Run& run, const HttpResponse& response,
                                                      Look& look);
  boost::asio::awaitable<void> finish(Run& run, Look& look);

  const std::unique_ptr<PollPlan> plan_;
  const PollPace pace_;
  std::optional<AccessToken> token_;  // while it holds
  std::uint64_t found_ = 0;
};

// `recheck`, if given: what is stored is asked for again beside the looks.
std::unique_ptr<Source> make_poll(std::unique_ptr<PollPlan> plan, PollPace pace,
                                  std::unique_ptr<Recheck> recheck = nullptr);

// "interval_seconds", "overlap_seconds" and "first_pages".
class SourceSettings;
PollPace read_pace(SourceSettings& settings, std::uint64_t interval_seconds);

// `asked` for another page: its last parameter `name` says `value`.
HttpRequest with_last_parameter(HttpRequest asked, std::string_view name, std::string_view value);

// The same with what the member `path` of the page's JSON says; nullopt: it says nothing.
std::optional<HttpRequest> with_token_of(const HttpResponse& page, std::string_view path,
                                         const HttpRequest& asked, std::string_view name);

// `url` with its target made of `path` and a query of `parameters`, encoded.
Url with_query(Url url, const std::string& path,
               const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace passaparola::connect
