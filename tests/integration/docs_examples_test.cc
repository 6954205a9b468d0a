// The examples of docs/FEED_PROTOCOL.md and README.md, read from there and driven by clients that
// are not ours: every request by curl, every command by a shell. (The websocket and the events:
// docs_live_test.cc.) An example that nobody drives fails, and so does one that is not true.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <ctime>
#include <map>

#include "core/time.h"
#include "integration/doc_examples.h"
#include "integration/doc_json.h"
#include "integration/documented_server.h"
#include "integration/talking_program.h"

namespace passaparola::testing {
namespace {

using Driver = std::function<void(const DocExample&)>;

const std::string kProtocol = PASSAPAROLA_SOURCE_DIR "/docs/FEED_PROTOCOL.md";
const std::string kReadme = PASSAPAROLA_SOURCE_DIR "/README.md";
const std::string kJson = "Content-Type: application/json";

// Two posts, and a line that is none.
const std::string kPosts =
    R"({"source":"test","id":"pushed1","author":{"id":"piero"},"text":"Adoro la moka nera",)"
    R"("created_at":"2026-11-21T10:00:00Z"})"
    "\n"
    R"({"source":"test","id":"pushed2","author":{"id":"paola"},"text":"Piove",)"
    R"("created_at":"2026-11-21T10:00:00Z"})"
    "\n"
    R"({"source":"test","id":"pushed3"})"
    "\n";

// As a string of JSON. The bare word is warned of.
const std::string kNewRules =
    R"(brand moka_nera \"Moka Nera\" { terms \"moka nera\", mokanera, nera }\n)"
    R"(rule moka_nera.gusto { $moka_nera AND [gusto, taste] } tag aspect.taste)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Where an answer is not as it is shown; nothing where it is.
std::string unlike(const std::string& shown, const std::string& answer) {
  std::string_view rest = shown;
  const auto example = take_doc_json(rest);
  if (!example || !rest.empty()) return "the example cannot be read at: " + std::string(rest);
  simdjson::dom::parser parser;
  simdjson::dom::element real;
  if (parser.parse(answer).get(real) != simdjson::SUCCESS) return "no JSON: " + answer;
  return differences(*example, real);
}

class DocsExamples : public ::testing::Test {
 protected:
  void drive_exchange(const DocExchange& exchange, const std::string& name);
  CurlAnswer ask(const DocExchange& exchange) const;
  std::string real(std::string text) const;
  void expect_shown(const std::string& shown, const std::string& target, const std::string& name);
  std::string run(const std::string& commands) const;

  void prepare_for(const DocExchange& exchange);
  void correct_some(const std::string& language) const;
  void fail_deliveries();

  void drive_all(const std::vector<DocExample>& blocks,
                 const std::map<std::string, Driver>& drivers);
  void drive_command_line(const DocExample& block);
  void drive_post(const DocExample& block);
  void drive_problem(const DocExample& block);
  void drive_delivered_messages(const DocExample& block);

