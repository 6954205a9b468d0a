// POST /posts: what may be pushed, and the push itself.
#pragma once

#include <optional>
#include <string>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

// What is wrong with a push before its body is read: its type, its encoding, its key.
std::optional<Problem> check_push(const Head& head);

// A body's share of the bytes that all bodies may hold, given back at the end of its scope. A body
// of unknown length counts as `most`.
class PushShare {
 public:
  PushShare(Budget& budget, const Head& head, std::size_t most);
  ~PushShare();
  PushShare(const PushShare&) = delete;
  PushShare& operator=(const PushShare&) = delete;
  bool is_granted() const { return is_granted_; }

 private:
  Budget& budget_;
  std::size_t bytes_ = 0;
  bool is_granted_ = false;
};

// Inflates `body` when it is gzip, hands it to Services.push and waits until the posts are durable,
// or gives the answer that `key` (may be empty) already had. `context` outlives the call.
boost::asio::awaitable<Outcome, boost::asio::any_io_executor> push(Context& context,
                                                                   std::string body, bool is_gzip,
                                                                   std::string key);

}  // namespace passaparola::feed
