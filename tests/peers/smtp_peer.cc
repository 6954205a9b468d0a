#include "peers/smtp_peer.h"

#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <istream>

namespace passaparola::peers {
namespace {

namespace net = boost::asio;

// Lines in, lines out.
class Talk {
 public:
  explicit Talk(TlsSocket& stream) : stream_(stream) {}
  std::string hear() {
    net::read_until(stream_, buffer_, "\r\n");
    std::istream in(&buffer_);
    std::string line;
    std::getline(in, line);
    line.pop_back();
    return line;
  }
  void say(const std::string& line) { net::write(stream_, net::buffer(line + "\r\n")); }

 private:
  TlsSocket& stream_;
  net::streambuf buffer_;
};

std::string between(const std::string& line, char begin, char end) {
  const std::size_t at = line.find(begin) + 1;
  return line.substr(at, line.find(end, at) - at);
}

}  // namespace

SmtpPeer::SmtpPeer(std::function<std::string(std::size_t)> answer_to, const Identity& identity)
    : Peer(&identity), answer_to_(std::move(answer_to)) {
  start();
}

std::vector<Mail> SmtpPeer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

void SmtpPeer::serve(tcp::socket socket, std::size_t) {
  TlsSocket stream(std::move(socket), tls());
  stream.handshake(net::ssl::stream_base::server);
  Talk talk(stream);
  talk.say("220 mail.example ESMTP");
  Mail mail;
  while (true) {
    const std::string line = talk.hear();
    if (line.starts_with("EHLO")) {
      talk.say("250-mail.example\r\n250 AUTH PLAIN");
    } else if (line.starts_with("AUTH PLAIN")) {
      mail.login = line.size() > 11 ? line.substr(11) : "";
      if (mail.login.empty()) {
        talk.say("334 ");
        mail.login = talk.hear();
      }
      talk.say("235 welcome");
    } else if (line.starts_with("MAIL FROM")) {
      mail.from = between(line, '<', '>');
      talk.say("250 so");
    } else if (line.starts_with("RCPT TO")) {
      mail.to.push_back(between(line, '<', '>'));
      talk.say("250 so");
    } else if (line == "DATA") {
      talk.say("354 go on");
      for (std::string data = talk.hear(); data != "."; data = talk.hear()) {
        mail.data += data + "\r\n";
      }
      std::string answer;
      {
        const std::lock_guard lock(mutex_);
        answer = answer_to_(mails_.size());
        mails_.push_back(mail);
      }
      talk.say(answer);
    } else if (line == "QUIT") {
      return talk.say("221 goodbye");
    } else {
      talk.say("500 what");
    }
  }
}

}  // namespace passaparola::peers
