// Mail to a real server: signed in, whole, under one Message-ID, tried again; and what it says.
#include "deliver/mail.h"

#include <gmock/gmock.h>
#include <sodium.h>

#include <fstream>

#include "core/base64.h"
#include "peers/smtp_peer.h"
#include "unit/deliver/fixture.h"

namespace passaparola::deliver {
namespace {

using peers::Mail;
using peers::SmtpPeer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The text of a mail whose body is base64.
std::string text_of(const std::string& data) {
  const std::string body = data.substr(data.find("\r\n\r\n") + 4);
  std::string out(body.size(), 0);
  std::size_t size = 0;
  EXPECT_EQ(sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), body.data(),
                              body.size(), "\r\n", &size, nullptr, sodium_base64_VARIANT_ORIGINAL),
            0);
  out.resize(size);
  return out;
}

std::string line_of(const std::string& data, const std::string& name) {
  const std::size_t at = data.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  return data.substr(at + 2, data.find("\r\n", at + 2) - at - 2);
}

TEST(Mail, HasAHeaderThatNothingBreaksOutOf) {
  const Envelope envelope{"bot@a.example", {"x@b.example", "y@b.example"}, "msg_1", {0}};
  const std::string made =
      mail(envelope, "perché\r\nBcc: evil@c.example " + std::string(80, 'x'), "uno\ndue\n");
  const std::string head = made.substr(0, made.find("\r\n\r\n"));
  EXPECT_THAT(head, HasSubstr("From: bot@a.example\r\nTo: x@b.example,\r\n y@b.example\r\n"));
  EXPECT_THAT(head, HasSubstr("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"));
  EXPECT_THAT(head, HasSubstr("Message-ID: <msg_1@a.example>\r\n"));
  EXPECT_THAT(head, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(head, Not(HasSubstr("Bcc")));
  EXPECT_EQ(text_of(made), "uno\r\ndue\r\n");
  for (std::size_t at = 0; at < made.size(); at = made.find("\r\n", at) + 2) {
    EXPECT_LE(made.find("\r\n", at) - at, 78U);
    if (made.find("\r\n", at) == std::string::npos) break;
  }
}

class MailTest : public DeliveriesTest {
 protected:
  void SetUp() override {
    DeliveriesTest::SetUp();
    std::ofstream(folder_ / "ca.pem") << authority_.certificate_pem();
  }
  // As `by`, where TLS begins with STARTTLS.
  Delivery by_starttls(const SmtpPeer& server) const {
    Delivery delivery = by(server);
    delivery.mail.url = "smtp://localhost:" + std::to_string(server.port());
    return delivery;
  }
  // Tells one mention to a server that must not be given it; what the last failure says.
  std::string failure_of(Delivery delivery) {
    start(std::move(delivery));
    publish({"una"});
    EXPECT_TRUE(wait_until([](const Status& now) { return now.failed > 1; }));
    const std::string failure = status().last_failure;
    stop();
    return failure;
  }
  Delivery by(const SmtpPeer& server) const {
    Delivery delivery;
    delivery.name = "digest";
    delivery.type = Type::email;
    delivery.mail = {"smtps://localhost:" + std::to_string(server.port()),
                     "bot",
                     "segreto",
                     "bot@a.example",
                     {"x@b.example", "y@b.example"},
                     folder_ / "ca.pem",
                     true};
    delivery.first_wait = std::chrono::milliseconds(20);
    return delivery;
  }

  const peers::Identity authority_ = peers::Identity::authority();
  const peers::Identity identity_ = peers::Identity::server({}, &authority_);
};

TEST_F(MailTest, ADigestIsTakenOnceUnderOneId) {
  SmtpPeer server(
      [](std::size_t number) {
        return number == 0 ? std::string("451 later") : std::string("250 taken");
      },
      identity_);
  start(by(server));
  publish({"Bella\n.\nQUIT"});
  ASSERT_TRUE(wait_until_told());
  ASSERT_THAT(server.mails(), SizeIs(2));
  const Mail mail = server.mails()[1];
  EXPECT_EQ(mail.from, "bot@a.example");
  EXPECT_THAT(mail.to, ElementsAre("x@b.example", "y@b.example"));
  EXPECT_EQ(mail.login, base64(std::string("\0bot\0segreto", 12)));
  EXPECT_EQ(line_of(mail.data, "Subject"),
            "Subject: =?UTF-8?B?" + base64("1 mention (digest)") + "?=");
  EXPECT_THAT(text_of(mail.data), HasSubstr("moka_nera: positive"));
  EXPECT_THAT(text_of(mail.data), HasSubstr("Bella . QUIT"));
  EXPECT_THAT(text_of(mail.data), HasSubstr("https://social.example/p?a=1&b=2"));
  EXPECT_EQ(line_of(mail.data, "Message-ID"), line_of(server.mails()[0].data, "Message-ID"));
  EXPECT_EQ(status().failed, 1U);
  EXPECT_THAT(status().last_failure + status().to, Not(HasSubstr("segreto")));
  alert("crisis");
  ASSERT_TRUE(wait_until([](const Status& now) { return now.progress.alerts_after == 1; }));
  EXPECT_THAT(text_of(server.mails()[2].data), HasSubstr("- 15 critics where 1 is usual"));
}

TEST_F(MailTest, WhatTheServerWillNotTakeIsOwed) {
  SmtpPeer server([](std::size_t) { return std::string("550 segretissimo no"); }, identity_);
  start(by(server));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.undelivered == 1; }));
  EXPECT_THAT(server.mails(), SizeIs(kTriesWhereRefused));
  EXPECT_THAT(status().last_failure, Not(HasSubstr("segretissimo")));
}

