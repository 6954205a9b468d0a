// Export jobs: whole, as of one place, for whoever may see them, gone with time and with erasures,
// and taken up where a stop has cut them short.
#include "feed/exports.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "core/limits.h"
#include "feed/export_record.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Fields json_by(const std::string& who = "") {
  Fields fields{{"Content-Type", "application/json"}};
  if (!who.empty()) fields.emplace_back("Authorization", "Bearer " + who);
  return fields;
}

class ExportsTest : public ServerTest {
 protected:
  void serve(std::vector<Token> tokens = {}) {
    ServerOptions options;
    options.export_folder = exports();
    options.tokens = std::move(tokens);
    options.requests_per_minute = 0;
    start(options);
  }
  std::string exports() const { return folder_ / "exports"; }

  std::string begin(const std::string& body, const std::string& who = "") const {
    const Reply reply = client().send("POST", "/api/v1/exports", body, json_by(who));
    EXPECT_EQ(reply.status, 202U) << reply.body;
    const std::string id = member(reply.body, "id");
    EXPECT_EQ(reply.fields.at("location"), "/api/v1/exports/" + id);
    return id;
  }
  Reply job(const std::string& id, const std::string& who = "") const {
    return client().get("/api/v1/exports/" + id, json_by(who));
  }
  Reply file(const std::string& id, const std::string& who = "") const {
    return client().get("/api/v1/exports/" + id + "/file", json_by(who));
  }
  // The job, once it is over.
  std::string ended(const std::string& id, const std::string& who = "") const {
    while (true) {
      const Reply reply = job(id, who);
      const std::string state = member(reply.body, "state");
      if (reply.status != 200 || state == "done" || state == "failed") return reply.body;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(exports())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
};

std::vector<std::uint64_t> seqs_of_lines(const std::string& lines) {
  std::vector<std::uint64_t> seqs;
  std::istringstream in(lines);
  simdjson::dom::parser parser;
  for (std::string line; std::getline(in, line);) {
    std::uint64_t seq = 0;
    EXPECT_FALSE(parser.parse(line)["seq"].get(seq)) << line;
    seqs.push_back(seq);
  }
  return seqs;
}

std::vector<std::uint64_t> from_to(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> seqs;
  for (std::uint64_t seq = first; seq <= last; ++seq) seqs.push_back(seq);
  return seqs;
}

TEST_F(ExportsTest, AFileHasAllThereWasWhenItBegan) {
  publish_numbered(1'203);
  serve();
  const std::string id = begin("{}");
  publish({"dopo"});
  const std::string done = ended(id);
  EXPECT_THAT(done, HasSubstr(R"("state":"done","progress":1.0)"));
  EXPECT_THAT(done, HasSubstr(R"("mentions":1203)"));
  EXPECT_THAT(done, HasSubstr(R"("more":false)"));
  const Reply got = file(id);
  EXPECT_EQ(got.status, 200U);
  EXPECT_EQ(got.fields.at("content-type"), "application/x-ndjson");
  EXPECT_THAT(got.fields.at("content-disposition"), HasSubstr("attachment; filename="));
  EXPECT_EQ(seqs_of_lines(got.body), from_to(1, 1'203));
  const auto mode = std::filesystem::status(exports() + "/" + id + ".ndjson").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_THAT(client().get("/api/v1/exports").body, HasSubstr(id));
}

TEST_F(ExportsTest, AsksForABrandAPartAndRows) {
  publish({"una"}, "moka_nera");
  publish({"due"}, "teiera");
  publish({"tre", "quattro"}, "moka_nera");
  serve();
  const std::string cursor = encode_cursor({store_->id(), 3});
  const std::string id = begin(R"({"brand":"moka_nera","format":"csv","until":")" + cursor + "\"}");
  ended(id);
  const Reply rows = file(id);
  EXPECT_THAT(rows.fields.at("content-type"), HasSubstr("text/csv"));
  EXPECT_THAT(rows.body, HasSubstr("seq,cursor,"));
  EXPECT_THAT(rows.body, HasSubstr("una"));
  EXPECT_THAT(rows.body, HasSubstr("tre"));
  EXPECT_THAT(rows.body, Not(HasSubstr("due")));
  EXPECT_THAT(rows.body, Not(HasSubstr("quattro")));
  const std::string by_where = begin(R"({"where":"brand:teiera","after":"start"})");
  ended(by_where);
  EXPECT_EQ(seqs_of_lines(file(by_where).body), from_to(2, 2));
  const std::string none = begin(R"({"after":"now"})");
  EXPECT_THAT(ended(none), HasSubstr(R"("state":"done")"));
  EXPECT_EQ(file(none).body, "");
}

TEST_F(ExportsTest, AnythingElseIsRefused) {
  serve();
  for (const std::string body : {"", "[]", R"({"format":"xml"})", R"({"after":"x"})",
                                 R"({"brand":7})", R"({"who":"x"})", R"({"where":"label:"})"}) {
    const Reply reply = client().send("POST", "/api/v1/exports", body, json_by());
    EXPECT_EQ(reply.status, 400U) << body << reply.body;
  }
  EXPECT_EQ(job("x").status, 404U);
  EXPECT_EQ(file("x").status, 404U);
  EXPECT_EQ(client().send("DELETE", "/api/v1/exports/x").status, 404U);
  for (std::size_t i = 0; i < kMaxExports; ++i) begin("{}");
  EXPECT_EQ(client().send("POST", "/api/v1/exports", "{}", json_by()).status, 429U);
}

TEST_F(ExportsTest, AWorkspaceHasItsBrandsAndItsJobsAlone) {
  publish({"una"}, "moka_nera");
  publish({"due"}, "teiera");
  serve({{{"one", Role::reader, {"moka_nera"}}, hash_token("one"), std::nullopt},
         {{"two", Role::reader, {"teiera"}}, hash_token("two"), std::nullopt},
         {{"all", Role::reader, {}}, hash_token("all"), std::nullopt}});
  const std::string ones = begin("{}", "one"), everybodys = begin("{}", "all");
  ended(ones, "one");
  ended(everybodys, "all");
  EXPECT_EQ(seqs_of_lines(file(ones, "one").body), from_to(1, 1));
  EXPECT_EQ(seqs_of_lines(file(everybodys, "all").body), from_to(1, 2));
  EXPECT_EQ(file(ones, "all").status, 200U);
  for (const std::string who : {"one", "two"}) {
    EXPECT_EQ(job(everybodys, who).status, 404U) << who;
    EXPECT_EQ(file(everybodys, who).status, 404U) << who;
  }
  EXPECT_EQ(job(ones, "two").status, 404U);
  EXPECT_EQ(client().send("DELETE", "/api/v1/exports/" + ones, "", json_by("two")).status, 404U);
  EXPECT_EQ(client().get("/api/v1/exports", json_by("two")).body, R"({"exports":[]})");
  EXPECT_EQ(client().send("DELETE", "/api/v1/exports/" + ones, "", json_by("one")).status, 200U);
  EXPECT_EQ(job(ones, "one").status, 404U);
}

TEST_F(ExportsTest, NoFileOutlivesAnErasure) {
  publish({"di bruno"}, "moka_nera", Label::positive, "bruno");
  publish({"di anna"});
  serve();
  const std::string id = begin("{}");
  ended(id);
  EXPECT_EQ(client().send("DELETE", "/api/v1/authors/test/bruno").status, 200U);
  EXPECT_THAT(job(id).body, HasSubstr("somebody was erased"));
  EXPECT_EQ(file(id).status, 409U);
  EXPECT_THAT(files(), ElementsAre(id + ".job"));

  const std::string again = begin("{}");
  EXPECT_THAT(ended(again), HasSubstr(R"("mentions":1)"));
  stop();  // while nobody looks after the files
  ASSERT_TRUE(store_->forget("test", "anna"));
  serve();
  EXPECT_EQ(job(again).status, 404U);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(ExportsTest, AreKeptForADayAndAcrossARestart) {
  std::int64_t at = now().milliseconds;
  std::mutex mutex;
  clock_ = [&] {
    const std::lock_guard lock(mutex);
    return Timestamp{at};
  };
  publish_numbered(3);
  serve();
  const std::string id = begin("{}");
  ended(id);
  stop();
  serve();
  EXPECT_EQ(seqs_of_lines(file(id).body), from_to(1, 3));
  {
    const std::lock_guard lock(mutex);
    at += kMillisecondsPerDay + 1;
  }
  ended(begin("{}"));
  EXPECT_EQ(job(id).status, 404U);
  EXPECT_EQ(files().size(), 2U) << "of the later one";
  stop();
}

TEST_F(ExportsTest, AJobThatWasCutShortGoesOn) {
  publish_numbered(1'100);
  serve();
  const std::string whole = begin("{}");
  ended(whole);
  const std::string all = file(whole).body;
  stop();
  // As a kill leaves it: kept up to a place, and more in the file than was kept.
  std::ifstream in(exports() + "/" + whole + ".job");
  std::stringstream record;
  record << in.rdbuf();
  auto job = read_export(record.str());
  ASSERT_TRUE(job);
  job->id = std::string(32, 'a');
  job->state = ExportState::running;
  job->finished_at.reset();
  job->place = 500;
  job->mentions = 500;
  std::size_t end = 0;
  for (int i = 0; i < 500; ++i) end = all.find('\n', end) + 1;
  job->bytes = end;
  std::ofstream(exports() + "/" + job->id + ".job") << to_record(*job);
  std::ofstream(exports() + "/" + job->id + ".ndjson") << all.substr(0, end + 100);
  std::ofstream(exports() + "/stranger.ndjson") << "of no job";
  serve();
  EXPECT_THAT(ended(job->id), HasSubstr(R"("mentions":1100)"));
  EXPECT_EQ(file(job->id).body, all);
  EXPECT_FALSE(std::filesystem::exists(exports() + "/stranger.ndjson"));
}

}  // namespace
}  // namespace passaparola::feed
