// TLS between the real server and the real command line: a certificate is shown, verified, and
// exchanged without a stop.
#include <gmock/gmock.h>
#include <signal.h>

#include <optional>

#include "integration/program.h"
#include "integration/sample.h"
#include "peers/certificates.h"

namespace passaparola::testing {
namespace {

using peers::Identity;
using ::testing::HasSubstr;

class Tls : public ::testing::Test {
 protected:
  Tls() {
    write_file(folder_ / "ca.pem", authority_.certificate_pem());
    write_file(folder_ / "other-ca.pem", other_.certificate_pem());
    write_file(config_, "[server]\nlisten = \"127.0.0.1:0\"\ncertificate = \"" +
                            (folder_ / "chain.pem").string() + "\"\nkey = \"" +
                            (folder_ / "key.pem").string() + "\"\n");
  }

  void write(const Identity& identity) const {
    write_file(folder_ / "chain.pem", identity.certificate_pem());
    write_file(folder_ / "key.pem", identity.key_pem());
  }

  void serve() {
    server_.emplace(folder_.path(),
                    std::vector<std::string>{"serve", "--config", config_, "--rules", rules_,
                                             "--store", (folder_ / "store").string()});
    ASSERT_TRUE(server_->wait_for_output("listening on ")) << server_->wait().err;
    url_ = listening_url(server_->out());
  }

  Finished ask(const std::string& authority) const {
    return run_program(folder_.path(), {"sources", "--server", url_},
                       {"SSL_CERT_FILE=" + (folder_ / authority).string()});
  }

  const TemporaryFolder folder_;
  const std::string rules_ = write_sample_rules(folder_.path()).string();
  const std::string config_ = (folder_ / "passaparola.toml").string();
  const Identity authority_ = Identity::authority(), other_ = Identity::authority();
  std::optional<Program> server_;
  std::string url_;
};

TEST_F(Tls, IsSpokenVerifiedAndItsCertificateExchanged) {
  write(Identity::server({.name = "127.0.0.1"}, &authority_));
  serve();
  EXPECT_THAT(url_, HasSubstr("https://127.0.0.1:"));
  EXPECT_EQ(ask("ca.pem").exit_code, 0) << ask("ca.pem").err;
  EXPECT_EQ(ask("other-ca.pem").exit_code, 1);
  EXPECT_THAT(ask("other-ca.pem").err, HasSubstr("certificate"));
  write(Identity::server({.name = "127.0.0.1"}, &other_));
  server_->signal(SIGHUP);
  int tries = 0;
  while (ask("other-ca.pem").exit_code != 0 && ++tries < 100) {
  }
  EXPECT_LT(tries, 100);
  EXPECT_EQ(ask("ca.pem").exit_code, 1) << "the old one is not shown any more";
  write_file(folder_ / "key.pem", "no key");
  server_->signal(SIGHUP);
  EXPECT_EQ(ask("other-ca.pem").exit_code, 0);
  server_->signal(SIGTERM);
  const Finished finished = server_->wait();
  EXPECT_EQ(finished.exit_code, 0);
}

TEST_F(Tls, OfAnotherNameIsNotTrusted) {
  write(Identity::server({.name = "elsewhere.example"}, &authority_));
  serve();
  EXPECT_EQ(ask("ca.pem").exit_code, 1);
}

TEST_F(Tls, AServerWithoutItsKeyDoesNotStart) {
  write(Identity::server({.name = "127.0.0.1"}, &authority_));
  write_file(folder_ / "key.pem", other_.key_pem());
  const Finished finished = run_program(
      folder_.path(),
      {"serve", "--config", config_, "--rules", rules_, "--store", (folder_ / "store").string()});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.err, HasSubstr("key.pem"));
}

}  // namespace
}  // namespace passaparola::testing
