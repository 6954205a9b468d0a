// Poster: tells one server something by HTTP, as carefully as sources are read: its address is
// looked at after its name was looked up and at every redirect, its certificate is verified. For
// whoever delivers; blocks, so that they need no sockets of their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connect/failure.h"
#include "core/result.h"

namespace passaparola::connect {

struct PosterConfig {
  std::string url;             // http or https; may hold a secret, and is never told
  std::string proxy, ca_file;  // as of a source
  bool allow_private = false;
};

// That a server answered.
struct Posted {
  unsigned status = 0;
  std::optional<std::chrono::milliseconds> retry_after;  // what it asks for
};

class Poster {
 public:
  // Errors, which do not repeat the URL: invalid_argument, invalid_file (ca_file).
  static Result<std::unique_ptr<Poster>> make(const PosterConfig& config);
  ~Poster();

  // "https://hooks.example:8443": where it goes, without what may be a secret.
  const std::string& origin() const;

  using Fields = std::vector<std::pair<std::string, std::string>>;
  // Posts JSON and waits for the head of the answer, for `limit` in all. A redirect is followed
  // within the server alone. One at a time. Failures, also when cancel() was called: silent, and as
  // of a source that cannot be read.
  Reached<Posted> post(std::string body, Fields fields, std::chrono::milliseconds limit);

  // Ends what is under way, and everything that is posted from then on. Any thread.
  void cancel();

 private:
  struct State;
  explicit Poster(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::connect
