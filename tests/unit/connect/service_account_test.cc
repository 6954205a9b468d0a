// What a service account signs, and which files are none; how Google is asked for a token.
#include "connect/service_account.h"

#include <gtest/gtest.h>

#include "connect/google_login.h"
#include "peers/certificates.h"
#include "unit/connect/service_key.h"

namespace passaparola::connect {
namespace {

constexpr Timestamp kAt{1'790'000'000'999};
constexpr const char* kScope = "https://www.googleapis.com/auth/androidpublisher";
constexpr const char* kGrant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";

std::vector<std::string> parts_of(const std::string& assertion) {
  std::vector<std::string> parts{""};
  for (const char c : assertion) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// `text` with the first `from` in it replaced.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// A private key as it stands in JSON.
std::string json_with_key(const std::string& pem) {
  std::string escaped;
  for (const char c : pem) escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  return R"({"client_email":"e","token_uri":"https://t.example","private_key":")" + escaped + "\"}";
}

std::string error_of(const std::string& json) {
  const auto account = ServiceAccount::parse(json);
  return account ? "" : account.error().message;
}

TEST(ServiceAccount, SignsWhatItAsksFor) {
  const auto account = ServiceAccount::parse(service_key().json());
  ASSERT_TRUE(account) << account.error().message;
  EXPECT_EQ(account->token_uri(), "https://oauth2.googleapis.com/token");
  const std::string assertion = account->assertion(kScope, kAt);
  const auto parts = parts_of(assertion);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0], "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0");
  EXPECT_EQ(from_base64_url(parts[0]), R"({"alg":"RS256","typ":"JWT","kid":"k1"})");
  EXPECT_EQ(from_base64_url(parts[1]),
            R"({"iss":"reader@p.iam.gserviceaccount.com",)"
            R"("scope":"https://www.googleapis.com/auth/androidpublisher",)"
            R"("aud":"https://oauth2.googleapis.com/token","iat":1790000000,"exp":1790003600})");
  EXPECT_TRUE(service_key().signed_it(assertion));
  EXPECT_FALSE(ServiceKey().signed_it(assertion));
  EXPECT_FALSE(service_key().signed_it(with(assertion, "eyJ", "eyK")));
}

TEST(ServiceAccount, AFileThatIsNoneIsRefusedWithoutAWordOfIt) {
  const std::string good = service_key().json();
  const std::string no_key = "has a private_key that is no RSA key of 2048 bits or more";
  EXPECT_EQ(error_of(""), "is no JSON object");
  EXPECT_EQ(error_of(good.substr(0, good.size() - 1)), "is no JSON object");
  EXPECT_EQ(error_of("\"geheim\""), "is no JSON object");
  EXPECT_EQ(error_of("{}"), "has no client_email");
  EXPECT_EQ(error_of(with(good, "client_email", "geheim")), "has no client_email");
  EXPECT_EQ(error_of(with(good, "token_uri", "geheim")), "has no token_uri");
  EXPECT_EQ(error_of(with(good, "\"private_key\"", "\"geheim\"")), "has no private_key");
  EXPECT_EQ(error_of(with(good, "-----BEGIN", "-----GEHEIM")), no_key);
  EXPECT_EQ(error_of(with(good, "MII", "GEH")), no_key);
  EXPECT_EQ(error_of(json_with_key("geheim")), no_key);
  EXPECT_EQ(error_of(json_with_key(ServiceKey(1024).private_pem())), no_key);
  EXPECT_EQ(error_of(json_with_key(peers::Identity::authority().key_pem())), no_key);  // EC
  // One whose password nobody is asked for.
  EXPECT_EQ(error_of(json_with_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
                                   "-----END ENCRYPTED PRIVATE KEY-----\n")),
            no_key);
}

// The request for a token, or what is wrong.
std::string asked_for(const std::string& secret, const std::string& login_url = "") {
  SourceConfig config;
  config.name = "google";
  if (!login_url.empty()) config.settings["login_url"] = {login_url};
  SourceSettings settings(config);
  const auto login = GoogleLogin::read(settings, secret, kScope);
  const auto checked = settings.done();
  if (!checked) return checked.error().message;
  const HttpRequest request = login->request(kAt);
  return request.method + " " + request.url.to_string() + " " + request.body;
}

TEST(GoogleLogin, AsksForATokenByKeyOrByConsent) {
  const std::string consent =
      R"({"client_id":"c","client_secret":"s+","refresh_token":"1//r","type":"authorized_user"})";
  const std::string form =
      " grant_type=refresh_token&client_id=c&client_secret=s%2B"
      "&refresh_token=1%2F%2Fr";
  EXPECT_EQ(asked_for(consent), "POST https://oauth2.googleapis.com/token" + form);
  EXPECT_EQ(asked_for(with(consent, "\"type\"", "\"token_uri\":\"https://t.example/\",\"is\"")),
            "POST https://t.example/" + form);
  EXPECT_EQ(asked_for(consent, "http://127.0.0.1:8/login"), "POST http://127.0.0.1:8/login" + form);
  const std::string by_key = asked_for(service_key().json());
  const std::string before =
      std::string("POST https://oauth2.googleapis.com/token ") + kGrant + "&assertion=";
  ASSERT_EQ(by_key.substr(0, before.size()), before);
  EXPECT_TRUE(service_key().signed_it(by_key.substr(before.size())));
  // It is asked elsewhere, but for the same.
  const std::string elsewhere = asked_for(service_key().json(), "http://127.0.0.1:8/login");
  EXPECT_EQ(elsewhere.substr(elsewhere.find(kGrant)), by_key.substr(by_key.find(kGrant)));
}

TEST(GoogleLogin, SaysWhatIsMissing) {
  const std::string source = "source 'google': ";
  EXPECT_EQ(asked_for(""),
            source + "token_file or token_env is missing: the JSON key of a service account");
  EXPECT_EQ(asked_for("geheim"), source + "token_file is no JSON object");
  for (const char* part : {R"({"type":"authorized_user"})", R"({"refresh_token":"geheim"})",
                           R"({"refresh_token":"geheim","client_id":"geheim"})"}) {
    EXPECT_EQ(asked_for(part),
              source + "token_file has no client_id, client_secret or refresh_token");
  }
  for (const char* uri : {"http://t.example/", "wss://t.example/", "geheim"}) {
    EXPECT_EQ(asked_for(with(service_key().json(), "https://oauth2.googleapis.com/token", uri)),
              source + "token_file has a token_uri that does not begin with https://");
  }
  EXPECT_EQ(asked_for(service_key().json(), "nowhere"), source + "login_url not a URL");
}

}  // namespace
}  // namespace passaparola::connect
