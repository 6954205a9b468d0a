#include "unit/connect/service_key.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "core/json.h"

namespace passaparola::connect {

ServiceKey::ServiceKey(unsigned bits) : key_(EVP_RSA_gen(bits), EVP_PKEY_free) {}

std::string ServiceKey::private_pem() const {
  BIO* const out = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return pem;
}

std::string ServiceKey::json() const {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("type", "service_account");
  writer.field("project_id", "p");
  writer.field("private_key_id", "k1");
  writer.field("private_key", private_pem());
  writer.field("client_email", "reader@p.iam.gserviceaccount.com");
  writer.field("token_uri", "https://oauth2.googleapis.com/token");
  writer.EndObject();
  return out;
}

bool ServiceKey::signed_it(const std::string& assertion) const {
  const std::size_t dot = assertion.rfind('.');
  if (dot == std::string::npos) return false;
  const std::string text = assertion.substr(0, dot);
  const std::string signature = from_base64_url(assertion.substr(dot + 1));
  // Of the public half alone.
  unsigned char* encoded = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &encoded);
  const unsigned char* at = encoded;
  EVP_PKEY* const public_key = d2i_PUBKEY(nullptr, &at, size);
  OPENSSL_free(encoded);
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, public_key);
  const int good = EVP_DigestVerify(
      context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
      reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(public_key);
  return good == 1;
}

const ServiceKey& service_key() {
  static const ServiceKey kKey;
  return kKey;
}

std::string from_base64_url(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::string out(text.size() / 4 * 3, '\0');
  EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  out.resize(out.size() - padding);
  return out;
}

}  // namespace passaparola::connect
