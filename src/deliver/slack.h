// Messages in Slack's words: {"text":…,"blocks":[…]}, for people. Pure. Whoever writes a post must
// not be able to call a channel together, to format, or to make a link look like another.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "deliver/deliver.h"

namespace passaparola::deliver {

inline constexpr std::size_t kSlackMentionsShown = 20;  // the rest of a message is counted

// One line: no control characters, &, < and > as Slack escapes them, no @channel, @here, @everyone
// or @all that anybody would read as a call; cut at `most` code points.
std::string slack_text(std::string_view text, std::size_t most);

// "<URL|words>"; the words alone where the URL is none of http or https. `words` is slack_text().
std::string slack_link(std::string_view url, std::string_view words);

std::string slack_mentions(std::string_view delivery,
                           std::span<const store::StoredMention> mentions);
inline constexpr std::size_t kSlackAlertMentionsShown = 5;
// `alert_json` as in Alert; `mentions`: some that it tells of.
std::string slack_alert(std::string_view alert_json,
                        std::span<const store::StoredMention> mentions);

}  // namespace passaparola::deliver
