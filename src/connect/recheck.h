// Asking again for what is stored, of a platform that wants what is deleted there to be deleted
// here and tells of no deletion. A sweep goes once over all posts that are stored, a few at a time
// beside the looks at what is new, then rests until the next is due. Edits come with it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "connect/http.h"
#include "connect/source.h"

namespace passaparola::connect {

class RecheckPlan {
 public:
  static constexpr std::size_t kMostAtOnce = 100;

  virtual ~RecheckPlan() = default;

  virtual std::string_view source_of_posts() const = 0;  // as the store has it
  // `token`: as of PollPlan.
  virtual HttpRequest ask_again(const std::vector<std::string>& ids,
                                const std::string& token) const = 0;

  struct Answered {
    std::set<std::string, std::less<>> there, gone;  // ids; in neither: the platform says nothing
  };
  virtual std::optional<Answered> answered(
      const std::string& body) const = 0;  // nullopt: no answer
};

class Recheck {
 public:
  // `plan` outlives it. A sweep begins `every` so often, the first at once; 0: never.
  Recheck(const RecheckPlan& plan, std::chrono::hours every) : plan_(plan), every_(every) {}

  // Goes on with the sweep that is under way or due.
  boost::asio::awaitable<std::optional<Failure>> step(Run& run, ingest::Format format,
                                                      std::string token);

 private:
  boost::asio::awaitable<std::optional<Failure>> ask(Run& run, const std::vector<std::string>& ids,
                                                     ingest::Format format,
                                                     const std::string& token);

  const RecheckPlan& plan_;
  const std::chrono::hours every_;
  std::optional<std::uint64_t> after_;  // of a sweep under way: what is asked for next is behind it
  std::optional<std::chrono::steady_clock::time_point> begun_;  // of the last sweep
  // Of which the platform said nothing in this sweep, and in the one before: a server that is not
  // well may leave something out, and what is deleted here does not come back.
  std::set<std::string, std::less<>> missing_, missing_before_;
};

}  // namespace passaparola::connect
