#include "peers/smtp_peer.h"

#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <istream>
#include <optional>
#include <utility>

namespace passaparola::peers {

namespace net = boost::asio;

namespace {

std::string between(const std::string& line, char begin, char end) {
  const std::size_t at = line.find(begin) + 1;
  return line.substr(at, line.find(end, at) - at);
}

}  // namespace

// Lines in, lines out.
class SmtpPeer::Talk {
 public:
  explicit Talk(tcp::socket socket) : plain_(std::move(socket)) {}

  // What came before it is not of the secure talk.
  void begin_tls(net::ssl::context& context) {
    buffer_.consume(buffer_.size());
    secure_.emplace(std::move(plain_), context);
    secure_->handshake(net::ssl::stream_base::server);
  }
  bool is_secure() const { return secure_.has_value(); }

  std::string hear() {
    if (secure_) {
      net::read_until(*secure_, buffer_, "\r\n");
    } else {
      net::read_until(plain_, buffer_, "\r\n");
    }
    std::istream in(&buffer_);
    std::string line;
    std::getline(in, line);
    line.pop_back();
    return line;
  }
  void say(const std::string& line) {
    const std::string bytes = line + "\r\n";
    if (secure_) {
      net::write(*secure_, net::buffer(bytes));
    } else {
      net::write(plain_, net::buffer(bytes));
    }
  }

 private:
  tcp::socket plain_;
  std::optional<TlsSocket> secure_;
  net::streambuf buffer_;
};

SmtpPeer::SmtpPeer(std::function<std::string(std::size_t)> answer_to, const Identity& identity,
                   MailTls when)
    : Peer(&identity), answer_to_(std::move(answer_to)), when_(when) {
  start();
}

std::vector<Mail> SmtpPeer::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

std::vector<std::string> SmtpPeer::heard_in_clear() const {
  const std::lock_guard lock(mutex_);
  return heard_in_clear_;
}

void SmtpPeer::take(Talk& talk, Mail& mail) {
  talk.say("354 go on");
  for (std::string data = talk.hear(); data != "."; data = talk.hear()) mail.data += data + "\r\n";
  std::string answer;
  {
    const std::lock_guard lock(mutex_);
    answer = answer_to_(mails_.size());
    mails_.push_back(mail);
  }
  talk.say(answer);
}

// False: the talk is over.
bool SmtpPeer::serve_line(Talk& talk, const std::string& line, Mail& mail) {
  const bool offers_tls = when_ == MailTls::offered || when_ == MailTls::offered_in_vain;
  if (line.starts_with("EHLO")) {
    const bool offers = offers_tls && !talk.is_secure();
    talk.say(std::string("250-mail.example\r\n") + (offers ? "250-STARTTLS\r\n" : "") +
             "250 AUTH PLAIN");
  } else if (line == "STARTTLS" && when_ == MailTls::offered && !talk.is_secure()) {
    talk.say("220 go ahead");
    talk.begin_tls(tls());
    mail = {};
  } else if (line == "STARTTLS" && when_ == MailTls::offered_in_vain) {
    talk.say("454 not now");
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
    take(talk, mail);
  } else if (line == "QUIT") {
    talk.say("221 goodbye");
    return false;
  } else {
    talk.say("500 what");
  }
  return true;
}

void SmtpPeer::serve(tcp::socket socket, std::size_t) {
  Talk talk(std::move(socket));
  if (when_ == MailTls::at_once) talk.begin_tls(tls());
  talk.say("220 mail.example ESMTP");
  Mail mail;
  for (bool goes_on = true; goes_on;) {
    const std::string line = talk.hear();
    if (!talk.is_secure()) {
      const std::lock_guard lock(mutex_);
      heard_in_clear_.push_back(line);
    }
    goes_on = serve_line(talk, line, mail);
  }
}

}  // namespace passaparola::peers
