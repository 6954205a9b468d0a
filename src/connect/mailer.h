// Mailer: hands mail to one server by SMTP, as carefully as sources are read: through TLS, to an
// address that was looked at after its name was looked up, with a certificate that is verified.
// Blocks.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connect/failure.h"
#include "connect/poster.h"
#include "core/result.h"

namespace passaparola::connect {

struct MailerConfig {
  std::string url;  // smtps://HOST:PORT, or smtp://HOST:PORT, where TLS must begin before all else
  std::string user, password;  // empty: none is asked
  std::string from;            // addresses; is_mail_address()
  std::vector<std::string> to;
  std::string ca_file;
  bool allow_private = false;
};

// An address as it stands in the commands of SMTP: visible ASCII with one @, no angle brackets.
bool is_mail_address(std::string_view text);

class Mailer {
 public:
  // Errors, which do not repeat the URL: invalid_argument.
  static Result<std::unique_ptr<Mailer>> make(const MailerConfig& config);
  ~Mailer();

  const std::string& origin() const;  // "smtps://mail.example:465"

  // `mail`: header and body, with CRLF. One at a time. A refusal is told as the status that means
  // the same in HTTP: 503 for what may be taken later, 422 for what will not. Failures, also when
  // cancel() was called: as of Poster::post().
  Reached<Posted> send(std::string_view mail, std::chrono::milliseconds limit);

  // Ends what is under way, and everything that is sent from then on. Any thread.
  void cancel();

 private:
  struct State;
  explicit Mailer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::connect
