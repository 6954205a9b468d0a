// Reviews of one's own apps on Google Play by its Developer API, as a service account: those of the
// last week, last modified first (PROTOCOLS 6).
#include "connect/google_login.h"
#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

constexpr const char* kScope = "https://www.googleapis.com/auth/androidpublisher";

class GooglePlayPlan : public PollPlan {
 public:
  GooglePlayPlan(Url url, GoogleLogin login, std::vector<std::string> packages)
      : url_(std::move(url)), login_(std::move(login)), packages_(std::move(packages)) {}

  ingest::Format format() const override { return ingest::Format::googleplay; }
  std::vector<std::string> listings() const override { return packages_; }
  std::optional<HttpRequest> login() const override { return login_.request(now()); }

  HttpRequest first_page(const std::string& package, const Known&,
                         const std::string& token) const override {
    HttpRequest request;
    request.url =
        with_query(url_, "/androidpublisher/v3/applications/" + query_encoded(package) + "/reviews",
                   {{"maxResults", "100"}});
    request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t) const override {
    return with_token_of(answer, "tokenPagination.nextPageToken", asked, "token");
  }

 private:
  const Url url_;
  const GoogleLogin login_;
  const std::vector<std::string> packages_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_googleplay(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://androidpublisher.googleapis.com");
  auto packages = settings.list("packages", {});
  if (packages.empty()) settings.wrong("packages", "is missing: such as com.example.app");
  const auto login = GoogleLogin::read(settings, config.token, kScope);
  const PollPace pace = read_pace(settings, 900);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<GooglePlayPlan>(url, *login, std::move(packages)), pace);
}

}  // namespace passaparola::connect
