#include "feed/client_message.h"

#include <gtest/gtest.h>

#include "core/limits.h"

namespace passaparola::feed {
namespace {

TEST(ClientMessage, ASubscriptionIsRead) {
  const auto parsed = parse_client_message(
      R"({"op":"subscribe","id":"s1","where":"brand:a","after":"start","every_ms":250,
          "brand":"a","channels":["mentions","stats","stats"],"more":1})");
  ASSERT_TRUE(parsed.message) << parsed.error.message;
  EXPECT_EQ(parsed.message->id, "s1");
  EXPECT_EQ(parsed.message->where, "brand:a");
  EXPECT_EQ(parsed.message->brand, "a");
  EXPECT_EQ(parsed.message->after.place, StartAt::Place::start);
  EXPECT_EQ(parsed.message->every_ms, 250U);
  EXPECT_EQ(parsed.message->channels, (std::vector{Channel::mentions, Channel::stats}));
}

TEST(ClientMessage, DefaultsAreNowAndMentions) {
  const auto parsed = parse_client_message(R"({"op":"subscribe","id":"s","where":null})");
  ASSERT_TRUE(parsed.message);
  EXPECT_EQ(parsed.message->after.place, StartAt::Place::now);
  EXPECT_EQ(parsed.message->channels, std::vector{Channel::mentions});
  EXPECT_TRUE(parsed.message->where.empty());
}

TEST(ClientMessage, ACursorIsRead) {
  const auto parsed = parse_client_message(R"({"op":"subscribe","id":"s","after":")" +
                                           encode_cursor({7, 42}) + "\"}");
  ASSERT_TRUE(parsed.message);
  EXPECT_EQ(parsed.message->after.cursor, (FeedCursor{7, 42}));
}

TEST(ClientMessage, WhatIsWrongIsSaid) {
  const auto code = [](std::string_view text) {
    const auto parsed = parse_client_message(text);
    EXPECT_FALSE(parsed.message) << text;
    EXPECT_FALSE(parsed.error.message.empty()) << text;
    return parsed.error.code;
  };
  for (const char* text :
       {"", "{", "[]", "3", "{}", R"({"op":"shout","id":"s"})", R"({"op":"subscribe"})",
        R"({"op":"subscribe","id":7})", R"({"op":"subscribe","id":""})",
        R"({"op":"subscribe","id":"s","every_ms":-1})",
        R"({"op":"subscribe","id":"s","every_ms":60001})",
        R"({"op":"subscribe","id":"s","every_ms":1.5})",
        R"({"op":"subscribe","id":"s","channels":[]})",
        R"({"op":"subscribe","id":"s","channels":["news"]})",
        R"({"op":"subscribe","id":"s","where":[]})", R"({"op":"unsubscribe"})"}) {
    EXPECT_EQ(code(text), "bad_message") << text;
  }
  EXPECT_EQ(code(R"({"op":"subscribe","id":"s","after":"yesterday"})"), "bad_cursor");
  EXPECT_EQ(code(R"({"op":"subscribe","id":"s","where":")" + std::string(kMaxFilterBytes + 1, 'a') +
                 "\"}"),
            "bad_filter");
  EXPECT_EQ(code(std::string(kMaxClientMessageBytes + 1, ' ')), "bad_message");
  EXPECT_EQ(code(std::string(1000, '[') + std::string(1000, ']')), "bad_message");
}

}  // namespace
}  // namespace passaparola::feed
