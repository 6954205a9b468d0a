// Deliveries to real receivers: everything once or under the same id, in order, signed, across
// failures and restarts.
#include <gmock/gmock.h>

#include "core/limits.h"
#include "core/mention.h"
#include "unit/deliver/fixture.h"

namespace passaparola::deliver {
namespace {

using peers::ListingRequest;
using peers::misbehaves;
using peers::ReceiverPeer;
using peers::refuses;
using peers::takes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

ReceiverPeer::Receive always(peers::Reception reception) {
  return [reception](const ListingRequest&, std::size_t) { return reception; };
}

std::vector<std::string> numbered(std::size_t first, std::size_t last) {
  std::vector<std::string> texts;
  for (std::size_t i = first; i <= last; ++i) texts.push_back("numero " + std::to_string(i));
  return texts;
}

TEST_F(DeliveriesTest, BeginsAtNowAndTellsWhatComes) {
  ReceiverPeer receiver(always(takes()));
  publish({"prima"});
  start(to(receiver));
  publish({"seconda"}, "moka_nera");
  publish({"terza"}, "teiera");
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("seconda", "terza"));
  for (const ListingRequest& request : receiver.taken()) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.field("content-type"), "application/json");
    EXPECT_TRUE(is_signed(request, key()));
    EXPECT_THAT(request.body, HasSubstr(R"({"type":"mentions","delivery":"crm","items":[)"));
    EXPECT_THAT(request.body, HasSubstr(R"("cursor":")"));
  }
  const Status now = status();
  EXPECT_EQ(now.mentions_sent, 2U);
  EXPECT_EQ(now.failed, 0U);
  EXPECT_TRUE(now.last_success_at);
  EXPECT_EQ(now.to, "http://localhost:" + std::to_string(receiver.port()));
}

TEST_F(DeliveriesTest, TellsOnlyWhatItIsFor) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver);
  delivery.brand = "moka_nera";
  delivery.where = [](const Mention& mention) {
    return mention.sentiment.label == Label::negative;
  };
  start(std::move(delivery));
  publish({"bella"}, "moka_nera", Label::positive);
  publish({"brutta"}, "moka_nera", Label::negative);
  publish({"altra"}, "teiera", Label::negative);
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("brutta"));
}

TEST_F(DeliveriesTest, MessagesAreBounded) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver);
  start(Delivery(delivery));
  stop();
  publish_numbered(2 * kMaxDeliveryMentions + 1);
  publish({std::string(kMaxTextBytes, 'a'), std::string(kMaxTextBytes, 'b'),
           std::string(kMaxTextBytes, 'c'), std::string(kMaxTextBytes, 'd')});
  start(std::move(delivery));
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), SizeIs(2 * kMaxDeliveryMentions + 5));
  for (const ListingRequest& request : receiver.taken()) {
    EXPECT_LE(texts_of({request}).size(), kMaxDeliveryMentions);
    EXPECT_LE(request.body.size(), kMaxDeliveryBytes);
  }
}

TEST_F(DeliveriesTest, AMentionThatNoMessageHoldsIsOwedAndTheNextFollows) {
  ReceiverPeer receiver(always(takes()));
  start(to(receiver));
  publish({std::string(kMaxTextBytes, '\x01'), "dopo"});  // six bytes each in JSON
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("dopo"));
  ASSERT_THAT(owed(), SizeIs(1));
  EXPECT_THAT(owed()[0].message.seqs, ElementsAre(1U));
  EXPECT_THAT(owed()[0].error, HasSubstr("larger than a message may be"));
}

TEST_F(DeliveriesTest, NothingIsLostAndNothingChangesItsIdWhateverTheReceiverDoes) {
  ReceiverPeer receiver([](const ListingRequest&, std::size_t number) {
    return number < 40 ? misbehaves(number) : takes();
  });
  Delivery delivery = to(receiver);
  delivery.first_wait = std::chrono::milliseconds(1);
  start(Delivery(delivery));
  for (int i = 0; i < 10; ++i) {
    publish_numbered(7);
    if (i % 3 == 2) start(Delivery(delivery));  // stopped in the middle of something
  }
  ASSERT_TRUE(wait_until_told());
  EXPECT_EQ(texts_of(receiver.taken()), numbered(1, 70));
  std::map<std::string, std::string> bodies;
  for (const ListingRequest& request : receiver.requests()) {
    EXPECT_TRUE(is_signed(request, key()));
    const auto [known, is_new] = bodies.emplace(request.field("webhook-id"), request.body);
    EXPECT_EQ(known->second, request.body);
  }
  EXPECT_THAT(owed(), IsEmpty());
}

