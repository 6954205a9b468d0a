// A Jetstream read for long, whatever it does: every post is stored once, or a gap tells of it.
#include <fstream>
#include <iostream>
#include <sstream>

#include "peers/jetstream_peer.h"
#include "peers/tunnel_proxy.h"
#include "unit/connect/site.h"

namespace passaparola::connect {
namespace {

using peers::JetstreamPeer;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

const std::filesystem::path kBluesky =
    std::filesystem::path(PASSAPAROLA_DATA_DIR) / "feeds/bluesky";

class JetstreamSourceTest : public SourceTest {
 protected:
  SourceConfig config(const JetstreamPeer& peer, int version = 1) const {
    SourceConfig config;
    config.name = "bluesky";
    config.type = "jetstream";
    config.allow_private = true;
    config.settings["url"] = {(peer.is_secure() ? "wss://localhost:" : "ws://localhost:") +
                              std::to_string(peer.port())};
    config.settings["gap_seconds"] = {"10"};
    config.settings["version"] = {std::to_string(version)};
    return config;
  }

  // All that was ever offered is stored once, and a gap tells of all else.
  void expect_whole(const JetstreamPeer& peer, std::size_t posts) {
    const auto stored = this->stored();
    const auto gaps = this->gaps("bluesky");
    const auto never = peer.never_offered();
    std::size_t missing = 0, untold = 0, doubled = 0;
    for (std::size_t i = 0; i < posts; ++i) {
      const auto found = stored.find(JetstreamPeer::post_id(i));
      if (found != stored.end()) {
        doubled += found->second != 1;
        continue;
      }
      ++missing;
      EXPECT_TRUE(never.contains(i)) << "lost: " << i;
      const Timestamp at{JetstreamPeer::time_of(i) / 1000};
      untold += std::none_of(gaps.begin(), gaps.end(), [&](const SourceGap& gap) {
        return gap.state == GapState::lost && gap.from <= at && at <= gap.to;
      });
    }
    EXPECT_EQ(doubled, 0U);
    EXPECT_EQ(untold, 0U) << "of " << missing << " missing, with " << gaps.size() << " gaps";
    EXPECT_EQ(missing, never.size());
  }
};

TEST_F(JetstreamSourceTest, ReadsEverythingOnceAndGoesOnBehindItAfterAStop) {
  JetstreamPeer peer({.posts = 500});
  start(config(peer));
  ASSERT_TRUE(wait_until([&] { return stored().size() == 500; }));
  EXPECT_EQ(status().state, SourceState::reading);
  EXPECT_GT(status().records_per_second, 0);
  stop();
  const auto cursor = store_->source_cursor("bluesky");
  ASSERT_TRUE(cursor);
  EXPECT_EQ(*cursor, "localhost " + std::to_string(JetstreamPeer::time_of(499)));
  start(config(peer));
  ASSERT_TRUE(wait_until([&] { return status().records > 0; }));
  EXPECT_LE(status().records, 8U) << "from a few seconds before the cursor";
  EXPECT_EQ(status().mentions, 0U);
  expect_whole(peer, 500);
  EXPECT_TRUE(gaps("bluesky").empty());
}

TEST_F(JetstreamSourceTest, GoesOnByTheNumberOfTheLastEventWhereThereAreNumbers) {
  JetstreamPeer peer({.version = 2, .posts = 500});
  start(config(peer, 2));
  ASSERT_TRUE(wait_until([&] { return stored().size() == 500; })) << status().last_error;
  stop();
  EXPECT_EQ(*store_->source_cursor("bluesky"),
            "localhost " + std::to_string(JetstreamPeer::time_of(499)) + " 500");
  start(config(peer, 2));
  ASSERT_TRUE(wait_until([&] { return status().records > 0; }));
  EXPECT_EQ(status().records, 1U) << "the last one again";
  EXPECT_NE(peer.targets().back().find("&cursor=500"), std::string::npos) << peer.targets().back();
  stop();
  // Another host has other numbers, so that it is asked by time.
  JetstreamPeer other({.version = 2, .posts = 600});
  SourceConfig elsewhere = config(other, 2);
  elsewhere.settings["url"] = {"ws://127.0.0.1:" + std::to_string(other.port())};
  start(elsewhere);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 600; })) << status().last_error;
  EXPECT_LT(status().records, 200U);
  EXPECT_TRUE(gaps("bluesky").empty());
}

