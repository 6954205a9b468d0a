#include "connect/reach.h"

#include "connect/tls.h"

namespace passaparola::connect {

Result<Reach> make_reach(const std::string& ca_file, const std::string& proxy, bool allow_private) {
  Reach reach;
  reach.allow_private = allow_private;
  auto tls = make_tls(ca_file);
  if (!tls) return tls.error();
  reach.tls = *std::move(tls);
  if (proxy.empty()) return reach;
  auto url = parse_url(proxy);
  if (!url || url->is_secure || url->is_websocket) {
    return fail(ErrorCode::invalid_argument, "proxy must be http://HOST:PORT");
  }
  reach.proxy = *std::move(url);
  return reach;
}

}  // namespace passaparola::connect
