// The examples of the live protocols in docs/FEED_PROTOCOL.md, read from there and driven by
// clients that are not ours: the websocket by npm's ws, server-sent events by curl. A message or a
// code that nobody has provoked fails, and so does one that is not as it is shown.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "integration/doc_examples.h"
#include "integration/doc_json.h"
#include "integration/documented_server.h"
#include "integration/talking_program.h"
#include "schemas/live_schema.h"

namespace passaparola::testing {
namespace {

using schemas::live_schema;
using schemas::Speaker;

const std::string kProtocol = read_file(PASSAPAROLA_SOURCE_DIR "/docs/FEED_PROTOCOL.md");

// What is shown and not driven here, and who drives it.
const std::map<std::string, std::string> kNotDriven{
    {R"({"op":"gap","id":"s1","channel":"changes","reason":"too_far_behind"})",
     "a reader must be 10,000 changes behind: feed/warnings_test, News"},
    {"storage", "nobody: the store would have to break while it is read"},
    {"overloaded", "a thousand filters, of many connections: feed/live_test"},
    {"1008", "a token that ends: feed/token_test"},
    {"1011", "nobody, as storage"},
    {"1013", "a client that reads nothing for ten seconds: feed/slow_clients_test"}};

std::string member(const std::string& json, const std::string& name) {
  simdjson::dom::parser parser;
  std::string_view value;
  if (parser.parse(json)[name].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

// npm's ws.
class Websocket {
 public:
  explicit Websocket(const std::string& url)
      : program_({"node", PASSAPAROLA_SOURCE_DIR "/tests/integration/live_client.js",
                  "ws" + url.substr(4) + "/api/v1/live", "passaparola.v1"},
                 {"NODE_PATH=/usr/share/nodejs"}) {
    EXPECT_EQ(program_.hear(), "open passaparola.v1");
  }

  void send(const std::string& message) { program_.say("send " + message); }
  // The names that web/asyncapi.json gives what was heard; empty for what it does not describe.
  std::set<std::string> names_heard() const {
    std::set<std::string> names;
    for (const std::string& frame : frames_) {
      names.insert(live_schema().name_of(Speaker::server, frame));
      EXPECT_FALSE(names.contains("")) << frame.substr(0, 2000);
      names.erase("");
    }
    return names;
  }

  // Listens until `is_it` holds of a frame; that frame, or nothing when the connection has ended.
  std::string hear(const std::function<bool(const std::string&)>& is_it) {
    while (const auto line = program_.hear()) {
      if (line->starts_with("close ")) closed_ = line->substr(6);
      if (!line->starts_with("frame ")) continue;
      frames_.push_back(line->substr(6));
      if (is_it(frames_.back())) return frames_.back();
    }
    return {};
  }
  std::string hear(const std::string& op) {
    const std::string frame =
        hear([&op](const std::string& one) { return member(one, "op") == op; });
    EXPECT_NE(frame, "") << "no " << op << " came";
    return frame;
  }
  // The code that the connection was closed with.
  std::string hear_close() {
    hear([](const std::string&) { return false; });
    return closed_.substr(0, closed_.find(' '));
  }
  bool answers_a_ping() {
    program_.say("ping ci sei");
    while (const auto line = program_.hear()) {
      if (line->starts_with("frame ")) frames_.push_back(line->substr(6));
      if (*line == "pong ci sei") return true;
    }
    return false;
  }

  const std::vector<std::string>& frames() const { return frames_; }

 private:
  TalkingProgram program_;
  std::vector<std::string> frames_;
  std::string closed_;
};

// What the document shows of messages, in blocks and in backquotes.
std::vector<DocExample> shown_messages() {
  std::vector<DocExample> messages;
  const auto add = [&messages](const DocExample& one) {
    for (const char* lead : {R"({"op":)", R"({…,"kind":)"}) {
      if (one.text.starts_with(lead)) messages.push_back(one);
    }
  };
  for (const DocExample& block : fenced_blocks(kProtocol, "FEED_PROTOCOL.md")) {
    std::istringstream lines(block.text);
    for (std::string line; std::getline(lines, line);) add({block.name, line});
  }
  for (const DocExample& span : quoted_spans(kProtocol, "FEED_PROTOCOL.md")) add(span);
  return messages;
}

bool is_of_client(const DocExample& message) {
  return message.text.starts_with(R"({"op":"subscribe",)") ||
         message.text.starts_with(R"({"op":"unsubscribe",)");
}

std::string unlike(const DocExample& shown, const std::string& frame) {
  std::string_view rest = shown.text;
  const auto example = take_doc_json(rest);
  simdjson::dom::parser parser;
  simdjson::dom::element real;
  if (!example || !rest.empty()) return "the example cannot be read\n";
  if (parser.parse(frame).get(real) != simdjson::SUCCESS) return "no JSON\n";
  return differences(*example, real);
}

std::string subscription(const std::string& id, const std::string& more) {
  return fmt::format(R"({{"op":"subscribe","id":"{}"{}}})", id, more);
}

class DocsLive : public ::testing::Test {
 protected:
  void provoke_news(Websocket& live);
  void revise_somebody(Websocket& live);
  void provoke_gap(Websocket& live);
  std::set<std::string> provoke_errors(Websocket& live) const;

  DocumentedServer server_;
};

// A subscription of every channel that the document names, from the start.
void DocsLive::provoke_news(Websocket& live) {
  std::string channels;
  for (const std::string& name : first_column(kProtocol, "| channel |")) {
    channels += (channels.empty() ? "\"" : ",\"") + name + "\"";
  }
  live.send(subscription("s1", R"(,"after":"start","channels":[)" + channels + "]"));
  for (const char* op : {"subscribed", "alert", "stats"}) live.hear(op);
  server_.push_complaint();
  live.hear("mentions");
  const CurlAnswer moved =
      server_.curl("PATCH", "/api/v1/mentions/" + server_.mention_id_where("label:negative"),
                   {"Content-Type: application/json"}, R"({"state":"open"})");
  EXPECT_EQ(moved.status, 200) << moved.body;
  live.hear("change");
  revise_somebody(live);
}

// The server looks for revisions now and then, and tells those that it finds behind its first look:
// a fan loses posts until one is told. Figures come once a second and are the clock.
void DocsLive::revise_somebody(Websocket& live) {
  bool is_told = false;
  for (int first = 3; first < 400 && !is_told; first += 40) {
    std::string deletes;
    for (int id = first; id < first + 40; id += 4) {
      deletes += fmt::format("{{\"op\":\"delete\",\"source\":\"test\",\"id\":\"{}\"}}\n", id);
    }
    server_.push(deletes);
    server_.get("/api/v1/brands/moka_nera/advocates?top=1");
    server_.push_complaint();
    live.hear([&is_told](const std::string& frame) {
      is_told = is_told || member(frame, "kind") == "score.revised";
      return is_told || member(frame, "op") == "stats";
    });
  }
  EXPECT_TRUE(is_told);
}

// A mention that is longer than a frame may be.
void DocsLive::provoke_gap(Websocket& live) {
  const auto controls = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\\u0001";
    return text;
  };
  std::string brand, links;
  for (int i = 0; i < 32; ++i) brand += "Moka Nera! ";
  for (int i = 0; i < 60; ++i) {
    links += fmt::format(R"({}"https://test.example/{}{}")", i == 0 ? "" : ",", i,
                         std::string(4000, 'x'));
  }
  server_.push(fmt::format(
      R"({{"source":"test","id":"huge","author":{{"id":"huge","bio":"{}"}},"text":"{}{}",)"
      R"("created_at":"2026-11-21T10:00:00Z","links":[{}],"title":"{}",)"
      R"("quote":{{"id":"q","text":"{}"}}}})"
      "\n",
      controls(8'000), brand, controls(50'000), links, controls(4'000), controls(50'000)));
  live.hear("gap");
}

// The codes that were heard.
std::set<std::string> DocsLive::provoke_errors(Websocket& live) const {
  const auto at = [](const std::string& after) {
    return subscription("e", R"(,"after":")" + after + "\"");
  };
  const std::string place = member(server_.get("/api/v1/mentions"), "cursor");
  const std::string ahead = place.substr(0, place.size() - 16) + "00000000ffffffff";
  std::vector<std::string> mistakes{"nonsense",
                                    R"({"op":"unsubscribe","id":"nobody"})",
                                    subscription("e", R"(,"where":"???")"),
                                    subscription("e", R"(,"view":"no-such-view")"),
                                    at("soon"),
                                    at("p" + std::string(24, '0')),
                                    at(ahead),
                                    subscription("e", ""),
                                    subscription("e", "")};
  for (int i = 0; i < 64; ++i) mistakes.push_back(subscription(fmt::format("more{}", i), ""));
  std::set<std::string> codes;
  for (const std::string& mistake : mistakes) live.send(mistake);
  while (!codes.contains("too_many_subscriptions")) {
    const std::string frame = live.hear("error");
    if (frame.empty()) break;
    codes.insert(member(frame, "code"));
  }
  return codes;
}

// Every kind of frame that asyncapi.json describes, and no other.
void expect_all_kinds(const Websocket& live) {
  const std::vector<std::string> described = live_schema().names(Speaker::server);
  std::set<std::string> names = live.names_heard();
  names.insert("newsGap");  // see kNotDriven
  EXPECT_EQ(names, std::set<std::string>(described.begin(), described.end()));
}

TEST_F(DocsLive, EveryMessageIsTakenAndEveryFrameComesAsShown) {
  const CurlAnswer kept =
      server_.curl("PUT", "/api/v1/views/angry-customers", {"Content-Type: application/json"},
                   R"({"where":"sentiment<-0.3"})");
  ASSERT_EQ(kept.status, 200) << kept.body;
  Websocket live(server_.url());
  EXPECT_TRUE(live.answers_a_ping());
  std::vector<DocExample> of_server;
  bool is_subscribed = false;
  for (const DocExample& message : shown_messages()) {
    if (!is_of_client(message)) {
      of_server.push_back(message);
      continue;
    }
    const bool subscribes = member(message.text, "op") == "subscribe";
    if (subscribes && is_subscribed) {
      live.send(R"({"op":"unsubscribe","id":"s1"})");
      live.hear("unsubscribed");
    }
    EXPECT_NE(live_schema().name_of(Speaker::client, message.text), "") << message.text;
    live.send(message.text);
    EXPECT_NE(live.hear(subscribes ? "subscribed" : "unsubscribed"), "") << message.text;
    if (subscribes) server_.push_complaint(), live.hear("mentions");
    is_subscribed = subscribes;
  }
  EXPECT_GE(of_server.size(), 9U);
  live.send(R"({"op":"unsubscribe","id":"s1"})");
  provoke_news(live);
  provoke_gap(live);
  const std::set<std::string> codes = provoke_errors(live);
  for (const std::string& code : first_column(kProtocol, "| error code |")) {
    EXPECT_TRUE(codes.contains(code) || kNotDriven.contains(code)) << code;
  }
  expect_all_kinds(live);
  for (const DocExample& shown : of_server) {
    if (kNotDriven.contains(shown.text)) continue;
    std::string least;
    const auto& frames = live.frames();
    EXPECT_TRUE(std::any_of(frames.begin(), frames.end(),
                            [&](const std::string& frame) {
                              const std::string some = unlike(shown, frame);
                              if (least.empty() || some.size() < least.size()) least = some;
                              return some.empty();
                            }))
        << shown.name << ": no frame is like " << shown.text << '\n'
        << least;
  }
}

TEST_F(DocsLive, WhoComesBackWithTheirCursorMissesAndDoublesNothing) {
  std::vector<std::string> seqs;
  std::string cursor = "start";
  const auto read_until = [&](Websocket& live, std::size_t count) {
    live.send(subscription("s1", R"(,"where":"label:negative","after":")" + cursor + "\""));
    while (seqs.size() < count) {
      const std::string frame = live.hear("mentions");
      if (frame.empty()) return;
      simdjson::dom::parser parser;
      const simdjson::dom::element root = parser.parse(frame);
      for (const simdjson::dom::element item : simdjson::dom::array(root["items"])) {
        seqs.push_back(std::to_string(std::uint64_t(item["seq"])));
      }
      cursor = member(frame, "cursor");
    }
  };
  {
    Websocket live(server_.url());
    read_until(live, 10);
  }
  const std::size_t before = seqs.size();
  for (int i = 0; i < 3; ++i) server_.push_complaint();
  Websocket again(server_.url());
  read_until(again, before + 3);
  std::vector<std::string> all;
  simdjson::dom::parser parser;
  const std::string page =
      server_.get("/api/v1/mentions?after=start&limit=1000&where=label:negative");
  for (const simdjson::dom::element item : simdjson::dom::array(parser.parse(page)["items"])) {
    all.push_back(std::to_string(std::uint64_t(item["seq"])));
  }
  EXPECT_EQ(seqs, all);
}

TEST_F(DocsLive, ConnectionsAreClosedWithTheCodesOfTheTable) {
  std::set<std::string> codes;
  Websocket talkative(server_.url());
  talkative.send(std::string(70'000, ' '));
  codes.insert(talkative.hear_close());
  Websocket live(server_.url());
  live.send(subscription("s1", ""));
  live.hear("subscribed");
  server_.ask_to_stop();
  codes.insert(live.hear_close());
  EXPECT_EQ(codes, (std::set<std::string>{"1001", "1009"}));
  for (const std::string& code : first_column(kProtocol, "| close code |")) {
    EXPECT_TRUE(codes.contains(code) || kNotDriven.contains(code)) << code;
  }
}

// One server-sent event: its lines by their names.
using Event = std::map<std::string, std::string>;

// The next one that `lines` has, without comments; empty when there is none.
Event next_event(const std::function<std::optional<std::string>()>& lines) {
  Event event;
  while (const auto line = lines()) {
    if (line->empty() && !event.empty()) return event;
    const std::size_t colon = line->find(": ");
    if (colon == std::string::npos || colon == 0) continue;
    event[line->substr(0, colon)] = line->substr(colon + 2);
  }
  return event;
}

Event hear_event(TalkingProgram& curl) {
  return next_event([&curl] { return curl.hear(); });
}

Event hear_mention(TalkingProgram& curl) {
  Event event;
  do {
    event = hear_event(curl);
  } while (!event.empty() && event["event"] != "mention");
  return event;
}

std::vector<Event> shown_events(const DocExample& block) {
  std::istringstream text(block.text);
  const auto lines = [&text]() -> std::optional<std::string> {
    std::string line;
    return std::getline(text, line) ? std::optional(line) : std::nullopt;
  };
  std::vector<Event> events;
  for (Event one = next_event(lines); !one.empty(); one = next_event(lines)) events.push_back(one);
  return events;
}

bool is_like(const Event& shown, const Event& event) {
  const auto is_there = [&](const auto& line) {
    const auto real = event.find(line.first);
    if (real == event.end()) return false;
    if (line.first == "data") return unlike({"", line.second}, real->second).empty();
    return line.first == "id" || line.second == real->second;
  };
  return shown.size() == event.size() && std::all_of(shown.begin(), shown.end(), is_there);
}

TEST_F(DocsLive, ServerSentEventsComeAsShownAndGoOnBehindTheLastEventId) {
  const auto blocks = fenced_blocks(kProtocol, "FEED_PROTOCOL.md");
  const auto block = std::find_if(blocks.begin(), blocks.end(), [](const DocExample& one) {
    return one.text.find("retry:") != std::string::npos;
  });
  ASSERT_NE(block, blocks.end());
  const std::string target = server_.url() + "/api/v1/live/sse?after=start&brand=moka_nera";
  TalkingProgram events({"curl", "-sSN", target + "&channels=mentions,alerts"});
  std::vector<Event> heard;
  for (const Event& shown : shown_events(*block)) {
    const auto is_it = [&shown](const Event& event) { return is_like(shown, event); };
    while (std::none_of(heard.begin(), heard.end(), is_it)) {
      heard.push_back(hear_event(events));
      ASSERT_FALSE(heard.back().empty()) << block->name << ": no event is like " << shown.at("id");
    }
  }
  TalkingProgram all({"curl", "-sSN", target});
  Event first = hear_mention(all);
  const Event second = hear_mention(all);
  TalkingProgram again({"curl", "-sSN", "-H", "Last-Event-ID: " + first["id"], target});
  EXPECT_EQ(hear_mention(again), second);
}

}  // namespace
}  // namespace passaparola::testing