TEST_F(DeliveriesTest, AMessageThatIsNotWantedIsOwedAfterAFewTries) {
  std::atomic<bool> wants{false};
  ReceiverPeer receiver([&wants](const ListingRequest& request, std::size_t) {
    const bool is_bad = request.body.find("brutta") != std::string::npos;
    return is_bad && !wants ? refuses(422) : takes();
  });
  start(to(receiver));
  publish({"brutta"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.undelivered == 1; }));
  publish({"bella"});
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("bella"));
  EXPECT_EQ(receiver.requests().size(), kTriesWhereRefused + 1);
  EXPECT_THAT(status().last_failure, HasSubstr("answers 422"));
  ASSERT_THAT(owed(), SizeIs(1));
  EXPECT_THAT(owed()[0].message.seqs, ElementsAre(1U));
  const std::string id = owed()[0].message.id;

  wants = true;
  ASSERT_TRUE(deliveries_->replay("crm", {.undelivered = true}));
  ASSERT_TRUE(wait_until([](const Status& now) { return now.undelivered == 0; }));
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("bella", "brutta"));
  EXPECT_EQ(receiver.taken().back().field("webhook-id"), id) << "the same message";
  publish({"terza"});
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("bella", "brutta", "terza"));
}

TEST_F(DeliveriesTest, WhoWantsNoMoreIsLeftAloneUntilAskedOn) {
  std::atomic<bool> wants{false};
  ReceiverPeer receiver(
      [&wants](const ListingRequest&, std::size_t) { return wants ? takes() : refuses(410); });
  Delivery delivery = to(receiver);
  start(Delivery(delivery));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.state == State::off; }));
  start(Delivery(delivery));  // it stays so
  publish({"due"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.state == State::off; }));
  EXPECT_EQ(status().lag, 2U);
  EXPECT_EQ(receiver.requests().size(), 1U);
  wants = true;
  ASSERT_TRUE(deliveries_->replay("crm", {.on = true}));
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("una", "due"));
  EXPECT_EQ(deliveries_->replay("nobody", {.on = true}).error().code, ErrorCode::not_found);
}

TEST_F(DeliveriesTest, AReplayTellsAgainUnderOtherIds) {
  ReceiverPeer receiver(always(takes()));
  start(to(receiver));
  publish_numbered(5);
  ASSERT_TRUE(wait_until_told());
  ASSERT_TRUE(deliveries_->replay("crm", {.after = 3}));
  ASSERT_TRUE(receiver.wait_until(
      [](const std::vector<ListingRequest>& taken) { return texts_of(taken).size() == 7; }));
  EXPECT_THAT(texts_of({receiver.taken().back()}), ElementsAre("numero 4", "numero 5"));
}

TEST_F(DeliveriesTest, WhatIsErasedIsInNoLaterAttempt) {
  std::atomic<bool> wants{false};
  ReceiverPeer receiver(
      [&wants](const ListingRequest&, std::size_t) { return wants ? takes() : refuses(500); });
  Delivery delivery = to(receiver);
  start(Delivery(delivery));
  stop();
  publish({"di bruno"}, "moka_nera", Label::positive, "bruno");
  publish({"di anna"});
  publish({"di carla"}, "moka_nera", Label::positive, "carla");
  start(std::move(delivery));
  ASSERT_TRUE(receiver.wait_for_requests(1));
  EXPECT_THAT(receiver.requests()[0].body, HasSubstr("di bruno"));
  erase("bruno");
  const std::size_t before = receiver.requests().size();
  ASSERT_TRUE(receiver.wait_for_requests(before + 2));  // one may have been under way
  EXPECT_THAT(receiver.requests().back().body, Not(HasSubstr("bruno")));
  wants = true;
  ASSERT_TRUE(wait_until_told());
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("di anna", "di carla"));
}

TEST_F(DeliveriesTest, AlertsStandWhereTheyWereTold) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver);
  delivery.least_level = warning::Level::warn;
  start(Delivery(delivery));
  stop();
  publish({"una"});
  alert("watch");
  alert("warn", "watch");
  publish({"due"});
  alert("crisis", "warn", "teiera");
  alert("none", "crisis");
  start(std::move(delivery));
  ASSERT_TRUE(wait_until([](const Status& now) { return now.progress.alerts_after == 4; }));
  std::vector<std::string> types;
  for (const ListingRequest& request : receiver.taken()) {
    types.push_back(type_of(request));
    EXPECT_TRUE(is_signed(request, key()));
  }
  EXPECT_THAT(types, ElementsAre("mentions", "alert", "mentions", "alert", "alert"));
  EXPECT_THAT(receiver.taken()[1].body, HasSubstr(R"("alert":{"alert_id":"1-2")"));
}

TEST_F(DeliveriesTest, InQuietHoursOnlyACrisisIsTold) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver);
  delivery.quiet = *QuietHours::parse("00:00-23:59", "");
  {
    const std::lock_guard lock(mutex_);
    clock_ = *parse_rfc3339("2026-11-27T10:00:00Z");
  }
  start(std::move(delivery));
  publish({"una", "due"});
  alert("warn");
  alert("crisis", "warn");
  ASSERT_TRUE(receiver.wait_for_requests(1));
  ASSERT_TRUE(wait_until([](const Status& now) { return now.state == State::quiet; }));
  ASSERT_THAT(receiver.requests(), SizeIs(1));
  EXPECT_THAT(receiver.requests()[0].body, HasSubstr(R"("level":"crisis")"));
  {
    const std::lock_guard lock(mutex_);
    clock_ = *parse_rfc3339("2026-11-27T23:59:30Z");
  }
  ASSERT_TRUE(wait_until([](const Status& now) { return now.progress.alerts_after == 2; }));
  ASSERT_THAT(receiver.taken(), SizeIs(3));
  EXPECT_THAT(texts_of({receiver.taken()[1]}), ElementsAre("una", "due")) << "as one message";
  EXPECT_THAT(receiver.taken()[2].body, HasSubstr(R"("level":"warn")")) << "no crisis twice";
}

