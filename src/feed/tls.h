// The certificate that the server shows, and its key. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "core/result.h"

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace passaparola::feed {

class Tls {
 public:
  // Two PEM files: the certificate with those that vouch for it, and its key without a passphrase.
  Tls(std::string certificate, std::string key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}

  // Reads both files; connections that come from then on are shown this certificate. Errors, which
  // leave what was shown before: io, invalid_file (no PEM, or the two do not belong together).
  Result<void> load();

  // How a new connection is to speak: TLS 1.2 or later. Null before load().
  std::shared_ptr<boost::asio::ssl::context> context() const;

 private:
  const std::string certificate_, key_;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace passaparola::feed
