// A server of mail that speaks SMTP through TLS from the first byte, and keeps what it is given.
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

class SmtpPeer : public Peer {
 public:
  // `answer_to` gives what a whole mail is answered, such as "250 taken"; numbered from 0.
  SmtpPeer(std::function<std::string(std::size_t number)> answer_to, const Identity& identity);
  ~SmtpPeer() override { stop(); }

  std::vector<Mail> mails() const;  // all that came whole, taken or not

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  const std::function<std::string(std::size_t)> answer_to_;
  mutable std::mutex mutex_;
  std::vector<Mail> mails_;  // protected by mutex_
};

}  // namespace passaparola::peers