TEST_F(MailTest, NeitherAStrangersCertificateNorAPrivateAddressWillDo) {
  SmtpPeer server([](std::size_t) { return std::string("250 taken"); }, identity_);
  Delivery without = by(server);
  without.mail.ca_file.clear();
  start(std::move(without));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.failed > 0; }));
  EXPECT_THAT(status().last_failure, HasSubstr("ertificate"));
  Delivery guarded = by(server);
  guarded.mail.allow_private = false;
  start(std::move(guarded));
  ASSERT_TRUE(wait_until([](const Status& now) { return now.failed > 0; }));
  EXPECT_THAT(status().last_failure, HasSubstr("is not an address of the public internet"));
  EXPECT_THAT(server.mails(), IsEmpty());
}

// The commands that say nothing of whom, from whom and what.
void expect_silence(const std::vector<std::string>& heard) {
  EXPECT_THAT(heard, Not(IsEmpty()));
  for (const std::string& line : heard) {
    const bool is_harmless = line.starts_with("EHLO ") || line.starts_with("HELO ") ||
                             line == "STARTTLS" || line == "QUIT";
    EXPECT_TRUE(is_harmless) << line;
  }
}

std::string takes_mail(std::size_t) { return "250 taken"; }

TEST_F(MailTest, StartTlsComesBeforeTheNameAndTheMail) {
  SmtpPeer server(takes_mail, identity_, peers::MailTls::offered);
  start(by_starttls(server));
  publish({"una"});
  ASSERT_TRUE(wait_until_told());
  ASSERT_THAT(server.mails(), SizeIs(1));
  EXPECT_EQ(server.mails()[0].login, base64(std::string("\0bot\0segreto", 12)));
  EXPECT_THAT(text_of(server.mails()[0].data), HasSubstr("una"));
  expect_silence(server.heard_in_clear());
  EXPECT_THAT(server.heard_in_clear(), testing::Contains("STARTTLS"));
}

TEST_F(MailTest, AServerWithoutStartTlsIsToldNothing) {
  SmtpPeer server(takes_mail, identity_, peers::MailTls::never);
  EXPECT_THAT(failure_of(by_starttls(server)), HasSubstr("SSL"));
  SmtpPeer fickle(takes_mail, identity_, peers::MailTls::offered_in_vain);
  failure_of(by_starttls(fickle));
  for (const SmtpPeer* one : {&server, &fickle}) {
    expect_silence(one->heard_in_clear());
    EXPECT_THAT(one->mails(), IsEmpty());
  }
}

TEST_F(MailTest, StartTlsWantsTheCertificateOfThatVeryServer) {
  SmtpPeer stranger(takes_mail, identity_, peers::MailTls::offered);
  Delivery without = by_starttls(stranger);
  without.mail.ca_file.clear();
  EXPECT_THAT(failure_of(std::move(without)), HasSubstr("ertificate"));
  const auto other = peers::Identity::server({"other.example", -1, 30}, &authority_);
  SmtpPeer misnamed(takes_mail, other, peers::MailTls::offered);
  EXPECT_THAT(failure_of(by_starttls(misnamed)), HasSubstr("ertificate"));
  const auto late = peers::Identity::server({"localhost", -30, -1}, &authority_);
  SmtpPeer expired(takes_mail, late, peers::MailTls::offered);
  EXPECT_THAT(failure_of(by_starttls(expired)), HasSubstr("ertificate"));
  for (const SmtpPeer* one : {&stranger, &misnamed, &expired}) {
    expect_silence(one->heard_in_clear());
    EXPECT_THAT(one->mails(), IsEmpty());
  }
}

TEST(Mailer, AConfigurationThatIsNoneIsRefused) {
  const auto is_good = [](const std::string& url, const std::string& from, const std::string& to) {
    return bool(connect::Mailer::make({url, "", "", from, {to}, "", false}));
  };
  EXPECT_TRUE(is_good("smtps://a.example", "a@b", "c@d.example"));
  EXPECT_TRUE(is_good("smtp://a.example:2525", "a@b", "c@d.example"));
  for (const std::string url : {"", "https://a.example", "smtp://u:p@a.example",
                                "smtp://a.example/x", "smtp://a.example:22", "smtp://"}) {
    EXPECT_FALSE(is_good(url, "a@b", "c@d")) << url;
  }
  for (const std::string address :
       {"", "a", "@b", "a@", "a@b@c", "a@b>\r\nDATA", "a b@c", "<a@b>"}) {
    EXPECT_FALSE(is_good("smtps://a.example", address, "c@d")) << address;
    EXPECT_FALSE(is_good("smtps://a.example", "c@d", address)) << address;
  }
}

}  // namespace
}  // namespace passaparola::deliver
