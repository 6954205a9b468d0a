// Access to what Google shows only to its owner, by a JSON file: the key of a service account, or
// the consent of a user as gcloud writes it.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "connect/http.h"
#include "connect/service_account.h"
#include "connect/settings.h"

namespace passaparola::connect {

class GoogleLogin {
 public:
  // From the source's secret and the setting "login_url"; nullopt: something is wrong with them.
  // `scope`: what a service account asks for; a user has consented to something already.
  static std::optional<GoogleLogin> read(SourceSettings& settings, const std::string& secret,
                                         std::string scope);

  // For an access token.
  HttpRequest request(Timestamp at) const;

 private:
  struct Consent {
    std::string client_id, client_secret, refresh_token;
  };
  using Who = std::variant<ServiceAccount, Consent>;

  GoogleLogin(Who who, Url url, std::string scope)
      : who_(std::move(who)), url_(std::move(url)), scope_(std::move(scope)) {}

  Who who_;
  Url url_;
  std::string scope_;
};

}  // namespace passaparola::connect
