// Reviews of any place on Google Maps by the Places API (New), with a key: the five that Google
// chooses (PROTOCOLS 6).
#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

class GooglePlacesPlan : public PollPlan {
 public:
  GooglePlacesPlan(Url url, std::vector<std::string> places, std::string language)
      : url_(std::move(url)), places_(std::move(places)), language_(std::move(language)) {}

  ingest::Format format() const override { return ingest::Format::googleplaces; }
  std::vector<std::string> listings() const override { return places_; }
  // A selection has no end to be missed.
  bool may_end_early() const override { return true; }

  HttpRequest first_page(const std::string& place, const Known&,
                         const std::string& token) const override {
    std::vector<std::pair<std::string, std::string>> parameters;
    if (!language_.empty()) parameters.emplace_back("languageCode", language_);
    HttpRequest request;
    request.url = with_query(url_, "/v1/places/" + query_encoded(place), parameters);
    request.fields = {{"X-Goog-FieldMask", "id,reviews"}};
    request.secrets = {{"X-Goog-Api-Key", token}};
    return request;
  }

 private:
  const Url url_;
  const std::vector<std::string> places_;
  const std::string language_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_googleplaces(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://places.googleapis.com");
  auto places = settings.list("places", {});
  if (places.empty()) settings.wrong("places", "is missing: ids of places");
  auto language = settings.text("language", "");
  if (config.token.empty()) settings.wrong("token_file", "or token_env is missing: the API key");
  const PollPace pace = read_pace(settings, 86'400);  // every look at a place is paid for
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<GooglePlacesPlan>(url, std::move(places), std::move(language)),
                   pace);
}

}  // namespace passaparola::connect
