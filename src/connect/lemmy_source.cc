// A Lemmy server's newest posts and comments, its own and those that reach it (PROTOCOLS 5).
#include <fmt/format.h>

#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

constexpr std::string_view kPerPage = "50";

class LemmyPlan : public PollPlan {
 public:
  LemmyPlan(Url url, std::string reach, std::vector<std::string> communities)
      : url_(std::move(url)), reach_(std::move(reach)), communities_(std::move(communities)) {}

  ingest::Format format() const override { return ingest::Format::lemmy; }

  // "post", "comment", or "post of COMMUNITY".
  std::vector<std::string> listings() const override {
    std::vector<std::string> names;
    for (const std::string kind : {"post", "comment"}) {
      if (communities_.empty()) names.push_back(kind);
      for (const std::string& community : communities_) names.push_back(kind + " of " + community);
    }
    return names;
  }

  HttpRequest first_page(const std::string& listing, const Known&,
                         const std::string& token) const override {
    const std::string kind = listing.substr(0, listing.find(' '));
    std::vector<std::pair<std::string, std::string>> parameters{
        {"type_", reach_}, {"sort", "New"}, {"limit", std::string(kPerPage)}};
    if (kind.size() < listing.size()) {
      parameters.emplace_back("community_name", listing.substr(kind.size() + 4));
    }
    parameters.emplace_back("page", "1");
    HttpRequest request;
    request.url = with_query(url_, "/api/v3/" + kind + "/list", parameters);
    if (!token.empty()) request.secrets = {{"Authorization", "Bearer " + token}};
    return request;
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t number) const override {
    if (answer.body.find("\"ap_id\"") == std::string::npos) return std::nullopt;  // an empty page
    return with_last_parameter(asked, "page", std::to_string(number + 1));
  }

 private:
  const Url url_;
  const std::string reach_;
  const std::vector<std::string> communities_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_lemmy(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "");
  const std::string reach = settings.text("reach", "All");
  if (reach != "All" && reach != "Local" && reach != "Subscribed") {
    settings.wrong("reach", "must be All, Local or Subscribed");
  }
  auto communities = settings.list("communities", {});
  const PollPace pace = read_pace(settings, 60);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<LemmyPlan>(url, reach, std::move(communities)), pace);
}

}  // namespace passaparola::connect
