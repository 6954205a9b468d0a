// POST /webhooks/{name}: posts of other systems, which sign what they send and know no token.
#pragma once

#include <string>
#include <variant>

#include "feed/api.h"
#include "feed/context.h"
#include "feed/http.h"
#include "feed/webhook_signature.h"

namespace boost::asio {
class any_io_executor;
template <typename T, typename Executor>
class awaitable;
}  // namespace boost::asio

namespace passaparola::feed {

struct SignedPush {
  Webhooks::Place* place = nullptr;
  SignedHead head;
  std::string body;  // as it was sent
};

// What can be said before the body is read: nobody has this name, a field is missing or malformed,
// the sender's clock is another. The body is not there yet.
std::variant<SignedPush, Problem> open_webhook(Context& context, const Head& head,
                                               const Target& target);

// Verifies the signature before anything else looks at the body, then does what POST /posts does;
// an id that was taken gets the answer that it had. `context` and `head` outlive the call.
boost::asio::awaitable<Outcome, boost::asio::any_io_executor> push_signed(Context& context,
                                                                          const Head& head,
                                                                          SignedPush push);

// Counts a problem under the name of the webhook, and gives it back.
Problem count_webhook(Context& context, const SignedPush& push, Problem problem);

}  // namespace passaparola::feed
