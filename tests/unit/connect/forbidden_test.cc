// Addresses that a feed could name to make us talk to our own network.
#include <simdjson.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <iostream>

#include "peers/peer.h"
#include "unit/connect/site.h"

namespace passaparola::connect {
namespace {

class Forbidden : public SourceTest {
 protected:
  SourceConfig config(const std::string& url) const {
    SourceConfig config;
    config.name = "feed";
    config.type = "feed";
    config.settings["url"] = {url};
    return config;
  }

  // What reading it comes to; nullopt: the configuration is refused.
  std::optional<Trouble> trouble_of(const SourceConfig& config) {
    if (!check_source(config)) return std::nullopt;
    start(config);
    EXPECT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
    const Trouble trouble = *status().last_trouble;
    stop();
    return trouble;
  }
};

// A proxy that opens a tunnel to anywhere, and is itself what is there: a server that sends
// whoever asks to `location`.
class SendingProxy : public peers::Peer {
 public:
  explicit SendingProxy(std::string location) : location_(std::move(location)) { start(); }
  ~SendingProxy() override { stop(); }

 protected:
  void serve(peers::tcp::socket socket, std::size_t) override {
    read_head(socket);
    boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 200 OK\r\n\r\n")));
    read_head(socket);
    const std::string answer =
        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location_ + "\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(answer));
  }

 private:
  static void read_head(peers::tcp::socket& socket) {
    std::string head;
    boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
  }

  const std::string location_;
};

TEST_F(Forbidden, AreTheUrlsOfTheHostileSuite) {
  const std::string path = PASSAPAROLA_DATA_DIR "/suites/hostile/ssrf_urls.json";
  if (!std::filesystem::exists(path)) {
    std::cout << "no test data: hostile URLs were not tested\n";
    return;
  }
  simdjson::dom::parser parser;
  simdjson::dom::array urls;
  ASSERT_EQ(parser.load(path).get(urls), simdjson::SUCCESS);
  std::size_t forbidden = 0;
  for (const std::string_view url : urls) {
    // What needs a name server, or a server that redirects, is written in words.
    if (url.find(' ') != std::string_view::npos) continue;
    // Behind a # is nothing of the host: this names a public one, which is not to be asked here.
    if (url.find('#') != std::string_view::npos) continue;
    const auto trouble = trouble_of(config(std::string(url)));
    EXPECT_TRUE(!trouble || trouble == Trouble::forbidden) << url;
    forbidden += trouble.has_value();
  }
  EXPECT_GT(forbidden, 10U);
}

TEST_F(Forbidden, IsAPortThatIsNoneOfTheWeb) {
  EXPECT_EQ(trouble_of(config("http://1.1.1.1:22/")), Trouble::forbidden);
  EXPECT_EQ(trouble_of(config("http://1.1.1.1:25/")), Trouble::forbidden);
}

TEST_F(Forbidden, IsWhereARedirectLeadsToo) {
  for (const char* location : {"http://127.0.0.1/", "http://[::1]:8080/", "http://10.0.0.1/latest",
                               "http://[::ffff:169.254.169.254]/"}) {
    const SendingProxy proxy(location);
    SourceConfig config = this->config("http://feed.example/");
    config.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
    EXPECT_EQ(trouble_of(config), Trouble::forbidden) << location;
    EXPECT_EQ(proxy.connections(), 1U);
  }
}

TEST_F(Forbidden, IsAnotherSchemeOfARedirect) {
  const SendingProxy proxy("file:///etc/passwd");
  SourceConfig config = this->config("http://feed.example/");
  config.proxy = "http://127.0.0.1:" + std::to_string(proxy.port());
  EXPECT_EQ(trouble_of(config), Trouble::protocol);
}

}  // namespace
}  // namespace passaparola::connect
