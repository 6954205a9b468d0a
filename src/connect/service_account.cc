#include "connect/service_account.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <simdjson.h>

#include <optional>

#include "connect/http.h"
#include "core/base64.h"
#include "core/check.h"
#include "core/json.h"

namespace passaparola::connect {
namespace {

constexpr int kLeastKeyBits = 2048;  // RFC 7518, 3.3
constexpr std::int64_t kGoodForSeconds = 3600;

Error wrong(std::string why) { return fail(ErrorCode::invalid_argument, std::move(why)); }

// Without one a key that is encrypted asks for its password at the terminal.
int no_password(char*, int, int, void*) { return -1; }

std::shared_ptr<EVP_PKEY> key_of(const std::string& pem) {
  BIO* const in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  CHECK(in != nullptr, "OpenSSL has memory");
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(in, nullptr, no_password, nullptr);
  BIO_free(in);
  return {key, EVP_PKEY_free};
}

// RS256.
std::optional<std::string> signature(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return std::nullopt;
  }
  std::string out(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                     text.size()) != 1) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

bool can_sign(EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
         EVP_PKEY_get_bits(key) >= kLeastKeyBits && signature(key, "").has_value();
}

}  // namespace

Result<ServiceAccount> ServiceAccount::parse(const std::string& json) {
  simdjson::dom::parser parser;
  if (!parser.parse(json).is_object()) return wrong("is no JSON object");
  ServiceAccount account;
  account.email_ = json_text(json, "client_email");
  account.key_id_ = json_text(json, "private_key_id");
  account.token_uri_ = json_text(json, "token_uri");
  const std::string pem = json_text(json, "private_key");
  if (account.email_.empty()) return wrong("has no client_email");
  if (account.token_uri_.empty()) return wrong("has no token_uri");
  if (pem.empty()) return wrong("has no private_key");
  account.key_ = key_of(pem);
  const bool is_good = can_sign(account.key_.get());
  ERR_clear_error();  // or the next connection takes what is left there for its own
  if (!is_good) return wrong("has a private_key that is no RSA key of 2048 bits or more");
  return account;
}

std::string ServiceAccount::assertion(std::string_view scope, Timestamp at) const {
  std::string header, claims;
  JsonWriter header_writer(header), claims_writer(claims);
  header_writer.StartObject();
  header_writer.field("alg", "RS256");
  header_writer.field("typ", "JWT");
  header_writer.field_if("kid", key_id_);
  header_writer.EndObject();
  const std::int64_t seconds = at.milliseconds / kMillisecondsPerSecond;
  claims_writer.StartObject();
  claims_writer.field("iss", email_);
  claims_writer.field("scope", scope);
  claims_writer.field("aud", token_uri_);
  claims_writer.field("iat", seconds);
  claims_writer.field("exp", seconds + kGoodForSeconds);
  claims_writer.EndObject();
  const std::string text = base64_url(header) + "." + base64_url(claims);
  const auto signed_text = signature(key_.get(), text);
  CHECK(signed_text.has_value(), "a key that has signed once signs again");
  return text + "." + base64_url(*signed_text);
}

}  // namespace passaparola::connect
