// A plain HTTP/1.1 request over a socket of its own, so that the tests do not share the program's
// code.
#pragma once

#include <optional>
#include <string>

namespace passaparola::testing {

struct HttpAnswer {
  int status = 0;
  std::string head;  // status line and fields, as they came
  std::string body;
};

// nullopt when nobody answers or the connection breaks off. `url` is http://ADDRESS:PORT; `fields`
// are further lines of the header, each with its end.
std::optional<HttpAnswer> http_request(const std::string& url, const std::string& method,
                                       const std::string& target, const std::string& body = {},
                                       const std::string& type = "application/x-ndjson",
                                       const std::string& fields = {});

}  // namespace passaparola::testing
