// Certificates made on the spot, for servers that a test may trust, or not.
#pragma once

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace passaparola::peers {

struct CertificateRequest {
  std::string name = "localhost";  // a DNS name, or an IP address
  int begins_in_days = -1;
  int ends_in_days = 30;
};

// A key with its certificate.
class Identity {
 public:
  // An authority, signed by itself.
  static Identity authority();
  // A server, signed by `issuer`; by itself when that is null.
  static Identity server(const CertificateRequest& request, const Identity* issuer);

  std::string certificate_pem() const;
  std::string key_pem() const;

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  static Identity make(const CertificateRequest& request, const Identity* issuer,
                       bool is_authority);

  std::unique_ptr<EVP_PKEY, FreeKey> key_;
  std::unique_ptr<X509, FreeCertificate> certificate_;
};

}  // namespace passaparola::peers
