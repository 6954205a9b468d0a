// Filters that ask how authors stand, in the real program: the server and `feed` say the same as
// the list of the brand's people.
#include <gtest/gtest.h>
#include <signal.h>
#include <simdjson.h>

#include <set>
#include <string>

#include "integration/campaign.h"
#include "integration/http_client.h"

namespace passaparola::testing {
namespace {

// The authors of what a page, or lines, have of mentions.
std::set<std::string> authors_of(const std::string& json) {
  std::set<std::string> authors;
  const std::string name = "\"author\":{\"id\":\"";
  for (std::size_t at = 0; (at = json.find(name, at)) != std::string::npos;) {
    at += name.size();
    authors.insert(json.substr(at, json.find('"', at) - at));
  }
  return authors;
}

TEST(HistoryFilters, FindWhatTheListedPeopleSaid) {
  const Site site;
  constexpr std::uint64_t kPeople = 60, kRegulars = 10;
  site.add(praising_posts(0, kPeople + 20 * kRegulars, kPeople, kRegulars));
  Program server(site.folder(), site.serve(site.store()));
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  const std::string url = listening_url(server.out());
  const auto get = [&](const std::string& target) {
    const auto answer = http_request(url, "GET", target);
    EXPECT_TRUE(answer && answer->status == 200) << target << (answer ? answer->body : "");
    return answer ? answer->body : "";
  };
  simdjson::dom::parser parser;
  std::set<std::string> listed;
  const std::string list = get("/api/v1/brands/moka_nera/advocates?top=100");
  for (const auto one : parser.parse(list)["advocates"].get_array()) {
    listed.emplace(std::string_view(one["author"]["id"]));
  }
  EXPECT_EQ(listed.size(), kRegulars);
  const std::string where = "author.class:advocate";
  const std::string page = get("/api/v1/mentions?limit=1000&where=" + where);
  EXPECT_EQ(authors_of(page), listed);
  const std::string rest = get("/api/v1/mentions?limit=1000&where=-" + where);
  EXPECT_EQ(authors_of(rest).size(), kPeople - kRegulars);
  const std::string both = get("/api/v1/mentions?limit=1000&where=author.recs%3E3%20" + where);
  EXPECT_EQ(authors_of(both), listed);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait().exit_code, 0);
  const Finished feed = site.run({"feed", "--store", site.store(), "--where", where});
  EXPECT_EQ(authors_of(feed.out), listed) << feed.err;
}

}  // namespace
}  // namespace passaparola::testing