TEST_F(JetstreamSourceTest, FiltersOfManyAccountsAreSaidBehindTheUpgrade) {
  JetstreamPeer peer({.posts = 20});
  SourceConfig config = this->config(peer);
  for (int i = 0; i < 1000; ++i) config.settings["dids"].push_back("did:plc:" + std::to_string(i));
  start(config);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 20; })) << status().last_error;
  EXPECT_EQ(peer.targets().front(), "/subscribe?maxMessageSizeBytes=1048576&requireHello=true");
  const std::string said = peer.said().front();
  EXPECT_TRUE(said.starts_with(R"({"type":"options_update","payload":{"wantedCollections":)"
                               R"(["app.bsky.feed.post"],"wantedDids":["did:plc:0","did:plc:1",)"))
      << said.substr(0, 200);
  EXPECT_TRUE(said.ends_with(R"("did:plc:999"],"maxMessageSizeBytes":1048576}})"));
}

class Whatever : public JetstreamSourceTest, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Version, Whatever, testing::Values(1, 2));

TEST_P(Whatever, ThePeerDoesEveryPostIsStoredOnceOrAGapTellsOfIt) {
  const char* const wanted = std::getenv("PASSAPAROLA_SOURCE_FAULTS");
  const std::size_t faults = wanted != nullptr ? std::stoul(wanted) : 26;
  std::vector<std::string> others;
  std::istringstream lines(read_file(kBluesky / "jetstream_v1_golden10.jsonl"));
  for (std::string line; GetParam() == 1 && std::getline(lines, line);) others.push_back(line);
  const std::size_t posts = 30 * faults + 200;
  JetstreamPeer peer(
      {.version = GetParam(), .posts = posts, .faults = faults, .seed = 7, .others = others});
  start(config(peer, GetParam()), 0.002);
  const auto is_done = [&] {
    const auto now = stored();
    return peer.faults_committed() == faults && now.contains(JetstreamPeer::post_id(posts - 1)) &&
           now.size() + peer.never_offered().size() == posts;
  };
  EXPECT_TRUE(wait_until(is_done, std::chrono::seconds(60 + faults)))
      << stored().size() << " stored, " << peer.never_offered().size() << " never offered, of "
      << posts << "; " << peer.faults_committed() << " faults; " << status().last_error;
  stop();
  expect_whole(peer, posts);
}

TEST_F(JetstreamSourceTest, ReadsFramesOfTheDictionaryOverTls) {
  const auto path = kBluesky / "zstd_dictionary_v1.zdict";
  if (!std::filesystem::exists(path)) {
    std::cout << "no test data: frames of the dictionary were not tested\n";
    return;
  }
  const auto authority = peers::Identity::authority();
  const auto server = peers::Identity::server({"localhost"}, &authority);
  std::ofstream(folder_ / "ca.pem") << authority.certificate_pem();
  JetstreamPeer peer({.posts = 300, .dictionary = read_file(path)}, &server);
  SourceConfig config = this->config(peer);
  config.ca_file = folder_ / "ca.pem";
  config.settings["dictionary"] = {path};
  start(config);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 300; })) << status().last_error;
  expect_whole(peer, 300);
}

TEST_F(JetstreamSourceTest, FetchesTheDictionaryOfTheSecondVersionFromTheHost) {
  const auto path = kBluesky / "zstd_dictionary_v1.zdict";
  if (!std::filesystem::exists(path)) {
    std::cout << "no test data: frames of the dictionary were not tested\n";
    return;
  }
  JetstreamPeer peer({.version = 2, .posts = 100, .dictionary = read_file(path)});
  SourceConfig config = this->config(peer, 2);
  config.settings["compress"] = {"true"};
  start(config);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 100; })) << status().last_error;
  EXPECT_NE(peer.targets().back().find("&zstdDictionary=1612007021"), std::string::npos);
  expect_whole(peer, 100);
}

TEST_F(JetstreamSourceTest, FramesWithoutTheirDictionaryAreAProtocolError) {
  const auto path = kBluesky / "zstd_dictionary_v1.zdict";
  if (!std::filesystem::exists(path)) {
    std::cout << "no test data: frames of the dictionary were not tested\n";
    return;
  }
  JetstreamPeer peer({.posts = 10, .dictionary = read_file(path)});
  start(config(peer));
  ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
  EXPECT_EQ(status().last_trouble, Trouble::protocol) << status().last_error;
}

TEST_F(JetstreamSourceTest, IsReadOverIpv6) {
  JetstreamPeer peer({.over_ipv6 = true, .posts = 20});
  SourceConfig config = this->config(peer);
  config.settings["url"] = {"ws://[::1]:" + std::to_string(peer.port())};
  start(config);
  EXPECT_TRUE(wait_until([&] { return stored().size() == 20; })) << status().last_error;
}

