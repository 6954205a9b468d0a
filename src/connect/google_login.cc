#include "connect/google_login.h"

#include "connect/access_token.h"

namespace passaparola::connect {
namespace {

constexpr const char* kTokenUri = "https://oauth2.googleapis.com/token";

// Where tokens are asked for: a file may not lead to plain text, only a setting, for tests.
Url login_url(SourceSettings& settings, const std::string& token_uri) {
  const auto told = parse_url(token_uri);
  if (!told || !told->is_secure || told->is_websocket) {
    settings.wrong("token_file", "has a token_uri that does not begin with https://");
  }
  return settings.url("login_url", token_uri);
}

}  // namespace

std::optional<GoogleLogin> GoogleLogin::read(SourceSettings& settings, const std::string& secret,
                                             std::string scope) {
  if (secret.empty()) {
    settings.wrong("token_file", "or token_env is missing: the JSON key of a service account");
    return std::nullopt;
  }
  Consent consent{json_text(secret, "client_id"), json_text(secret, "client_secret"),
                  json_text(secret, "refresh_token")};
  if (!consent.refresh_token.empty() || json_text(secret, "type") == "authorized_user") {
    if (consent.client_id.empty() || consent.client_secret.empty() ||
        consent.refresh_token.empty()) {
      settings.wrong("token_file", "has no client_id, client_secret or refresh_token");
    }
    const std::string told = json_text(secret, "token_uri");
    Url url = login_url(settings, told.empty() ? kTokenUri : told);
    return GoogleLogin(std::move(consent), std::move(url), std::move(scope));
  }
  auto account = ServiceAccount::parse(secret);
  if (!account) {
    settings.wrong("token_file", account.error().message);
    return std::nullopt;
  }
  Url url = login_url(settings, account->token_uri());
  return GoogleLogin(*std::move(account), std::move(url), std::move(scope));
}

HttpRequest GoogleLogin::request(Timestamp at) const {
  if (const auto* consent = std::get_if<Consent>(&who_)) {
    return token_request(url_, {{"grant_type", "refresh_token"},
                                {"client_id", consent->client_id},
                                {"client_secret", consent->client_secret},
                                {"refresh_token", consent->refresh_token}});
  }
  return token_request(url_, {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
                              {"assertion", std::get<ServiceAccount>(who_).assertion(scope_, at)}});
}

}  // namespace passaparola::connect
