// A server of mail that speaks SMTP, through TLS from the first byte or from STARTTLS on, and keeps
// what it is given.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "peers/peer.h"

namespace passaparola::peers {

struct Mail {
  std::string from;
  std::vector<std::string> to;
  std::string login;  // what came with AUTH PLAIN, in base64
  std::string data;   // header and body, as they came
};

enum class MailTls : std::uint8_t {
  at_once,
  offered,          // STARTTLS
  offered_in_vain,  // and then refused
  never,
};

class SmtpPeer : public Peer {
 public:
  // `answer_to` gives what a whole mail is answered, such as "250 taken"; numbered from 0.
  SmtpPeer(std::function<std::string(std::size_t number)> answer_to, const Identity& identity,
           MailTls when = MailTls::at_once);
  ~SmtpPeer() override { stop(); }

  std::vector<Mail> mails() const;  // all that came whole, taken or not
  // What was said before TLS, line by line, over all connections.
  std::vector<std::string> heard_in_clear() const;

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  class Talk;
  bool serve_line(Talk& talk, const std::string& line, Mail& mail);
  void take(Talk& talk, Mail& mail);

  const std::function<std::string(std::size_t)> answer_to_;
  const MailTls when_;
  mutable std::mutex mutex_;
  std::vector<Mail> mails_;                  // protected by mutex_
  std::vector<std::string> heard_in_clear_;  // protected by mutex_
};

}  // namespace passaparola::peers
