// One request on its way through a connection.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "feed/caller.h"
#include "feed/http.h"
#include "feed/rates.h"
#include "feed/router.h"

namespace passaparola::feed {

struct Exchange {
  Head head;
  std::size_t head_bytes = 0;
  Target target;
  const RouteEntry* route = nullptr;
  std::string id;
  std::string_view local_address;  // where it came in; of the connection, which outlives this
  std::string_view address;        // where it comes from, as it is counted; of the connection, too
  Caller caller;                   // who asks, where a token is asked
  Rates::Standing standing;        // how much more may be asked
  bool keep_alive = false;
  bool is_body_read = false;
};

}  // namespace passaparola::feed
