// What TLS asks of servers: a certificate that an authority we trust gave to that name, and
// version 1.2 or later.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"

namespace boost::asio::ssl {
class context;
}

namespace passaparola::connect {

// `ca_file`: PEM of further authorities to trust, such as a company's own; empty: only those of
// the system. Errors: invalid_file.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls(const std::string& ca_file);

}  // namespace passaparola::connect
