#include "integration/documented_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include <ctime>
#include <sstream>

#include "core/time.h"
#include "integration/sample.h"
#include "integration/talking_program.h"
#include "integration/webhook_signature.h"

namespace passaparola::testing {
namespace {

constexpr std::int64_t kMinute = 60'000;

struct Said {
  std::string source, id, author, text;
  std::int64_t minutes_ago = 0;
  std::string answers{};  // the id of another post
};

std::string line_of(const Said& said) {
  const Timestamp at{now().milliseconds - said.minutes_ago * kMinute};
  const std::string reply =
      said.answers.empty()
          ? ""
          : fmt::format(R"(,"kind":"reply","reply_to":{{"id":"{}"}})", said.answers);
  return fmt::format(
      R"({{"source":"{0}","id":"{1}","author":{{"id":"{2}","handle":"{2}.example"}},"lang":"en",)"
      R"("text":"{3}","created_at":"{4}","url":"https://{0}.example/{1}"{5}}})"
      "\n",
      said.source, said.id, said.author, said.text, format_rfc3339(at), reply);
}

// With the address that evidence shows.
std::string fans() {
  std::string lines;
  std::istringstream posts(praising_posts(0, 400, 8, 4));
  for (std::string line; std::getline(posts, line);) {
    lines += R"({"url":"https://test.example/praise",)" + line.substr(1) + "\n";
  }
  return lines;
}

// A critic every six hours for a month, which is what is usual, and a crowd of them by now.
std::string critics() {
  std::string lines;
  for (int i = 1; i < 120; ++i) {
    lines += line_of({"test", fmt::format("usual{}", i), fmt::format("usual-{}", i),
                      fmt::format("Terrible Moka Nera, broken on day {}!", i), i * 360 + 120});
  }
  for (int i = 0; i < 15; ++i) {
    lines += line_of({"test", fmt::format("crowd{}", i), fmt::format("crowd-{}", i),
                      fmt::format("Awful Moka Nera, I hate number {}!", i), 1});
  }
  return lines;
}

// One criticises, others defend in the same words; one asks, and is answered.
std::string talk() {
  const std::string defence =
      "To be fair, the Moka Nera of my sister works really well, I love it.";
  std::string lines =
      line_of({"test", "criticism", "carla", "The Moka Nera is terrible and broke at once.", 600});
  for (int i = 0; i < 5; ++i) {
    lines += line_of({"test", fmt::format("defence{}", i), fmt::format("defender-{}", i), defence,
                      500 - i, "criticism"});
  }
  return lines;
}

// A fan so loud on one day that it counts less, and somebody who will ask to be forgotten.
std::string others() {
  std::string lines;
  const std::int64_t since_midnight = now().milliseconds % kMillisecondsPerDay / kMinute;
  for (int i = 0; i < 60; ++i) {
    lines += line_of(
        {"test", fmt::format("loud{}", i), "author-2",
         fmt::format("I love my Moka Nera {}, I recommend it to everybody, try {}!", i, i * 7919),
         since_midnight + 2 * 24 * 60 + i * 7 + 1});  // the evening of the third day back
  }
  lines += line_of({"bluesky", "forgotten", "did:plc:abc", "I love my Moka Nera.", 900});
  return lines;
}

}  // namespace

const std::string DocumentedServer::kSecret = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tr";  // 24 × 'k'

DocumentedServer::DocumentedServer()
    : rules_(write_sample_rules(folder_.path()).string()),
      receiver_([this](const peers::ListingRequest&, std::size_t) {
        return receiver_answers_ == 200 ? peers::takes() : peers::refuses(receiver_answers_);
      }),
      // Then it is silent; and some of its seconds have no post, which is a gap if one says so.
      jetstream_({.posts = 50}) {
  configure();
  serve();  // from here on the delivery has a place in the feed
  server_->signal(SIGTERM);
  server_->wait();
  const std::string posts = path("seed.ndjson");
  write_file(posts, fans() + critics() + talk() + others());
  const Finished filled = run_program(
      folder_.path(), {"replay", "--quiet", "--rules", rules_, "--store", path("store"), posts});
  EXPECT_EQ(filled.exit_code, 0) << filled.err;
  serve();
  const std::time_t started =
      std::time(nullptr);  // signed pushes are taken from the next second on
  EXPECT_TRUE(wait_until([&] { return std::time(nullptr) > started; }));
  check_people();
}

void DocumentedServer::configure() const {
  write_file(
      path("p.toml"),
      fmt::format("[rules]\npath = \"{}\"\n[store]\npath = \"{}\"\n[server]\n"
                  "listen = \"127.0.0.1:0\"\n"
                  "[[source]]\nname = \"bluesky\"\ntype = \"jetstream\"\n"
                  "url = \"ws://localhost:{}\"\nallow_private = true\nsilence_seconds = 1\n"
                  "gap_seconds = 1\n"
                  "[[webhook]]\nname = \"crm\"\nsecret_env = \"CRM_SECRET\"\n"
                  "[[delivery]]\nname = \"crm\"\ntype = \"webhook\"\nurl = \"{}\"\n"
                  "allow_private = true\nsecret_env = \"DELIVERY_SECRET\"\nretry_seconds = 1\n",
                  rules_, path("store"), jetstream_.port(), receiver_.url("/hook")));
}

void DocumentedServer::serve() {
  server_ = std::make_unique<Program>(
      folder_.path(), std::vector<std::string>{"serve", "--config", path("p.toml")},
      std::vector<std::string>{"CRM_SECRET=" + kSecret, "DELIVERY_SECRET=" + kSecret});
  EXPECT_TRUE(server_->wait_for_output("listening on ")) << server_->wait().err;
  url_ = listening_url(server_->out());
}

// The ranks are looked at, then somebody on them loses half of what they said: a revision.
void DocumentedServer::check_people() {
  const std::string ask = "/api/v1/brands/moka_nera/advocates?top=5";
  EXPECT_EQ(curl("GET", ask).status, 200);
  std::string deletes;
  for (int i = 9; i < 300; i += 4) {  // of author-1
    deletes += fmt::format("{{\"op\":\"delete\",\"source\":\"test\",\"id\":\"{}\"}}\n", i);
  }
  push(deletes);
}

CurlAnswer DocumentedServer::curl(const std::string& method, const std::string& target,
                                  const std::vector<std::string>& fields,
                                  const std::string& body) const {
  std::vector<std::string> words{"curl", "-sS", "-i", "--max-time", "60", "-X", method};
  for (const std::string& field : fields) words.insert(words.end(), {"-H", field});
  const std::string file = path("body");
  if (!body.empty()) {
    write_file(file, body);
    words.insert(words.end(), {"--data-binary", "@" + file});
  }
  words.push_back(url_ + target);
  TalkingProgram curl(words);
  std::string out = curl.hear_all();
  EXPECT_EQ(curl.wait(), 0) << method << ' ' << target;
  // A long body waits to be asked for.
  while (out.starts_with("HTTP/1.1 100 ")) out.erase(0, out.find("\r\n\r\n") + 4);
  const std::size_t end = out.find("\r\n\r\n");
  if (end == std::string::npos || !out.starts_with("HTTP/1.1 ")) return {};
  return {std::atoi(out.c_str() + 9), out.substr(0, end + 2), out.substr(end + 4)};
}

void DocumentedServer::push(const std::string& lines) const {
  const CurlAnswer pushed =
      curl("POST", "/api/v1/posts", {"Content-Type: application/x-ndjson"}, lines);
  EXPECT_EQ(pushed.status, 200) << pushed.body;
}

void DocumentedServer::push_complaint() {
  const int number = ++complaints_;
  push(line_of({"test", fmt::format("complaint{}", number), fmt::format("complainer-{}", number),
                fmt::format("Terrible Moka Nera, again {} broken!", number)}));
}

std::string DocumentedServer::mention_id_where(const std::string& where) const {
  simdjson::dom::parser parser;
  std::string_view id;
  const std::string page = get("/api/v1/mentions?limit=1&after=start&where=" + where);
  EXPECT_EQ(parser.parse(page)["items"].at(0)["mention_id"].get(id), simdjson::SUCCESS) << page;
  return std::string(id);
}

std::string DocumentedServer::signature(const std::string& id, const std::string& second,
                                        const std::string& body) {
  return webhook_signature(std::string(24, 'k'), id, second, body);
}

}  // namespace passaparola::testing
