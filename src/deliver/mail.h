// Messages as mail, for people: plain text, so that nothing in a post is more than its words. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/deliver.h"

namespace passaparola::deliver {

struct Envelope {
  std::string from;
  std::vector<std::string> to;
  std::string id;  // of the message: the same mail keeps it
  Timestamp at;
};

// Header and body with CRLF. The subject is one line, the text may have many; both UTF-8.
std::string mail(const Envelope& envelope, std::string_view subject, std::string_view text);

std::string mail_of_mentions(const Envelope& envelope, std::string_view delivery,
                             std::span<const store::StoredMention> mentions);
// `alert_json` as in Alert.
std::string mail_of_alert(const Envelope& envelope, std::string_view alert_json);

}  // namespace passaparola::deliver
