// Posting to real servers: what is known as soon as the head of an answer is there, how long it may
// take, and that nothing goes where it should not.
#include "connect/poster.h"

#include <gmock/gmock.h>

#include <thread>

#include "peers/receiver_peer.h"

namespace passaparola::connect {
namespace {

using peers::ListingRequest;
using peers::ReceiverPeer;
using peers::Reception;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::unique_ptr<Poster> poster_to(const std::string& url) {
  PosterConfig config;
  config.url = url;
  config.allow_private = true;
  auto poster = Poster::make(config);
  EXPECT_TRUE(poster) << poster.error().message;
  return *std::move(poster);
}

ReceiverPeer::Receive always(Reception reception) {
  return [reception](const ListingRequest&, std::size_t) { return reception; };
}

TEST(Poster, TellsTheStatusAndWhatPauseIsAsked) {
  Reception busy = peers::refuses(429);
  busy.answer.fields = {{"Retry-After", "7"}};
  ReceiverPeer receiver(always(busy));
  const auto poster = poster_to(receiver.url());
  for (int i = 0; i < 2; ++i) {
    const auto posted = poster->post("{\"a\":1}", {{"webhook-id", "x"}}, seconds(10));
    ASSERT_TRUE(posted) << posted.error().message;
    EXPECT_EQ(posted->status, 429U);
    EXPECT_EQ(posted->retry_after, seconds(7));
  }
  ASSERT_THAT(receiver.requests(), SizeIs(2));
  EXPECT_EQ(receiver.requests()[0].method, "POST");
  EXPECT_EQ(receiver.requests()[0].body, "{\"a\":1}");
  EXPECT_EQ(receiver.requests()[0].field("content-type"), "application/json");
  EXPECT_EQ(receiver.requests()[0].field("webhook-id"), "x");
}

TEST(Poster, DoesNotWaitLongerThanItMay) {
  Reception slow;
  slow.after_ms = 2'000;
  ReceiverPeer receiver(always(slow));
  const auto poster = poster_to(receiver.url("/secret?token=segreto"));
  const auto begun = std::chrono::steady_clock::now();
  const auto posted = poster->post("{}", {}, milliseconds(100));
  ASSERT_FALSE(posted);
  EXPECT_EQ(posted.error().trouble, Trouble::silent);
  EXPECT_THAT(posted.error().message, HasSubstr("has not answered within 0.1 s"));
  EXPECT_THAT(posted.error().message + poster->origin(), Not(HasSubstr("secret")));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(2));
}

TEST(Poster, IsEndedFromAnotherThreadAndStaysSo) {
  Reception slow;
  slow.after_ms = 5'000;
  ReceiverPeer receiver(always(slow));
  const auto poster = poster_to(receiver.url());
  std::thread other([&] {
    receiver.wait_for_requests(1);
    poster->cancel();
  });
  EXPECT_FALSE(poster->post("{}", {}, seconds(60)));
  other.join();
  EXPECT_FALSE(poster->post("{}", {}, seconds(60)));
  EXPECT_THAT(receiver.requests(), SizeIs(1));
}

TEST(Poster, FollowsARedirectWithinItsServerAlone) {
  ReceiverPeer other(always(peers::takes()));
  std::string away = other.url();
  ReceiverPeer receiver([&away](const ListingRequest& request, std::size_t) {
    if (request.target == "/there") return peers::takes();
    Reception redirect = peers::refuses(308);
    redirect.answer.fields = {{"Location", request.target == "/hook" ? "/there" : away}};
    return redirect;
  });
  const auto posted = poster_to(receiver.url())->post("{\"a\":1}", {}, seconds(10));
  ASSERT_TRUE(posted) << posted.error().message;
  EXPECT_EQ(posted->status, 200U);
  EXPECT_EQ(receiver.requests().back().body, "{\"a\":1}");
  const auto lost = poster_to(receiver.url("/away"))->post("{\"a\":1}", {}, seconds(10));
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().message, HasSubstr("to another server"));
  EXPECT_THAT(other.requests(), SizeIs(0));
}

TEST(Poster, AConfigurationThatIsNoneIsRefusedWithoutBeingRepeated) {
  for (const std::string url : {"", "segreto", "ftp://segreto.example", "wss://segreto.example",
                                "https://user:segreto@a.example", "https://"}) {
    const auto poster = Poster::make({url, "", "", false});
    ASSERT_FALSE(poster) << url;
    EXPECT_EQ(poster.error().code, ErrorCode::invalid_argument) << url;
    EXPECT_THAT(poster.error().message, Not(HasSubstr("segreto"))) << url;
  }
  EXPECT_FALSE(Poster::make({"https://a.example", "ftp://b", "", false}));
  EXPECT_FALSE(Poster::make({"https://a.example", "", "/no/such/file.pem", false}));
}

}  // namespace
}  // namespace passaparola::connect