TEST_F(DeliveriesTest, MentionsAreGatheredAndAnAlertWaitsForNobody) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver);
  delivery.every = std::chrono::hours(24);
  start(std::move(delivery));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.state == State::waiting; }));
  publish({"due"});
  EXPECT_THAT(receiver.requests(), IsEmpty());
  alert("watch");
  ASSERT_TRUE(wait_until([](const Status& now) { return now.progress.alerts_after == 1; }));
  EXPECT_THAT(texts_of(receiver.taken()), ElementsAre("una", "due"));
  EXPECT_EQ(type_of(receiver.taken().back()), "alert");
}

TEST_F(DeliveriesTest, SlackIsToldInItsWords) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver, "team");
  delivery.type = Type::slack;
  start(std::move(delivery));
  publish({"Attenti <!channel> & @here"});
  ASSERT_TRUE(wait_until_told());
  const ListingRequest request = receiver.taken().front();
  EXPECT_EQ(request.field("webhook-signature"), "");
  EXPECT_THAT(request.body, HasSubstr(R"x({"text":"1 mention (team)","blocks":[)x"));
  EXPECT_THAT(request.body, HasSubstr("Attenti &lt;!channel&gt; &amp; @\u200Bhere"));
  EXPECT_THAT(request.body, HasSubstr("<https://social.example/p?a=1&amp;b=2|anna>"));
}

TEST_F(DeliveriesTest, SlackAlertsLinkThePostsThatAreStillThere) {
  ReceiverPeer receiver(always(takes()));
  publish({"Pessima <!channel> & @here"}, "moka_nera", Label::negative);
  publish({"cancellata"}, "moka_nera", Label::negative, "erasa");
  publish_numbered(5);
  erase("erasa");
  std::vector<std::string> ids{"damaged", mention_id("test", "p2", "moka_nera")};
  for (const int number : {1, 3, 4, 5, 6, 7}) {
    ids.push_back(mention_id("test", "p" + std::to_string(number), "moka_nera"));
  }
  Delivery delivery = to(receiver, "team");
  delivery.type = Type::slack;
  start(std::move(delivery));
  alert("crisis", "none", "moka_nera", ids);
  ASSERT_TRUE(wait_until([](const Status& now) { return now.progress.alerts_after == 1; }));
  const std::string body = receiver.taken().front().body;
  EXPECT_THAT(body, HasSubstr("15 critics where 1 is usual &lt;!channel&gt;"));
  EXPECT_THAT(body, HasSubstr("*moka_nera* negative · <https://social.example/p?a=1&amp;b=2|anna>, "
                              "test\\nPessima &lt;!channel&gt; &amp; @\u200Bhere"));
  EXPECT_THAT(body, Not(HasSubstr("cancellata")));
  EXPECT_THAT(body, HasSubstr("numero 6")) << "the fifth that is there";
  EXPECT_THAT(body, Not(HasSubstr("numero 7"))) << "a few";
}

TEST_F(DeliveriesTest, AnAddressOfOnesOwnNetworkIsNotReachedUnlessAllowed) {
  ReceiverPeer receiver(always(takes()));
  Delivery delivery = to(receiver);
  delivery.to.allow_private = false;
  delivery.to.url = receiver.url("/secret-path?token=segreto");
  start(std::move(delivery));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.failed > 0; }));
  EXPECT_THAT(status().last_failure, HasSubstr("is not an address of the public internet"));
  EXPECT_THAT(status().last_failure + status().to, Not(HasSubstr("secret-path")));
  EXPECT_THAT(receiver.requests(), IsEmpty());
}

TEST_F(DeliveriesTest, ARedirectLeadsNoMessageToAnotherServer) {
  ReceiverPeer other(always(takes()));
  peers::Reception away;
  away.answer.status = 307;
  away.answer.fields = {{"Location", other.url()}};
  away.is_taken = false;
  ReceiverPeer receiver(always(away));
  start(to(receiver));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.failed > 0; }));
  EXPECT_THAT(status().last_failure, HasSubstr("redirect"));
  EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_F(DeliveriesTest, ACertificateIsVerified) {
  const auto authority = peers::Identity::authority();
  const auto identity = peers::Identity::server({}, &authority);
  ReceiverPeer receiver(always(takes()), &identity);
  start(to(receiver));
  publish({"una"});
  ASSERT_TRUE(wait_until([](const Status& now) { return now.failed > 0; }));
  EXPECT_THAT(status().last_failure, HasSubstr("certificate"));
  EXPECT_THAT(receiver.requests(), IsEmpty());
}

}  // namespace
}  // namespace passaparola::deliver
