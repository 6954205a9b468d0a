// TLS of the server: a real client of OpenSSL's speaks with it, plainly, through a websocket, and
// across a change of the certificate.
#include "feed/tls.h"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <fstream>

#include "peers/certificates.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using net::ip::tcp;
using ::testing::HasSubstr;
using Error = beast::error_code;

struct Dialog {
  unsigned status = 0;  // 0: the handshake or the answer failed
  std::string body, protocol;
  bool is_trusted = false;
};

class TlsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    write(identity_);
    options_.certificate = (folder_ / "chain.pem").string();
    options_.key = (folder_ / "key.pem").string();
  }

  void write(const peers::Identity& identity) const {
    std::ofstream(folder_ / "chain.pem") << identity.certificate_pem();
    std::ofstream(folder_ / "key.pem") << identity.key_pem();
  }

  net::ssl::context trust() const {
    net::ssl::context context(net::ssl::context::tls_client);
    context.add_certificate_authority(net::buffer(authority_.certificate_pem()));
    return context;
  }

  net::ssl::stream<tcp::socket> connect(net::ssl::context& context, Error& error) {
    net::ssl::stream<tcp::socket> stream(io_, context);
    stream.next_layer().connect({net::ip::make_address("127.0.0.1"), port()});
    stream.set_verify_mode(net::ssl::verify_peer);
    stream.set_verify_callback(net::ssl::host_name_verification("localhost"));
    stream.handshake(net::ssl::stream_base::client, error);
    return stream;
  }

  Dialog get(const std::string& target, net::ssl::context context) {
    Dialog dialog;
    Error error;
    auto stream = connect(context, error);
    if (error) return dialog;
    dialog.protocol = SSL_get_version(stream.native_handle());
    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, "localhost");
    request.set(http::field::connection, "close");
    http::write(stream, request, error);
    http::response<http::string_body> response;
    beast::flat_buffer buffer;
    http::read(stream, buffer, response, error);
    if (error) return dialog;
    dialog.status = response.result_int();
    dialog.body = response.body();
    stream.shutdown(error);  // eof: both sides have said that they end
    EXPECT_TRUE(!error || error == net::error::eof) << error.message();
    return dialog;
  }

  net::io_context io_;
  const peers::Identity authority_ = peers::Identity::authority();
  const peers::Identity identity_ = peers::Identity::server({}, &authority_);
  ServerOptions options_;
};

TEST_F(TlsTest, ARequestIsAnsweredThroughIt) {
  publish({"cifrato"});
  start(options_);
  const Dialog dialog = get("/api/v1/mentions", trust());
  EXPECT_EQ(dialog.status, 200U);
  EXPECT_THAT(dialog.body, HasSubstr("cifrato"));
}

TEST_F(TlsTest, OneDotTwoIsTheOldestThatIsSpoken) {
  start(options_);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    net::ssl::context context = trust();
    SSL_CTX_set_max_proto_version(context.native_handle(), version);
    const Dialog dialog = get("/healthz", std::move(context));
    EXPECT_EQ(dialog.status, 200U) << version;
    EXPECT_EQ(dialog.protocol, version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
  }
  net::ssl::context old = trust();
  SSL_CTX_set_security_level(old.native_handle(), 0);
  SSL_CTX_set_min_proto_version(old.native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(old.native_handle(), TLS1_1_VERSION);
  EXPECT_EQ(get("/healthz", std::move(old)).status, 0U);
}

TEST_F(TlsTest, WhoSpeaksPlainlyIsNotAnswered) {
  start(options_);
  auto http = client();
  http.write("GET /api/v1/mentions HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(http.read().status, 0U);
  EXPECT_EQ(get("/healthz", trust()).status, 200U) << "others are served";
}

TEST_F(TlsTest, LiveReadersAreServedThroughIt) {
  start(options_);
  net::ssl::context context = trust();
  Error error;
  auto stream = connect(context, error);
  ASSERT_FALSE(error) << error.message();
  beast::websocket::stream<net::ssl::stream<tcp::socket>&> ws(stream);
  ws.handshake("localhost", "/api/v1/live", error);
  ASSERT_FALSE(error) << error.message();
  ws.write(net::buffer(std::string(R"({"op":"subscribe","id":"s","after":"start"})")));
  beast::flat_buffer buffer;
  ws.read(buffer);
  EXPECT_EQ(member(beast::buffers_to_string(buffer.data()), "op"), "subscribed");
  publish_numbered(2'000);  // more than one record, and one buffer, holds
  std::size_t heard = 0;
  while (heard < 2'000) {
    buffer.clear();
    ws.read(buffer, error);
    ASSERT_FALSE(error) << error.message();
    heard += seqs_of(beast::buffers_to_string(buffer.data())).size();
  }
  EXPECT_EQ(heard, 2'000U);
  ws.close(beast::websocket::close_code::normal, error);
  EXPECT_TRUE(!error || error == net::error::eof) << error.message();
}

TEST_F(TlsTest, EventsAreServedThroughIt) {
  publish({"primo"});
  start(options_);
  net::ssl::context context = trust();
  Error error;
  auto stream = connect(context, error);
  ASSERT_FALSE(error) << error.message();
  net::write(stream, net::buffer(std::string("GET /api/v1/live/sse?after=start HTTP/1.1\r\n"
                                             "Host: localhost\r\n\r\n")));
  std::string text;
  while (text.find("primo") == std::string::npos && !error) {
    char some[1024];
    text.append(some, stream.read_some(net::buffer(some), error));
  }
  EXPECT_FALSE(error) << error.message();
  EXPECT_THAT(text, HasSubstr("text/event-stream"));
}

TEST_F(TlsTest, ACertificateIsExchangedWhileOthersGoOn) {
  start(options_);
  net::ssl::context context = trust();
  Error error;
  auto before = connect(context, error);
  ASSERT_FALSE(error) << error.message();
  const auto other = peers::Identity::authority();
  write(peers::Identity::server({}, &other));
  EXPECT_EQ(get("/healthz", trust()).status, 200U) << "not yet";
  ASSERT_TRUE(server_->reload_certificate());
  EXPECT_EQ(get("/healthz", trust()).status, 0U) << "of another authority now";
  http::request<http::empty_body> request(http::verb::get, "/healthz", 11);
  request.set(http::field::host, "localhost");
  http::write(before, request, error);
  http::response<http::string_body> response;
  beast::flat_buffer buffer;
  http::read(before, buffer, response, error);
  EXPECT_FALSE(error) << "who was there is served on: " << error.message();
}

TEST_F(TlsTest, FilesThatDoNotFitLeaveWhatIsInUse) {
  start(options_);
  std::ofstream(folder_ / "key.pem") << peers::Identity::authority().key_pem();
  const auto other_key = server_->reload_certificate();
  ASSERT_FALSE(other_key);
  EXPECT_EQ(other_key.error().code, ErrorCode::invalid_file);
  EXPECT_THAT(other_key.error().message, HasSubstr("key.pem"));
  std::ofstream(folder_ / "chain.pem") << "no certificate";
  EXPECT_FALSE(server_->reload_certificate());
  std::filesystem::remove(folder_ / "chain.pem");
  const auto missing = server_->reload_certificate();
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("chain.pem"));
  EXPECT_EQ(get("/healthz", trust()).status, 200U);
}

TEST_F(TlsTest, AServerWhoseFilesDoNotFitDoesNotStart) {
  Tls tls((folder_ / "chain.pem").string(), (folder_ / "none.pem").string());
  EXPECT_FALSE(tls.load());
  EXPECT_FALSE(tls.context());
}

}  // namespace
}  // namespace passaparola::feed
