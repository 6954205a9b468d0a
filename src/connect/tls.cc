#include "connect/tls.h"

#include <boost/asio/ssl/context.hpp>

namespace passaparola::connect {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ssl::context>> make_tls(const std::string& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  boost::system::error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                       error);
  if (!error) context->set_verify_mode(ssl::verify_peer, error);
  if (!error) context->set_default_verify_paths(error);
  if (error) return fail(ErrorCode::io, "TLS cannot be set up: " + error.message());
  if (ca_file.empty()) return context;
  context->load_verify_file(ca_file, error);
  if (error) {
    return fail(ErrorCode::invalid_file,
                ca_file + ": no certificates in PEM are in it: " + error.message());
  }
  return context;
}

}  // namespace passaparola::connect
