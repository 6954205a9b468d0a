#include "integration/webhook_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace passaparola::testing {

std::string webhook_signature(const std::string& key, const std::string& id,
                              const std::string& second, const std::string& body) {
  const std::string content = id + "." + second + "." + body;
  unsigned char hash[32];
  unsigned size = 0;
  ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(content.data()), content.size(), hash, &size);
  unsigned char text[64];
  const int length = ::EVP_EncodeBlock(text, hash, static_cast<int>(size));
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)};
}

}  // namespace passaparola::testing
