// One-use tickets: what a page shows in place of its token where it can set no header, on a
// websocket and on server-sent events. A ticket may stand in a URL because it is good for one
// request within seconds. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"
#include "feed/caller.h"
#include "feed/token.h"

namespace passaparola::feed {

class Tickets {
 public:
  struct Ticket {
    std::string text;
    Timestamp expires;
  };

  // Errors: overloaded, when too many of this caller, or of all, are waiting to be used.
  Result<Ticket> give(const Caller& caller, Timestamp at);

  // Whose ticket it is; nobody has it any more afterwards. nullopt: unknown, used, or too old.
  std::optional<Caller> take(std::string_view ticket, Timestamp at);

 private:
  struct Given {
    Caller caller;
    Timestamp at;
  };
  static bool is_good(const Given& given, Timestamp at);

  std::mutex mutex_;
  std::map<TokenHash, Given> given_;
};

}  // namespace passaparola::feed
