// The key of a service account, made on the spot.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

namespace passaparola::connect {

class ServiceKey {
 public:
  explicit ServiceKey(unsigned bits = 2048);

  // As it is downloaded.
  std::string json() const;
  std::string private_pem() const;
  // Whether `assertion` is signed by it.
  bool signed_it(const std::string& assertion) const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
};

// One for all who need no other: they take a while to make.
const ServiceKey& service_key();

// The bytes that `text` stands for in base64 of URLs.
std::string from_base64_url(std::string text);

}  // namespace passaparola::connect
