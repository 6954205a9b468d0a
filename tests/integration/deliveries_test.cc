// Deliveries of the real program: killed again and again while a receiver does whatever receivers
// do, it loses nothing, doubles nothing under another id, and changes no order.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include <set>
#include <thread>

#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"
#include "integration/webhook_signature.h"
#include "peers/receiver_peer.h"

namespace passaparola::testing {
namespace {

using peers::ListingRequest;
using peers::ReceiverPeer;

// base64 of 24 times 'k'.
const std::string kSecret = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tr";

std::string signature_of(const ListingRequest& request) {
  return "v1," + webhook_signature(std::string(24, 'k'), request.field("webhook-id"),
                                   request.field("webhook-timestamp"), request.body);
}

// The ids of the posts that were delivered, one a line, repeated messages left out.
std::string delivered_ids(const std::vector<ListingRequest>& taken) {
  std::string ids;
  std::set<std::string> seen;
  simdjson::dom::parser parser;
  for (const ListingRequest& request : taken) {
    if (!seen.insert(request.field("webhook-id")).second) continue;
    simdjson::dom::array items;
    if (parser.parse(request.body)["items"].get(items)) return "unreadable";
    for (const simdjson::dom::element item : items) {
      ids.append(std::string_view(item["post"]["id"])).push_back('\n');
    }
  }
  return ids;
}

constexpr std::chrono::seconds kPatience{120};

class DeliveriesOfTheProgram : public ::testing::Test {
 protected:
  void configure(const std::string& deliveries) const {
    write_file(config_, fmt::format("[rules]\npath = \"{}\"\n[store]\npath = \"{}\"\n[server]\n"
                                    "listen = \"127.0.0.1:0\"\n{}",
                                    rules_, store_, deliveries));
  }
  static std::string delivery(const ReceiverPeer& receiver, const std::string& rest = "") {
    return fmt::format(
        "[[delivery]]\nname = \"crm\"\ntype = \"webhook\"\nurl = \"{}\"\nallow_private = true\n"
        "secret_env = \"CRM_SECRET\"\nretry_seconds = 1\n{}\n",
        receiver.url("/hook?key=segretissimo"), rest);
  }
  std::unique_ptr<Program> serve() {
    auto program = std::make_unique<Program>(folder_.path(),
                                             std::vector<std::string>{"serve", "--config", config_},
                                             std::vector<std::string>{"CRM_SECRET=" + kSecret});
    EXPECT_TRUE(program->wait_for_output("listening on ")) << program->wait().err;
    url_ = listening_url(program->out());
    return program;
  }
  void push(std::uint64_t first, std::uint64_t count) {
    const auto answer = http_request(url_, "POST", "/api/v1/posts", sample_posts(first, count, 2));
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
  }
  std::string get(const std::string& target) {
    const auto answer = http_request(url_, "GET", target);
    said_ += answer ? answer->head + answer->body : "";
    return answer ? answer->body : "";
  }
  bool has_metric(const std::string& line) {
    return get("/metrics").find("passaparola_deliveries_" + line + "\n") != std::string::npos;
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string store_ = (folder_ / "store").string();
  const std::string config_ = (folder_ / "p.toml").string();
  std::string url_;
  std::string said_;  // everything that the server answered
};

TEST_F(DeliveriesOfTheProgram, LoseAndDoubleNothingWhenItIsKilled) {
  constexpr std::uint64_t kPosts = 60;
  ReceiverPeer receiver([](const ListingRequest&, std::size_t number) {
    return number % 2 == 0 && number < 40 ? peers::misbehaves(number / 2) : peers::takes();
  });
  configure(delivery(receiver));
  serve()->signal(SIGKILL);  // from here on it has a place in the feed
  constexpr int kKills = 6;
  for (int i = 0; i < kKills; ++i) {
    const auto program = serve();
    const std::size_t requests = receiver.requests().size();
    push(kPosts * static_cast<std::uint64_t>(2 * i), kPosts);
    ASSERT_TRUE(receiver.wait_for_requests(requests + 1));
    push(kPosts * static_cast<std::uint64_t>(2 * i + 1), kPosts);
    // Both pushes may come in no more than two.
    if (i % 2 == 1) ASSERT_TRUE(receiver.wait_for_requests(requests + 2));
    program->signal(SIGKILL);
    program->wait();
  }
  {
    const auto program = serve();
    ASSERT_TRUE(
        wait_until([&] { return has_metric("lag_mentions{delivery=\"crm\"} 0"); }, kPatience));
    EXPECT_TRUE(has_metric("undelivered{delivery=\"crm\"} 0"));
    program->signal(SIGTERM);
    const Finished ended = program->wait();
    EXPECT_EQ(ended.exit_code, 0);
    said_ += ended.out + ended.err;
  }
  const Finished feed = run_program(folder_.path(), {"feed", "--store", store_});
  ASSERT_EQ(feed.exit_code, 0) << feed.err;
  EXPECT_EQ(delivered_ids(receiver.taken()), post_ids(feed.out));
  EXPECT_EQ(std::count(feed.out.begin(), feed.out.end(), '\n'), kPosts * kKills);
  std::map<std::string, std::string> bodies;
  for (const ListingRequest& request : receiver.requests()) {
    EXPECT_EQ(request.field("webhook-signature"), signature_of(request));
    const auto [known, is_new] = bodies.emplace(request.field("webhook-id"), request.body);
    EXPECT_EQ(known->second, request.body) << "one id, one message";
  }
  EXPECT_GT(receiver.requests().size(), bodies.size()) << "some were sent more than once";
  for (const std::string secret : {"segretissimo", "a2tra2tra2tr", "kkkkkkkkkk"}) {
    EXPECT_EQ(said_.find(secret), std::string::npos) << secret;
  }
}

TEST_F(DeliveriesOfTheProgram, WhoAnswersGoneIsLeftAloneUntilAskedOn) {
  std::atomic<bool> wants{false};
  ReceiverPeer receiver([&wants](const ListingRequest&, std::size_t) {
    return wants ? peers::takes() : peers::refuses(410);
  });
  configure(delivery(receiver));
  {
    const auto program = serve();
    push(0, 10);
    ASSERT_TRUE(wait_until([&] { return has_metric("off{delivery=\"crm\"} 1"); }, kPatience));
    program->signal(SIGKILL);
    program->wait();
  }
  const auto program = serve();
  push(10, 10);
  const std::string told = get("/api/v1/deliveries");
  EXPECT_NE(told.find("\"is_off\":true"), std::string::npos) << told;
  EXPECT_NE(told.find("\"lag_mentions\":10"), std::string::npos) << told;
  EXPECT_EQ(receiver.requests().size(), 1U);
  wants = true;
  const auto on = http_request(url_, "POST", "/api/v1/deliveries/crm:replay", "{\"on\":true}",
                               "application/json");
  ASSERT_TRUE(on);
  EXPECT_EQ(on->status, 200) << on->body;
  ASSERT_TRUE(
      wait_until([&] { return has_metric("lag_mentions{delivery=\"crm\"} 0"); }, kPatience));
  const Finished table = run_program(folder_.path(), {"deliveries", "--server", url_});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("crm"), std::string::npos) << table.out;
  EXPECT_EQ(table.out.find("segretissimo"), std::string::npos) << table.out;
  program->signal(SIGTERM);
  EXPECT_EQ(program->wait().exit_code, 0);
  const Finished feed = run_program(folder_.path(), {"feed", "--store", store_});
  EXPECT_EQ(delivered_ids(receiver.taken()), post_ids(feed.out));
}

TEST_F(DeliveriesOfTheProgram, AnExportIsTheFeedAsOfItsBeginning) {
  configure("");
  const auto program = serve();
  push(0, 3'000);
  const auto begun = http_request(url_, "POST", "/api/v1/exports", "{}", "application/json");
  ASSERT_TRUE(begun);
  ASSERT_EQ(begun->status, 202) << begun->body;
  push(3'000, 10);
  const std::size_t at = begun->head.find("Location: ") + 10;
  const std::string place = begun->head.substr(at, begun->head.find('\r', at) - at);
  ASSERT_TRUE(wait_until([&] { return get(place).find("\"state\":\"done\"") != std::string::npos; },
                         kPatience));
  const std::string exported = get(place + "/file");
  program->signal(SIGTERM);
  EXPECT_EQ(program->wait().exit_code, 0);
  const Finished feed = run_program(folder_.path(), {"feed", "--store", store_, "--limit", "1500"});
  EXPECT_EQ(post_ids(exported), post_ids(feed.out));
}

TEST_F(DeliveriesOfTheProgram, AMistakeInTheConfigurationNamesTheDeliveryAndTheKey) {
  const auto expect_refused = [this](const std::string& deliveries, const std::string& words) {
    configure(deliveries);
    const Finished finished = run_program(folder_.path(), {"serve", "--config", config_},
                                          {"CRM_SECRET=" + kSecret, "SHORT=whsec_a2s="});
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_NE(finished.err.find(words), std::string::npos) << finished.err;
    EXPECT_EQ(finished.err.find("a2tra2tr"), std::string::npos) << finished.err;
  };
  const std::string crm = "[[delivery]]\nname = \"crm\"\ntype = \"webhook\"\n";
  const std::string url = "url = \"https://crm.example/hook\"\n";
  const std::string secret = "secret_env = \"CRM_SECRET\"\n";
  expect_refused("[[delivery]]\nname = \"Il CRM\"\n", "delivery 'Il CRM': name: a name has small");
  expect_refused("[[delivery]]\nname = \"crm\"\n" + url + secret, "delivery 'crm': type must be");
  expect_refused(crm + secret, "p.toml:7: delivery 'crm': url must be given once");
  expect_refused(crm + url, "delivery 'crm': secret_file says where the secret is");
  expect_refused(crm + url + "secret = \"" + kSecret + "\"\n", "secret is no key of a delivery");
  expect_refused(crm + url + "secret_file = \"" + kSecret + "\"\n", "secret_file says where");
  expect_refused(crm + url + secret + "what = [\"posts\"]\n", "what must be a list of");
  expect_refused(crm + url + secret + "least_level = \"none\"\n", "least_level must be");
  expect_refused(crm + url + secret + "quiet_hours = \"22-7\"\n", "quiet_hours must be such as");
  expect_refused(crm + url + secret + "utc_offset = \"+01:00\"\n", "utc_offset is for quiet_hours");
  expect_refused(crm + url + secret + "every_seconds = -1\n", "every_seconds must be a whole");
  expect_refused(crm + url + secret + "where = \"label:\"\n", "delivery 'crm': where: ");
  expect_refused(crm + url + "secret_env = \"SHORT\"\n", "secret_env: a secret has at least 24");
  expect_refused(crm + url + "secret_env = \"NONE\"\n", "the variable NONE is not set");
  expect_refused(crm + "url = \"ftp://crm.example\"\n" + secret, "delivery 'crm': url: ");
  expect_refused(crm + "url = \"https://u:p@crm.example\"\n" + secret, "delivery 'crm': url: ");
  expect_refused(crm + url + secret + crm + url + secret, "delivery 'crm': name is taken");
  const std::string mail =
      "[[delivery]]\nname = \"m\"\ntype = \"email\"\nurl = \"smtps://mail.example\"\n";
  const std::string people = "from = \"a@b.example\"\nto = [\"c@d.example\"]\n";
  expect_refused(mail, "delivery 'm': from: must be an address");
  expect_refused(mail + "from = \"a@b.example\"\nto = [\"c d\"]\n", "to: must be a list");
  expect_refused(mail + people + "user = \"bot\"\n", "says where the password of user is");
  expect_refused(mail + people + "proxy = \"http://p:1\"\n", "proxy is for webhooks and slack");
  expect_refused(crm + url + secret + people, "user, from and to are for email alone");
  write_file(folder_ / "bad.json", "{\n\"a\": \"{{txt}}\"}");
  expect_refused(
      crm + url + secret + "template_file = \"" + (folder_ / "bad.json").string() + "\"\n",
      "line 2: {{txt}} is none of");
  expect_refused("[[delivery]]\nname = \"s\"\ntype = \"slack\"\n" + url + secret,
                 "is for webhooks");
}

}  // namespace
}  // namespace passaparola::testing
