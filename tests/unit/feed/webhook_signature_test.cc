// Signatures of webhooks against figures that others computed, and every way to miss them.
#include "feed/webhook_signature.h"

#include <gmock/gmock.h>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

using testing::HasSubstr;
using testing::Not;

// The example that the libraries of the specification carry in their tests.
const std::string kPublicSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string kPublicId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const std::string kPublicSecond = "1614265330";
const std::string kPublicBody = R"({"test": 2432232314})";
const std::string kPublicSignature = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

std::string key_of(const std::string& secret) {
  const auto key = read_webhook_secret(secret);
  EXPECT_TRUE(key) << key.error().message;
  return key ? *key : "";
}

SignedHead public_head(const std::string& signatures = "v1," + kPublicSignature) {
  return {kPublicId, kPublicSecond, signatures, 1'614'265'330};
}

bool fits(const SignedHead& head, const std::string& body = kPublicBody) {
  const std::vector<std::string> keys{key_of(kPublicSecret)};
  return is_signed(keys, head, body);
}

Head head_with(std::vector<std::pair<std::string, std::string>> fields) {
  Head head;
  head.fields = std::move(fields);
  return head;
}

std::string detail_of(const std::variant<SignedHead, Problem>& read) {
  const auto* problem = std::get_if<Problem>(&read);
  if (problem == nullptr) return "";
  EXPECT_EQ(problem->status, 400U);
  EXPECT_EQ(problem->name, "webhook-headers");
  return problem->detail;
}

TEST(WebhookSignature, IsThatOfThePublicExample) {
  EXPECT_EQ(webhook_signature(key_of(kPublicSecret), kPublicId, kPublicSecond, kPublicBody),
            kPublicSignature);
  EXPECT_TRUE(fits(public_head()));
}

// python3 -c 'import hmac,hashlib,base64
// print(base64.b64encode(hmac.new(bytes(range(32)),
//       "evt_1.1700000000.perché no?\n".encode(), hashlib.sha256).digest()))'
TEST(WebhookSignature, IsThatOfAnotherImplementation) {
  const std::string key = key_of("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(webhook_signature(key, "evt_1", "1700000000", "perché no?\n"),
            "92+RpEUA7smPHT9flDs5kdmLZWAZrSEULq+ISl/hITU=");
  EXPECT_EQ(webhook_signature(key, "evt_1", "1700000000", ""),
            "AvGPqE0CTogrWUUfPBN4L+nlNzDkwfIG5llUmNsvsXc=");
}

TEST(WebhookSignature, FitsNothingElse) {
  EXPECT_FALSE(fits(public_head(), R"({"test": 2432232315})"));
  EXPECT_FALSE(fits(public_head(), kPublicBody + "\n"));
  EXPECT_FALSE(fits(public_head(), ""));
  SignedHead other_id = public_head();
  other_id.id += "x";
  EXPECT_FALSE(fits(other_id));
  SignedHead other_second = public_head();
  other_second.timestamp = "1614265331";
  EXPECT_FALSE(fits(other_second));
  const std::vector<std::string> others{std::string(24, 'k')};
  EXPECT_FALSE(is_signed(others, public_head(), kPublicBody));
  EXPECT_FALSE(is_signed({}, public_head(), kPublicBody));
  for (std::size_t i = 0; i < kPublicSignature.size(); ++i) {
    std::string near = kPublicSignature;
    near[i] = near[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(fits(public_head("v1," + near))) << near;
  }
}

TEST(WebhookSignature, OneOfSeveralIsEnoughAndOtherVersionsDoNotCount) {
  const std::string wrong = webhook_signature(std::string(24, 'k'), "a", "1", "b");
  EXPECT_TRUE(fits(public_head("v1," + wrong + " v1," + kPublicSignature)));
  EXPECT_TRUE(fits(public_head("v1," + kPublicSignature + "  v2,x")));
  EXPECT_TRUE(fits(public_head("v1a,AAAA v9, v1," + kPublicSignature)));
  EXPECT_FALSE(fits(public_head("v2," + kPublicSignature)));
  EXPECT_FALSE(fits(public_head("v1a," + kPublicSignature)));
  EXPECT_FALSE(fits(public_head("V1," + kPublicSignature)));
  EXPECT_FALSE(fits(public_head("v1," + kPublicSignature.substr(0, 43))));
  EXPECT_FALSE(fits(public_head("v1," + kPublicSignature + "=")));
  EXPECT_FALSE(fits(public_head("v1,")));
  EXPECT_FALSE(fits(public_head(kPublicSignature)));
}

TEST(WebhookSignature, AnyOfTheSecretsVerifies) {
  const std::vector<std::string> keys{std::string(24, 'k'), key_of(kPublicSecret)};
  EXPECT_TRUE(is_signed(keys, public_head(), kPublicBody));
  const std::string by_first =
      webhook_signature(keys.front(), kPublicId, kPublicSecond, kPublicBody);
  EXPECT_TRUE(is_signed(keys, public_head("v1," + by_first), kPublicBody));
}

TEST(WebhookSecret, IsBase64BehindAPrefixAndLongEnough) {
  const std::string good = "a2tra2tra2tra2tra2tra2tra2tra2tr";
  EXPECT_EQ(key_of("whsec_" + good), std::string(24, 'k'));
  EXPECT_EQ(key_of("whsec_" + good + "a2s="), std::string(26, 'k'));
  EXPECT_EQ(key_of("whsec_" + good + "aw=="), std::string(25, 'k'));
  for (const std::string& bad : {
           std::string(), std::string("whsec_"), good, "WHSEC_" + good,
           "whsec_" + good.substr(1),           // cut off
           "whsec_" + good.substr(4),           // 21 bytes
           "whsec_" + good.substr(4) + "a2s=",  // 23 bytes
           "whsec_" + good.substr(4) + "====",  // no bytes behind the last group
           "whsec_" + good + "a===",            // one letter is no byte
           "whsec_a2s=" + good,                 // padding before the end
           "whsec_" + good + "a=2r",
           "whsec_" + good + "a2t=",  // bits that belong to no byte
           "whsec_    " + good,       // white space that OpenSSL skips
           "whsec_" + good + "\n\n\n\n", "whsec_" + good + "----",
           "whsec_" + good + "-_-_",  // the alphabet of addresses
           "whsec_" + good + std::string(4, '\0'),
           "whsec_" + std::string(8'000, 'a'),  // longer than anybody's
       }) {
    const auto key = read_webhook_secret(bad);
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(key.error().message, Not(HasSubstr("a2tr"))) << "no error repeats a secret";
  }
}

TEST(WebhookSecret, ALineEachAndAnyNumberUpToEight) {
  const std::string one = "whsec_a2tra2tra2tra2tra2tra2tra2tra2tr";
  const auto keys = read_webhook_secrets("\n" + one + "\r\n  \n " + kPublicSecret + " ");
  ASSERT_TRUE(keys) << keys.error().message;
  EXPECT_EQ(*keys, (std::vector<std::string>{std::string(24, 'k'), key_of(kPublicSecret)}));
  const auto second = read_webhook_secrets(one + "\nwhsec_c2hvcnQ=\n");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "line 2: a secret has at least 24 bytes, this one has 5");
  EXPECT_FALSE(read_webhook_secrets(" \n\n"));
  std::string many;
  for (std::size_t i = 0; i < kMaxWebhookSecrets; ++i) many += one + "\n";
  EXPECT_TRUE(read_webhook_secrets(many));
  EXPECT_FALSE(read_webhook_secrets(many + one));
}

TEST(WebhookHead, IsReadAsItCame) {
  const auto read = read_signed_head(head_with({{"webhook-id", "evt-1_A/b:c"},
                                                {"webhook-timestamp", "01700000000"},
                                                {"webhook-signature", "v1,a v1a,b"}}));
  ASSERT_TRUE(std::holds_alternative<SignedHead>(read)) << detail_of(read);
  const auto& head = std::get<SignedHead>(read);
  EXPECT_EQ(head.id, "evt-1_A/b:c");
  EXPECT_EQ(head.timestamp, "01700000000") << "what was signed, not what it means";
  EXPECT_EQ(head.signed_at, 1'700'000'000);
  EXPECT_EQ(head.signatures, "v1,a v1a,b");
}

TEST(WebhookHead, EachFieldIsThereOnceAndOfItsForm) {
  const std::vector<std::pair<std::string, std::string>> good{
      {"webhook-id", "a"}, {"webhook-timestamp", "1"}, {"webhook-signature", "v1,b"}};
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto fields = good;
    fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(detail_of(read_signed_head(head_with(fields))),
              "the header field " + good[i].first + " is missing");
    fields = good;
    fields.push_back(good[i]);
    EXPECT_EQ(detail_of(read_signed_head(head_with(fields))),
              "the header field " + good[i].first + " is there more than once");
    fields = good;
    fields[i].second = "";
    EXPECT_THAT(detail_of(read_signed_head(head_with(fields))), HasSubstr("is missing"));
  }
  const auto with = [&good](std::size_t field, const std::string& value) {
    auto fields = good;
    fields[field].second = value;
    return detail_of(read_signed_head(head_with(fields)));
  };
  for (const std::string& id : {std::string("a.1"), std::string("a b"), std::string("\xC3\xA8"),
                                std::string(kMaxPushKeyBytes + 1, 'a')}) {
    EXPECT_THAT(with(0, id), HasSubstr("webhook-id")) << id;
  }
  EXPECT_EQ(with(0, std::string(kMaxPushKeyBytes, 'a')), "");
  for (const char* second :
       {"-1", "+1", "1.5", "1e9", "0x10", "1 2", "ieri", "1700000000000", "99999999999999999999"}) {
    EXPECT_THAT(with(1, second), HasSubstr("webhook-timestamp")) << second;
  }
  for (const char* signature : {"v1", "v1=abc", "v1,a b"}) {
    EXPECT_THAT(with(2, signature), HasSubstr("webhook-signature")) << signature;
  }
}

}  // namespace
}  // namespace passaparola::feed
