#include "peers/certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace passaparola::peers {
namespace {

constexpr long kDay = 24 * 60 * 60;

void check(bool done, const char* what) {
  if (!done) throw std::runtime_error(std::string("OpenSSL does not ") + what);
}

template <typename Write>
std::string pem(Write write) {
  BIO* const out = BIO_new(BIO_s_mem());
  check(write(out) == 1, "write PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(out);
  return text;
}

void extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  check(extension != nullptr, "make an extension");
  check(X509_add_ext(certificate, extension, -1) == 1, "add an extension");
  X509_EXTENSION_free(extension);
}

}  // namespace

Identity Identity::make(const CertificateRequest& request, const Identity* issuer,
                        bool is_authority) {
  static long serial = 1;
  Identity made;
  made.key_.reset(EVP_EC_gen("P-256"));
  made.certificate_.reset(X509_new());
  check(made.key_ && made.certificate_, "make a key");
  X509* const certificate = made.certificate_.get();
  X509* const signer = issuer == nullptr ? certificate : issuer->certificate_.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), request.begins_in_days * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), request.ends_in_days * kDay);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(request.name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  X509_set_pubkey(certificate, made.key_.get());
  extend(certificate, signer, NID_basic_constraints,
         is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!is_authority) {
    const bool is_address = request.name.find_first_not_of("0123456789.:") == std::string::npos;
    extend(certificate, signer, NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + request.name);
  }
  EVP_PKEY* const key = issuer == nullptr ? made.key_.get() : issuer->key_.get();
  check(X509_sign(certificate, key, EVP_sha256()) > 0, "sign");
  return made;
}

Identity Identity::authority() { return make({"Test authority", -1, 30}, nullptr, true); }

Identity Identity::server(const CertificateRequest& request, const Identity* issuer) {
  return make(request, issuer, false);
}

std::string Identity::certificate_pem() const {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate_.get()); });
}

std::string Identity::key_pem() const {
  return pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace passaparola::peers
