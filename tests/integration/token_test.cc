// Tokens of the real program: made by one command, asked for by the server, refused when wrong.
#include <gmock/gmock.h>
#include <signal.h>

#include "integration/http_client.h"
#include "integration/program.h"
#include "integration/sample.h"

namespace passaparola::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Tokens : public ::testing::Test {
 protected:
  Finished run(const std::vector<std::string>& arguments) const {
    return run_program(folder_.path(), arguments);
  }

  // The token that was made, and the table for it in `table`.
  std::string make(const std::vector<std::string>& arguments, std::string& table) const {
    std::vector<std::string> all{"token"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Finished made = run(all);
    EXPECT_EQ(made.exit_code, 0) << made.err;
    table = made.out;
    const auto begin = made.err.find("pp_");
    EXPECT_NE(begin, std::string::npos) << made.err;
    return made.err.substr(begin, made.err.find('\n', begin) - begin);
  }

  std::string config(const std::string& tables) const {
    const auto path = folder_ / "passaparola.toml";
    write_file(path, tables);
    return path.string();
  }

  std::vector<std::string> serve(const std::string& config) const {
    return {"serve",
            "--config",
            config,
            "--rules",
            rules_,
            "--store",
            (folder_ / "store").string(),
            "--listen",
            "127.0.0.1:0"};
  }

  void expect_refused(const std::string& tables, const std::string& words) const {
    const Finished finished = run(serve(config(tables)));
    EXPECT_EQ(finished.exit_code, 2) << tables << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(words)) << tables;
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
};

TEST_F(Tokens, OneThatWasMadeIsTakenForWhatItMay) {
  std::string reader_table, admin_table;
  const std::string reader =
      make({"lettore", "--role", "reader", "--brand", "moka_nera"}, reader_table);
  const std::string admin = make({"capo", "--role", "admin"}, admin_table);
  EXPECT_THAT(reader_table, HasSubstr("brands = [\"moka_nera\"]"));
  EXPECT_THAT(reader_table, Not(HasSubstr(reader)));
  Program server(folder_.path(), serve(config(reader_table + "\n" + admin_table)));
  ASSERT_TRUE(server.wait_for_output("listening"));
  const std::string url = listening_url(server.out());
  const auto status = [&url](const std::string& method, const std::string& target,
                             const std::string& token) {
    const std::string field = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
    const auto answer = http_request(url, method, target, "", "application/x-ndjson", field);
    return answer ? answer->status : 0;
  };
  EXPECT_EQ(status("GET", "/healthz", ""), 200);
  EXPECT_EQ(status("GET", "/api/v1/brands", ""), 401);
  EXPECT_EQ(status("GET", "/api/v1/brands", reader + "x"), 401);
  EXPECT_EQ(status("GET", "/api/v1/brands", reader), 200);
  EXPECT_EQ(status("GET", "/api/v1/erasures", reader), 403);
  EXPECT_EQ(status("GET", "/api/v1/erasures", admin), 200);
  const Finished asked =
      run_program(folder_.path(), {"sources", "--server", url}, {"PASSAPAROLA_TOKEN=" + admin});
  EXPECT_EQ(asked.exit_code, 0) << asked.err;
  server.signal(SIGTERM);
  const Finished finished = server.wait();
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err + finished.out, Not(HasSubstr(admin)));
  EXPECT_THAT(finished.err + finished.out, Not(HasSubstr(reader)));
}

TEST_F(Tokens, OfAProgramComeAsJson) {
  const Finished made =
      run({"token", "x", "--role", "writer", "--expires", "2030-01-01T00:00:00Z", "--json"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.err, "");
  EXPECT_THAT(made.out, HasSubstr(R"("token":"pp_)"));
  EXPECT_THAT(made.out, HasSubstr(R"("role":"writer","brands":[],"hash":"sha256:)"));
  EXPECT_THAT(made.out, HasSubstr(R"("expires":"2030-01-01T00:00:00.000Z"})"));
  EXPECT_EQ(run({"token", "x"}).exit_code, 2);
  EXPECT_EQ(run({"token", "X y", "--role", "reader"}).exit_code, 2);
  EXPECT_EQ(run({"token", "x", "--role", "king"}).exit_code, 2);
  EXPECT_EQ(run({"token", "local", "--role", "reader"}).exit_code, 2);
  EXPECT_EQ(run({"token", "x", "--role", "reader", "--expires", "soon"}).exit_code, 2);
}

TEST_F(Tokens, ABadTableIsSaidWithoutWhatMayBeASecret) {
  const std::string hash = "hash = \"sha256:" + std::string(64, 'a') + "\"\n";
  const std::string good = "[[token]]\nname = \"a\"\nrole = \"reader\"\n";
  expect_refused(good, "token 'a': hash: must be");
  expect_refused("[[token]]\nrole = \"reader\"\n" + hash, "name: a name has");
  expect_refused("[[token]]\nname = \"token\"\nrole = \"reader\"\n" + hash, "'token' and 'local'");
  expect_refused("[[token]]\nname = \"a\"\n" + hash, "role: must be");
  expect_refused("[[token]]\nname = \"a\"\nrole = \"king\"\n" + hash, "role must be");
  expect_refused(good + hash + "brands = []\n", "at least one");
  expect_refused(good + hash + "brands = [\"\"]\n", "at least one");
  expect_refused(good + hash + "brand = \"x\"\n", "brand is no key of a token");
  expect_refused(good + hash + "expires = \"soon\"\n", "expires must be a time");
  expect_refused(good + hash + good + hash, "name is taken");
  expect_refused(good + hash + "[[token]]\nname = \"b\"\nrole = \"admin\"\n" + hash,
                 "who would it");
  expect_refused("token = 1\n", "token is not a section");
  const Finished clear = run(serve(config(good + "hash = \"pp_segretissimo\"\n")));
  EXPECT_EQ(clear.exit_code, 2);
  EXPECT_THAT(clear.err, Not(HasSubstr("segretissimo")));
}

}  // namespace
}  // namespace passaparola::testing
