// POST /posts, and what POST /webhooks/{name} has in common with it: what may be pushed, and the
// push itself.
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

// The same of its encoding and its length alone.
std::optional<Problem> check_push_body(const Head& head);

// A body's share of the bytes that all bodies may hold, given back at the end of its scope. A body
// of unknown length counts as `most`.
class PushShare {
 public:
  PushShare(Budget& budget, const Head& head, std::size_t most);  // and what it is inflated to
  PushShare(Budget& budget, std::size_t bytes);
  ~PushShare();
  PushShare(const PushShare&) = delete;
  PushShare& operator=(const PushShare&) = delete;
  bool is_granted() const { return is_granted_; }

 private:
  Budget& budget_;
  std::size_t bytes_;
  bool is_granted_;
};

Problem too_many_pushes();  // what is not granted

struct PushRequest {
  std::string body;
  bool is_gzip = false;
  std::string key;                        // of the log; empty: nothing is remembered
  std::optional<std::int64_t> signed_at;  // see PushLog::begin()
};

struct PushReply {
  Outcome outcome;
  bool is_repeated = false;  // the answer that the key already had
};

// Inflates the body when it is gzip, hands it to `to` and waits until the posts are durable, or
// gives the answer that `log` has of its key. All three outlive the call.
boost::asio::awaitable<PushReply, boost::asio::any_io_executor> push(Context& context,
                                                                     const Push& to, PushLog& log,
                                                                     PushRequest request);

}  // namespace passaparola::feed
