// The HTTP nouns of the feed server, free of any library: a request head that passed the strict
// gate, an answer, a problem (RFC 9457).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace passaparola::feed {

// A request's head. Names of fields are in lower case, values trimmed.
struct Head {
  std::string method;
  std::string target;
  unsigned minor_version = 1;  // HTTP/1.<minor_version>
  std::vector<std::pair<std::string, std::string>> fields;
  std::string host;  // of the Host field, lower case, without port
  std::optional<std::uint64_t> content_length;
  bool chunked = false;

  // The first field of that name (lower case); empty when there is none.
  std::string_view field(std::string_view name) const;
  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

struct Answer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string file = {};  // not empty: a file, whose first file_bytes are the body
  std::uint64_t file_bytes = 0;
};

// A refusal or failure. `name` ends the stable problem type: "/problems/<name>".
struct Problem {
  unsigned status = 400;
  std::string name;
  std::string detail;
  std::string diagnostics = {};   // a further member of the answer: a JSON array; empty: none
  std::size_t retry_seconds = 0;  // when to come back; 0: the usual for its status
};

Answer to_answer(const Problem& problem, std::string_view request_id);

// The problem that an Error of the store or the pipeline becomes.
Problem problem_of(const Error& error);

// Where the head of the first request in `bytes` ends (behind its empty line), or how it is broken:
// a bare CR or LF, a NUL. nullopt: not complete yet. Looks at every byte once when `from` is what
// was looked at before.
struct HeadEnd {
  std::size_t bytes = 0;
  bool broken = false;
};
std::optional<HeadEnd> find_head_end(std::string_view bytes, std::size_t from);

// The strict gate. `bytes` is a whole head with its empty line. Refuses what parsers of different
// makers read differently: no or several Hosts, any Transfer-Encoding but "chunked" alone, a
// repeated Content-Length, obsolete line folding (RFC 9112, sections 3.2, 5.2, 6).
std::variant<Head, Problem> read_head(std::string_view bytes);

// True when `value` (a Host or the authority of an Origin) without its port is `name`.
std::string_view without_port(std::string_view authority);

// A request target in origin form, percent-decoded.
struct Target {
  std::vector<std::string> path;  // segments
  std::vector<std::pair<std::string, std::string>> query;

  // The first parameter of that name; nullopt when absent.
  std::optional<std::string_view> parameter(std::string_view name) const;
};
// nullopt: malformed, or not UTF-8 after decoding.
std::optional<Target> read_target(std::string_view target);

}  // namespace passaparola::feed
