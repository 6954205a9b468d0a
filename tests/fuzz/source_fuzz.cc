// What servers and stores give a source beside posts: addresses, cursors, rules, waits, messages of
// Jetstream. Read or refused, never a crash; what was read is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "connect/file_place.h"
#include "connect/http.h"
#include "connect/jetstream_wire.h"
#include "connect/poll.h"
#include "connect/url.h"
#include "connect/x_rules.h"
#include "core/check.h"
#include "core/limits.h"

namespace {

using namespace passaparola;
using namespace passaparola::connect;

void read_url(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) {
    CHECK(!url.error().message.empty(), "refused without a reason");
    return;
  }
  CHECK(!url->host.empty() && url->port != 0, "a URL without a host or port passed");
  CHECK(url->target.starts_with('/'), "a target must begin with a slash");
  CHECK(url->target.find_first_of(" \r\n") == std::string::npos, "a target may end a line");
  const auto again = parse_url(url->to_string());
  CHECK(again && again->same_origin(*url), "a URL reads otherwise when it is written");
  Url base;
  base.host = "example.com";
  base.port = 80;
  const auto resolved = resolve_url(base, text);
  CHECK(!resolved || !resolved->host.empty(), "a redirect to nowhere passed");
}

void read_cursors(const std::string& text) {
  if (const auto place = parse_place(text)) {
    CHECK(parse_place(to_cursor(*place)) == place, "a place reads otherwise");
  }
  const auto known = parse_known(text);
  CHECK(parse_known(to_cursor(known)) == known, "listings read otherwise");
  const auto files = parse_file_places(text);
  CHECK(parse_file_places(to_cursor(files)) == files, "places of files read otherwise");
}

void read_answers(const std::string& text) {
  simdjson::dom::parser parser;
  const JetstreamMessage message = read_message(parser, text);
  CHECK(message.time >= 0 && message.sequence >= 0, "a place before the first passed");
  if (const auto rules = parse_x_rules(text)) {
    const auto change = x_rule_change(*rules, {});
    CHECK(change.remove.size() <= rules->size() && change.add.empty(), "rules were made up");
    x_add_body(*rules);
  }
  for (const XRule& rule : x_rules_of({{"brand", {text}}})) {
    CHECK(rule.value.size() <= 1024, "a rule is too long");
  }
  json_text(text, "a.b");
  HttpResponse response;
  for (const char* name : {"retry-after", "x-ratelimit-reset", "x-rate-limit-reset"}) {
    response.fields = {
        {name, text}, {"x-ratelimit-remaining", "0"}, {"x-rate-limit-remaining", "0"}};
    const auto pause = wanted_pause(response, Timestamp{1'790'000'000'000});
    CHECK(!pause || (pause->count() >= 0 && *pause <= std::chrono::seconds(kMaxRetryAfterSeconds)),
          "a wait is out of bounds");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  read_url(text);
  read_cursors(text);
  read_answers(text);
  return 0;
}
