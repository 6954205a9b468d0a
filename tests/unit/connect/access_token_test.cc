// What is given for a secret, and what is not.
#include "connect/access_token.h"

#include <gtest/gtest.h>

namespace passaparola::connect {
namespace {

constexpr Timestamp kAt{1'790'000'000'000};

HttpResponse answer(unsigned status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.url = *parse_url("https://login.example/token");
  return response;
}

TEST(AccessToken, IsAskedForByAForm) {
  const HttpRequest request = token_request(*parse_url("https://login.example/token"),
                                            {{"grant_type", "urn:a"}, {"assertion", "e30.x_-~"}});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url.target, "/token");
  EXPECT_EQ(request.body, "grant_type=urn%3Aa&assertion=e30.x_-~");
}

TEST(AccessToken, HoldsUntilAMinuteBeforeItExpires) {
  const auto seconds = [](const std::string& body) {
    const auto token = read_access_token(answer(200, body), kAt);
    EXPECT_TRUE(token) << body;
    EXPECT_EQ(token->text, "abc") << body;
    return (token->renew_at.milliseconds - kAt.milliseconds) / kMillisecondsPerSecond;
  };
  EXPECT_EQ(seconds(R"({"access_token":"abc","expires_in":3599,"token_type":"Bearer"})"), 3539);
  EXPECT_EQ(seconds(R"({"access_token":"abc"})"), 3540);
  EXPECT_EQ(seconds(R"({"access_token":"abc","expires_in":"soon"})"), 3540);
  EXPECT_EQ(seconds(R"({"access_token":"abc","expires_in":59})"), 0);
  EXPECT_EQ(seconds(R"({"access_token":"abc","expires_in":-1})"), 0);
  EXPECT_EQ(seconds(R"({"access_token":"abc","expires_in":1e300})"), 86'400);
}

TEST(AccessToken, SaysWhyThereIsNone) {
  struct Case {
    unsigned status;
    const char* body;
    Trouble trouble;
    const char* message;
  };
  const Case cases[] = {
      {400, R"({"error":"invalid_grant","error_description":"geheim"})", Trouble::unauthorised,
       "login.example gives no token: invalid_grant"},
      {200, R"({"error":"invalid_client"})", Trouble::unauthorised,
       "login.example gives no token: invalid_client"},
      {400, R"({"error":"geheim"})", Trouble::refused, "login.example answers 400"},
      {503, R"({"error":"invalid_grant"})", Trouble::server, "login.example answers 503"},
      {429, "", Trouble::rate_limited, "login.example answers 429"},
      {200, "<html>", Trouble::protocol, "login.example answers something that is no token"},
      {200, R"({"access_token":7})", Trouble::protocol,
       "login.example answers something that is no token"},
      {200, R"({"access_token":"a\r\nHost: b"})", Trouble::protocol,
       "login.example answers something that is no token"},
  };
  for (const Case& c : cases) {
    const auto token = read_access_token(answer(c.status, c.body), kAt);
    ASSERT_FALSE(token) << c.body;
    EXPECT_EQ(token.error().trouble, c.trouble) << c.body;
    EXPECT_EQ(token.error().message, c.message);
  }
}

TEST(AccessToken, IsNotAskedForElsewhere) {
  const auto led_to = [](unsigned status, const std::string& location) {
    HttpRequest request =
        token_request(*parse_url("https://login.example/token"), {{"refresh_token", "geheim"}});
    HttpResponse redirect = answer(status, "");
    redirect.add_field("Location", location);
    if (!follow_redirect(request, redirect)) return std::string("nowhere");
    return request.url.to_string() + " " + request.body;
  };
  EXPECT_EQ(led_to(307, "/new"), "https://login.example/new refresh_token=geheim");
  EXPECT_EQ(led_to(307, "https://other.example/"), "nowhere");
  EXPECT_EQ(led_to(302, "https://login.example:444/"), "nowhere");
  EXPECT_EQ(led_to(303, "https://other.example/"), "https://other.example/ ");
}

}  // namespace
}  // namespace passaparola::connect
