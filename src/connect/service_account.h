// Service accounts of Google: a program proves who it is by what it signs with its key (RFC 7515,
// 7519, 7523). Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

struct evp_pkey_st;

namespace passaparola::connect {

class ServiceAccount {
 public:
  // `json`: the key as it is downloaded. Errors: invalid_argument, with no part of it.
  static Result<ServiceAccount> parse(const std::string& json);

  // Where tokens are given for what it signs.
  const std::string& token_uri() const { return token_uri_; }

  // That it asks for `scope`, signed; it is good for an hour from `at`.
  std::string assertion(std::string_view scope, Timestamp at) const;

 private:
  std::string email_, key_id_, token_uri_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace passaparola::connect
