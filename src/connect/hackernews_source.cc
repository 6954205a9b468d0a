// Hacker News by the search of Algolia, which knows every story and comment within minutes and asks
// for no key (PROTOCOLS 5).
#include <fmt/format.h>

#include "connect/poll.h"
#include "connect/settings.h"

namespace passaparola::connect {
namespace {

constexpr std::size_t kPerPage = 100;
constexpr std::size_t kMostPages = 10;  // it shows the newest 1000 of a search

class HackerNewsPlan : public PollPlan {
 public:
  HackerNewsPlan(Url url, std::vector<std::string> queries, std::int64_t overlap)
      : url_(std::move(url)), queries_(std::move(queries)), overlap_(overlap) {}

  ingest::Format format() const override { return ingest::Format::hackernews; }
  std::vector<std::string> listings() const override { return queries_; }

  HttpRequest first_page(const std::string& query, const Known& known,
                         const std::string&) const override {
    return page(query, known.newest, 0);
  }

  std::optional<HttpRequest> next_page(const HttpRequest& asked, const HttpResponse& answer,
                                       std::size_t number) const override {
    const bool is_full = answer.body.find("\"objectID\"") != std::string::npos;
    if (!is_full || number >= kMostPages) return std::nullopt;
    return with_last_parameter(asked, "page", std::to_string(number));
  }

 private:
  HttpRequest page(const std::string& query, std::int64_t newest, std::size_t number) const {
    std::vector<std::pair<std::string, std::string>> parameters{
        {"query", query}, {"tags", "(story,comment)"}, {"hitsPerPage", std::to_string(kPerPage)}};
    if (newest > 0) {
      const std::int64_t since = newest / kMillisecondsPerSecond - overlap_ - 1;
      parameters.emplace_back("numericFilters", fmt::format("created_at_i>{}", since));
    }
    parameters.emplace_back("page", std::to_string(number));
    HttpRequest request;
    request.url = with_query(url_, "/api/v1/search_by_date", parameters);
    return request;
  }

  const Url url_;
  const std::vector<std::string> queries_;
  const std::int64_t overlap_;  // seconds
};

}  // namespace

Result<std::unique_ptr<Source>> make_hackernews(const SourceConfig& config) {
  SourceSettings settings(config);
  const Url url = settings.url("url", "https://hn.algolia.com");
  auto queries = settings.list("query", {});
  if (queries.empty()) settings.wrong("query", "is missing: the words of your brands");
  const PollPace pace = read_pace(settings, 60);
  const auto checked = settings.done();
  if (!checked) return checked.error();
  return make_poll(std::make_unique<HackerNewsPlan>(url, std::move(queries), pace.overlap.count()),
                   pace);
}

}  // namespace passaparola::connect
