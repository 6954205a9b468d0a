// Signed pushes to the real program: configured, verified, found in the feed, and no secret told.
#include <gtest/gtest.h>
#include <signal.h>

#include <ctime>
#include <optional>

#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"
#include "integration/webhook_signature.h"

namespace passaparola::testing {
namespace {

// base64 of 24 times 'k', and of 24 times 'o'.
const std::string kSecret = "a2tra2tra2tra2tra2tra2tra2tra2tr";
const std::string kOtherSecret = "b29vb29vb29vb29vb29vb29vb29vb29v";

std::string signed_fields(const std::string& id, const std::string& body,
                          const std::string& key = std::string(24, 'k')) {
  const std::string second = std::to_string(std::time(nullptr));
  return "webhook-id: " + id + "\r\nwebhook-timestamp: " + second + "\r\nwebhook-signature: v1," +
         webhook_signature(key, id, second, body) + "\r\n";
}

class SignedPushes : public ::testing::Test {
 protected:
  void configure(const std::string& webhooks) const {
    write_file(config_, "[rules]\npath = \"" + rules_ + "\"\n[store]\npath = \"" +
                            (folder_ / "store").string() +
                            "\"\n[server]\nlisten = \"127.0.0.1:0\"\n" + webhooks);
  }
  Finished refused(const std::string& webhooks) const {
    configure(webhooks);
    return run_program(folder_.path(), {"serve", "--config", config_});
  }
  void expect_refused(const std::string& webhooks, int exit_code, const std::string& words) const {
    const Finished finished = refused(webhooks);
    EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
    EXPECT_NE(finished.err.find(words), std::string::npos) << finished.err;
    EXPECT_EQ(finished.err.find(kSecret), std::string::npos) << finished.err;
  }
  // A second later than the start, from which on signatures are taken.
  void serve() {
    server_.emplace(
        folder_.path(), std::vector<std::string>{"serve", "--config", config_},
        std::vector<std::string>{"SHOP_SECRET=whsec_" + kOtherSecret, "PASSAPAROLA_TOKEN=segreto"});
    ASSERT_TRUE(server_->wait_for_output("listening on ")) << server_->wait().err;
    url_ = listening_url(server_->out());
    const std::time_t started = std::time(nullptr);
    while (std::time(nullptr) == started) {
    }
  }
  HttpAnswer send(const std::string& name, const std::string& fields, const std::string& body) {
    auto answer =
        http_request(url_, "POST", "/api/v1/webhooks/" + name, body, "application/json", fields);
    EXPECT_TRUE(answer);
    said_ += answer ? answer->head + answer->body : "";
    return answer.value_or(HttpAnswer{});
  }
  std::string get(const std::string& target) {
    const auto answer =
        http_request(url_, "GET", target, "", "text/plain", "Authorization: Bearer segreto\r\n");
    said_ += answer ? answer->head + answer->body : "";
    return answer ? answer->body : "";
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string config_ = (folder_ / "p.toml").string();
  const std::string secrets_ = (folder_ / "crm.secret").string();
  std::optional<Program> server_;
  std::string url_;
  std::string said_;  // everything that the server answered
};

TEST_F(SignedPushes, AreFoundInTheFeedAndTellNoSecret) {
  write_file(secrets_, "whsec_bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5u\n\nwhsec_" + kSecret + "\n");
  configure("[[webhook]]\nname = \"crm\"\nsecret_file = \"" + secrets_ +
            "\"\n[[webhook]]\nname = \"shop\"\nformat = \"csv\"\nsecret_env = \"SHOP_SECRET\"\n");
  serve();
  const std::string body = sample_posts(0, 2, 1);
  const HttpAnswer first = send("crm", signed_fields("evt_1", body), body);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body, R"({"accepted":2,"duplicates":0,"rejected":[]})");
  EXPECT_EQ(send("crm", signed_fields("evt_1", body), body).body, first.body);
  EXPECT_NE(send("crm", signed_fields("evt_2", body), body).body.find("\"duplicates\":2"),
            std::string::npos);
  const std::string feed = get("/api/v1/mentions");
  EXPECT_NE(feed.find("Adoro la moka nera, ve la consiglio! Numero 1"), std::string::npos) << feed;
  EXPECT_NE(feed.find("\"seq\":2,"), std::string::npos) << feed;

