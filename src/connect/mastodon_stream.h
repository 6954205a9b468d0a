// Mastodon's streams, by websocket or by server-sent events (PROTOCOLS 2).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connect/pushed.h"
#include "connect/url.h"

namespace passaparola::connect {

// `url`: of the server, which may have its streams elsewhere. No hashtags: all that it sees, or
// with `is_local` all that is written on it. By server-sent events there is at most one hashtag.
std::unique_ptr<PushPlan> make_mastodon_stream(const Url& url, std::vector<std::string> hashtags,
                                               bool is_local, bool by_events);

}  // namespace passaparola::connect
