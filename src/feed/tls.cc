#include "feed/tls.h"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <fstream>
#include <iterator>
#include <string_view>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

Result<std::string> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxCertificateBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || text.empty()) return fail(ErrorCode::io, "cannot read " + path);
  if (text.size() > kMaxCertificateBytes) {
    return fail(ErrorCode::invalid_file, path + " is too large for a certificate or a key");
  }
  return text;
}

// The one protocol that is spoken here, for clients that ask.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int bytes, void*) {
  static constexpr unsigned char kOurs[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, length, kOurs, sizeof kOurs - 1, offered, bytes);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<void> Tls::load() {
  const auto certificate = read(certificate_);
  if (!certificate) return certificate.error();
  const auto key = read(key_);
  if (!key) return key.error();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_compression |
                           ssl::context::single_dh_use,
                       error);
  context->set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
  context->use_certificate_chain(boost::asio::buffer(*certificate), error);
  if (error) {
    return fail(ErrorCode::invalid_file,
                certificate_ + " has no certificate in PEM: " + error.message());
  }
  context->use_private_key(boost::asio::buffer(*key), ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return fail(ErrorCode::invalid_file,
                key_ + " is not the key, in PEM and without a passphrase, of the certificate in " +
                    certificate_);
  }
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
  return {};
}

std::shared_ptr<ssl::context> Tls::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace passaparola::feed