  DocumentedServer server_;
  const std::string mention_ = server_.mention_id_where("label:positive");
};

// A request with what stands for something real in its place.
std::string DocsExamples::real(std::string text) const {
  const auto stands_for = [&text](const std::string& from, const std::function<std::string()>& to) {
    if (text.find(from) != std::string::npos) text = replaced(text, from, to());
  };
  stands_for("9f86d081884c7d659a2feaa0c55ad015", [&] { return mention_; });
  stands_for("79b1…", [&] {
    simdjson::dom::parser parser;
    const std::string rules = server_.get("/api/v1/rules");
    return std::string(std::string_view(parser.parse(rules)["hash"]));
  });
  stands_for(R"("moka.rules","text":"…")",
             [] { return R"("moka.rules","text":")" + kNewRules + "\""; });
  stands_for(R"(exclusions.rules","text":"…")",
             [] { return std::string(R"(exclusions.rules","text":"# none")"); });
  stands_for("http://127.0.0.1:8737", [&] { return server_.url(); });
  stands_for("{id}", [&] { return mention_; });
  stands_for("{brand}", [] { return std::string("moka_nera"); });
  return text;
}

CurlAnswer DocsExamples::ask(const DocExchange& exchange) const {
  std::vector<std::string> fields;
  std::string body = real(exchange.body);
  if (exchange.target.ends_with("/posts") ||
      exchange.target.find("/webhooks/") != std::string::npos) {
    body = kPosts;
  }
  const std::string now = std::to_string(std::time(nullptr));
  for (const std::string& field : exchange.fields) {
    if (field == "Content-Encoding: gzip") {
      write_file(server_.path("plain"), body);
      body = run("gzip -c plain");
    }
    if (field.starts_with("webhook-timestamp: ")) {
      fields.push_back("webhook-timestamp: " + now);
    } else if (field.starts_with("webhook-signature: v1,")) {
      const std::string id = exchange.fields.front().substr(std::string("webhook-id: ").size());
      fields.push_back("webhook-signature: v1," + DocumentedServer::signature(id, now, body));
    } else {
      fields.push_back(real(field));
    }
  }
  return server_.curl(exchange.method, real(exchange.target), fields, body);
}

void DocsExamples::drive_exchange(const DocExchange& exchange, const std::string& name) {
  ASSERT_NE(exchange.status, 0) << name << ": no status is shown for " << exchange.target;
  prepare_for(exchange);
  CurlAnswer answer;
  std::string unlikeness;
  const auto is_shown = [&] {
    answer = ask(exchange);
    unlikeness = exchange.answer.empty() ? "" : unlike(exchange.answer, answer.body);
    return answer.status == exchange.status && unlikeness.empty();
  };
  // What is only read may be read again until it has come to be as shown.
  if (exchange.method == "GET" ? wait_until(is_shown) : is_shown()) {
    for (const std::string& field : exchange.answer_fields) {
      EXPECT_NE(answer.head.find("\r\n" + field + ": "), std::string::npos) << name << answer.head;
    }
    return;
  }
  ADD_FAILURE() << name << ": " << exchange.method << ' ' << exchange.target << " is answered "
                << answer.status << "\n"
                << unlikeness << answer.body.substr(0, 3000);
}

// GETs `target` until it is as shown.
void DocsExamples::expect_shown(const std::string& shown, const std::string& target,
                                const std::string& name) {
  std::string unlikeness;
  EXPECT_TRUE(wait_until([&] {
    unlikeness = unlike(shown, server_.get(target));
    return unlikeness.empty();
  })) << name
      << '\n'
      << unlikeness;
}

// In the folder of the server's files, with the program in PATH; the commands must succeed.
std::string DocsExamples::run(const std::string& commands) const {
  const std::string program = PASSAPAROLA_PROGRAM;
  const std::string folder = program.substr(0, program.rfind('/'));
  TalkingProgram shell({"bash", "-euo", "pipefail", "-c", commands},
                       {"PATH=" + folder + ":" + std::getenv("PATH")}, server_.path(""));
  std::string out = shell.hear_all();
  EXPECT_EQ(shell.wait(), 0) << commands << '\n' << out;
  return out;
}

// What must have happened so that there is something to be shown.
void DocsExamples::prepare_for(const DocExchange& exchange) {
  if (exchange.method == "PATCH" && exchange.body.find("waiting") != std::string::npos) {
    const std::string target = "/api/v1/mentions/" + mention_;
    for (const char* step :
         {R"({"state":"open"})", R"({"note":"un momento"})", R"({"assignee":"anna"})"}) {
      EXPECT_EQ(server_.curl("PATCH", target, {kJson}, step).status, 200);
    }
  }
  if (exchange.target == "/api/v1/deliveries") fail_deliveries();
  if (exchange.target.ends_with(":replay")) server_.answer_deliveries_with(200);
}

// One message is given up after three tries, the next is waiting to be tried again.
void DocsExamples::fail_deliveries() {
  EXPECT_TRUE(wait_until([&] { return !server_.delivered().empty(); }));
  server_.answer_deliveries_with(422);
  server_.push_complaint();
  EXPECT_TRUE(wait_until([&] {
    return server_.get("/api/v1/deliveries/crm/undelivered?after=0").find("\"number\":") !=
           std::string::npos;
  }));
  server_.answer_deliveries_with(503);
  server_.push_complaint();
}

void DocsExamples::correct_some(const std::string& language) const {
  simdjson::dom::parser parser;
  const std::string page =
      server_.get("/api/v1/mentions?limit=10&after=start&where=lang:" + language);
  for (const simdjson::dom::element item : simdjson::dom::array(parser.parse(page)["items"])) {
    const std::string target =
        "/api/v1/mentions/" + std::string(std::string_view(item["mention_id"]));
    const std::string_view label = item["sentiment"]["label"];
    const CurlAnswer corrected = server_.curl(
        "PATCH", target, {kJson},
        fmt::format(R"({{"correction":{{"label":"{}","acts":["recommend"],"about_brand":true,)"
                    R"("sampled":true}}}})",
                    label == "negative" ? "negative" : "positive"));
    EXPECT_EQ(corrected.status, 200) << corrected.body;
  }
}

void DocsExamples::drive_command_line(const DocExample& block) {
  write_file(server_.path("posts.ndjson"), kPosts);
  run(replaced(real(block.text), "whsec_…", DocumentedServer::kSecret));
}

void DocsExamples::drive_problem(const DocExample& block) {
  // The last 16 of a cursor's characters are its place.
  simdjson::dom::parser parser;
  std::string ahead(std::string_view(parser.parse(server_.get("/api/v1/mentions"))["cursor"]));
  ahead.replace(ahead.size() - 16, 16, "00000000ffffffff");
  expect_shown(block.text, "/api/v1/mentions?after=" + ahead, block.name);
}

// Every kind of message that is shown was taken by the receiver, signed.
void DocsExamples::drive_delivered_messages(const DocExample& block) {
  std::istringstream lines(block.text);
  for (std::string line; std::getline(lines, line);) {
    std::string least;
    const auto is_like = [&line, &least](const peers::ListingRequest& request) {
      if (line.starts_with('{')) return (least = unlike(line, request.body)).empty();
      if (line.starts_with("webhook-"))
        return !request.field(line.substr(0, line.find(':'))).empty();
      return line.empty() || line == request.method + " " + request.target + " HTTP/1.1";
    };
    EXPECT_TRUE(wait_until([&] {
      const auto taken = server_.delivered();
      return std::any_of(taken.begin(), taken.end(), is_like);
    })) << block.name
        << ": " << line << '\n'
        << least;
  }
}

void DocsExamples::drive_post(const DocExample& block) {
  const CurlAnswer pushed =
      server_.curl("POST", "/api/v1/posts", {"Content-Type: application/x-ndjson"}, block.text);
  EXPECT_EQ(pushed.body, R"({"accepted":1,"duplicates":0,"rejected":[]})") << block.name;
}

// Blocks of requests as they stand, others by the driver whose key they begin with.
void DocsExamples::drive_all(const std::vector<DocExample>& blocks,
                             const std::map<std::string, Driver>& drivers) {
  for (const DocExample& block : blocks) {
    const auto exchanges = exchanges_of(block.text);
    for (const DocExchange& exchange : exchanges) drive_exchange(exchange, block.name);
    if (!exchanges.empty()) continue;
    const auto driver = std::find_if(drivers.begin(), drivers.end(), [&block](const auto& one) {
      return block.text.starts_with(one.first);
    });
    if (driver == drivers.end()) {
      ADD_FAILURE() << block.name << ": nobody drives this example:\n" << block.text;
    } else {
      driver->second(block);
    }
  }
}

const Driver kElsewhere = [](const DocExample&) {};  // in docs_live_test.cc

TEST_F(DocsExamples, EveryRequestOfTheProtocolIsAnsweredAsShown) {
  const auto runs = [this](const DocExample& block) { drive_command_line(block); };
  const auto shows_acts = [this](const DocExample& block) {
    expect_shown(R"({"items":[)" + block.text + "]}",
                 "/api/v1/mentions?after=start&limit=1000&where=act:defend", block.name);
  };
  const auto shows_accuracy = [this](const DocExample& block) {
    correct_some("it");
    correct_some("en");
    const Timestamp spring{now().milliseconds - 100 * kMillisecondsPerDay};
    expect_shown("{" + block.text + "}",
                 "/api/v1/brands/moka_nera/stats?bucket=1d&from=" + format_rfc3339(spring),
                 block.name);
  };
  const std::map<std::string, Driver> drivers{
      {R"({"type":"/problems/)", [this](const DocExample& block) { drive_problem(block); }},
      {R"({…,"acts":)", shows_acts},
      {R"("measured_accuracy":)", shows_accuracy},
      {"passaparola feed", runs},
      {"secret=", runs},
      {"POST /hook", [this](const DocExample& block) { drive_delivered_messages(block); }},
      {R"({"op":"subscribe")", kElsewhere},
      {R"({"op":"subscribed")", kElsewhere},
      {"id: CURSOR", kElsewhere}};
  const std::string protocol = read_file(kProtocol);
  drive_all(fenced_blocks(protocol, "FEED_PROTOCOL.md"), drivers);
}

// GETs in the middle of sentences, which say nothing of the answer but that there is one.
TEST_F(DocsExamples, WhatIsSaidToBeReadInPassingIsAnswered) {
  EXPECT_EQ(server_.curl("PUT", "/api/v1/views/angry-customers", {kJson}, "{}").status, 200);
  std::size_t driven = 0;
  for (const DocExample& span : quoted_spans(read_file(kProtocol), "FEED_PROTOCOL.md")) {
    if (!span.text.starts_with("GET /")) continue;
    std::string target = real(span.text.substr(4));
    if (target.find("/authors/") != std::string::npos) {
      target = replaced(replaced(target, "{source}", "bluesky"), mention_, "did:plc:abc");
    }
    target = replaced(target, "{name}", "angry-customers");
    EXPECT_EQ(server_.curl("GET", target).status, 200) << span.name << ": " << span.text;
    ++driven;
  }
  EXPECT_GE(driven, 8U);
}

// The README's way to one's own brand, as it stands there, in a folder of its own.
TEST_F(DocsExamples, TheReadmeLeadsToAFeedOfOnesOwn) {
  write_file(server_.path("posts.ndjson"), kPosts);
  std::string feed;
  for (int i = 0; i < 9; ++i) {
    feed += fmt::format(R"({{"source":"test","id":"{0}","author":{{"id":"anna"}},"lang":"en",)"
                        R"("text":"I love the taste of acme coffee, number {0}",)"
                        R"("created_at":"2026-11-2{0}T10:00:00Z"}})"
                        "\n",
                        i);
  }
  write_file(server_.path("feed.json"), feed);
  run("mkdir -p build/release && ln -s " PASSAPAROLA_PROGRAM " build/release/passaparola");
  const auto runs = [this](const DocExample& block) {
    run(replaced(real(block.text), "| less", "| cat"));  // nobody is there to turn pages
  };
  const std::map<std::string, Driver> drivers{
      // It installs packages and builds, and this test is a part of it.
      {"./run demo", [](const DocExample&) {}},
      {"brand acme",
       [this](const DocExample& block) {
         write_file(server_.path("my-rules/acme.rules"), block.text);
         run("build/release/passaparola rules check my-rules");
       }},
      {"build/release/passaparola", runs},
      {"curl", runs},
      {R"({"source":)", [this](const DocExample& block) { drive_post(block); }}};
  drive_all(fenced_blocks(read_file(kReadme), "README.md"), drivers);
  EXPECT_NE(run("build/release/passaparola feed --store my-store").find("acme coffee, number 8"),
            std::string::npos);
}

}  // namespace
}  // namespace passaparola::testing
