// Reviews of businesses on Trustpilot by its public API, with a key (PROTOCOLS 6).
#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

class TrustpilotPlan : public PollPlan {
 public:
  TrustpilotPlan(Url url, std::vector<std::string> businesses)
      : url_(std::move(url)), businesses_(std::move(businesses)) {}

  ingest::Format format() const override { return ingest::Format::trustpilot; }
  std::vector<std::string> listings() const override { return businesses_; }

  HttpRequest first_page(const std::string& business, const Known&,
                         const std::string& token) const override {
    HttpRequest request;
    request.url = with_query(url_, "/v1/business-units/" + query_encoded(business) + "/reviews",
                             {{"perPage", "100"}, {"orderBy", "createdat.desc"}, {"page", "1"}});
    request.secrets = {{"apikey", token}};
    return request;
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t number) const override {
    if (answer.body.find("\"stars\"") == std::string::npos) return std::nullopt;  // an empty page
    return with_last_parameter(asked, "page", std::to_string(number + 1));
  }

 private:
  const Url url_;
  const std::vector<std::string> businesses_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_trustpilot(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://api.trustpilot.com");
  auto businesses = settings.list("businesses", {});
  if (businesses.empty()) settings.wrong("businesses", "is missing: ids of business units");
  if (config.token.empty()) settings.wrong("token_file", "or token_env is missing: the API key");
  const PollPace pace = read_pace(settings, 600);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<TrustpilotPlan>(url, std::move(businesses)), pace);
}

}  // namespace passaparola::connect