  const std::string table =
      "source,id,author.id,text,created_at\n"
      "shop,r1,anna,Ottima la moka nera,2026-11-20T10:00:00Z\n";
  const HttpAnswer rows = send("shop", signed_fields("1", table, std::string(24, 'o')), table);
  EXPECT_EQ(rows.body, R"({"accepted":1,"duplicates":0,"rejected":[]})");

  EXPECT_EQ(send("crm", signed_fields("evt_3", body, std::string(24, 'o')), body).status, 401);
  EXPECT_EQ(send("crm", signed_fields("evt_4", body) + "webhook-id: b\r\n", body).status, 400);
  EXPECT_EQ(send("crm", "Authorization: Bearer segreto\r\n", body).status, 400);
  EXPECT_EQ(send("nobody", signed_fields("evt_5", body), body).status, 404);
  EXPECT_NE(
      get("/metrics")
          .find("passaparola_webhook_requests_total{webhook=\"crm\",outcome=\"repeated\"} 1\n"),
      std::string::npos);
  for (const char* target : {"/openapi.json", "/api/v1/sources", "/api/v1/rules"}) get(target);
  server_->signal(SIGTERM);
  const Finished ended = server_->wait();
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  said_ += ended.out + ended.err;
  for (const std::string& secret : {kSecret, kOtherSecret, std::string("bm5ubm5u"),
                                    std::string(24, 'k'), std::string(24, 'o')}) {
    EXPECT_EQ(said_.find(secret), std::string::npos) << secret;
  }
}

TEST_F(SignedPushes, AMistakeInTheConfigurationNamesTheWebhookAndTheKey) {
  write_file(secrets_, "whsec_" + kSecret + "\n");
  const std::string file = "secret_file = \"" + secrets_ + "\"\n";
  const std::string crm = "[[webhook]]\nname = \"crm\"\n";
  expect_refused(crm, 2, "p.toml:7: webhook 'crm': secret_file says where the secret is");
  expect_refused(crm + file + "secret_env = \"X\"\n", 2, "webhook 'crm': secret_file says where");
  expect_refused(crm + "secret_env = \"whsec_" + kSecret + "\"\n", 2,
                 "p.toml:9: webhook 'crm': secret_env says where the secret is, never");
  expect_refused(crm + "secret = \"whsec_" + kSecret + "\"\n", 2,
                 "p.toml:9: webhook 'crm': secret is no key of a webhook");
  expect_refused(crm + file + "format = \"morse\"\n", 2,
                 "webhook 'crm': format 'morse' is none of auto, native,");
  expect_refused(crm + file + "format = 7\n", 2, "webhook 'crm': format must be a string");
  expect_refused("[[webhook]]\nname = \"Il CRM\"\n" + file, 2,
                 "webhook 'Il CRM': name: a name has small letters");
  expect_refused("[[webhook]]\n" + file, 2, "webhook '': name: a name has small letters");
  expect_refused(crm + file + crm + file, 2, "p.toml:10: webhook 'crm': name is taken");
  expect_refused("[webhook]\nname = \"crm\"\n" + file, 2, "p.toml:7: webhook is not a section");
  expect_refused(crm + file + "[[webhook]]\nname = \"shop\"\n" + file, 2,
                 "webhook 'shop': secret_file: webhook 'crm' has the same secret");
  expect_refused(crm + "secret_env = \"NO_SUCH_VARIABLE\"\n", 2,
                 "webhook 'crm': secret_env: the variable NO_SUCH_VARIABLE is not set");
  expect_refused(crm + "secret_file = \"" + secrets_ + ".none\"\n", 1,
                 "webhook 'crm': secret_file: cannot read");
  for (const char* bad : {"", "\n", "whsec_", "whsec_a2s=", "a2tra2tra2tra2tra2tra2tra2tra2tr"}) {
    write_file(secrets_, bad);
    expect_refused(crm + file, 2, "webhook 'crm': secret_file: ");
  }
  write_file(secrets_, "whsec_" + kSecret + "\nwhsec_a2tra2s=\n");
  expect_refused(crm + file, 2,
                 "secret_file: line 2: a secret has at least 24 bytes, this one has 5");
}

}  // namespace
}  // namespace passaparola::testing