TEST_F(JetstreamSourceTest, IsReadThroughAProxyThatSeesNothingOfIt) {
  const auto authority = peers::Identity::authority();
  const auto server = peers::Identity::server({"localhost"}, &authority);
  std::ofstream(folder_ / "ca.pem") << authority.certificate_pem();
  JetstreamPeer peer({.posts = 300}, &server);
  const peers::TunnelProxy proxy;
  SourceConfig config = this->config(peer);
  config.ca_file = folder_ / "ca.pem";
  config.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  start(config);
  ASSERT_TRUE(wait_until([&] { return stored().size() == 300; })) << status().last_error;
  EXPECT_EQ(proxy.targets(), std::vector<std::string>{"localhost:" + std::to_string(peer.port())});
  stop();  // before the proxy
}

class Certificates : public JetstreamSourceTest {
 protected:
  // What reading from a server with such a certificate comes to.
  void expect_refused(const peers::CertificateRequest& request, const peers::Identity* issuer,
                      const std::string& why) {
    std::ofstream(folder_ / "ca.pem") << authority_.certificate_pem();
    const auto server = peers::Identity::server(request, issuer);
    JetstreamPeer peer({.posts = 10}, &server);
    SourceConfig config = this->config(peer);
    config.ca_file = folder_ / "ca.pem";
    start(config);
    ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
    EXPECT_EQ(status().last_trouble, Trouble::certificate);
    EXPECT_NE(status().last_error.find(why), std::string::npos) << status().last_error;
    EXPECT_TRUE(stored().empty());
    stop();
  }

  const peers::Identity authority_ = peers::Identity::authority();
};

TEST_F(Certificates, ThatAreExpiredAreRefused) {
  expect_refused({"localhost", -10, -1}, &authority_, "certificate has expired");
}
TEST_F(Certificates, ThatAreNotValidYetAreRefused) {
  expect_refused({"localhost", 1, 10}, &authority_, "certificate is not yet valid");
}
TEST_F(Certificates, OfAnotherNameAreRefused) {
  expect_refused({"other.example"}, &authority_, "hostname mismatch");
}
TEST_F(Certificates, ThatSignThemselvesAreRefused) {
  expect_refused({"localhost"}, nullptr, "self-signed certificate");
}
TEST_F(Certificates, OfAnAuthorityThatNobodyTrustsAreRefused) {
  const auto stranger = peers::Identity::authority();
  const auto other = peers::Identity::server({"localhost"}, &stranger);
  JetstreamPeer peer({.posts = 10}, &other);
  start(config(peer));  // without a ca_file
  ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
  EXPECT_EQ(status().last_trouble, Trouble::certificate) << status().last_error;
}

TEST_F(JetstreamSourceTest, APrivateAddressIsNotReachedUnlessTheOperatorSaysSo) {
  JetstreamPeer peer({.posts = 10});
  SourceConfig config = this->config(peer);
  config.allow_private = false;
  start(config);
  ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
  EXPECT_EQ(status().last_trouble, Trouble::forbidden);
  EXPECT_EQ(peer.connections(), 0U);
}

TEST_F(JetstreamSourceTest, SaysWhatIsWrongWithItsSettings) {
  JetstreamPeer peer({.posts = 1});
  const auto wrong = [&](const std::string& setting, const std::string& value) {
    SourceConfig config = this->config(peer);
    config.settings[setting] = {value};
    const auto checked = check_source(config);
    return checked ? "" : checked.error().message;
  };
  EXPECT_EQ(wrong("rewind_seconds", "5"), "");
  EXPECT_EQ(wrong("rewind_seconds", "soon"),
            "source 'bluesky': rewind_seconds must be a whole number from 0 to 86400");
  EXPECT_EQ(wrong("interval", "5"),
            "source 'bluesky': interval is no setting of the type jetstream");
  EXPECT_EQ(wrong("url", "https://example.com"),
            "source 'bluesky': url must begin with wss:// or ws://");
  EXPECT_EQ(wrong("dictionary", "/nowhere"),
            "source 'bluesky': dictionary /nowhere is no dictionary of zstd");
  EXPECT_EQ(wrong("compress", "true"),
            "source 'bluesky': compress needs version = 2; the first version needs dictionary");
  EXPECT_EQ(wrong("version", "3"), "source 'bluesky': version must be a whole number from 1 to 2");
  SourceConfig injected = config(peer);
  injected.token = "{\r\nHost: evil";
  EXPECT_EQ(check_source(injected).error().message,
            "source 'bluesky': its token must be one line of characters");
  SourceConfig named = config(peer);
  named.name = "Blue sky";
  EXPECT_FALSE(check_source(named));
  named.name = "bluesky";
  named.type = "pigeons";
  EXPECT_FALSE(check_source(named));
}

}  // namespace
}  // namespace passaparola::connect
