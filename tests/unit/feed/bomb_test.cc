// What is small on the wire and large inflated is refused at the limit, and costs no memory.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "core/limits.h"
#include "unit/feed/gzip.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

const Fields kGzip{{"Content-Encoding", "gzip"}, {"Content-Type", "application/x-ndjson"}};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

using BombTest = ServerTest;

TEST_F(BombTest, AGzipBombIsRefusedAndTakesNoMemory) {
  start();
  const std::string bomb = gzip(std::string(200 << 20, ' '));
  ASSERT_LT(bomb.size(), 1U << 20);
  ASSERT_EQ(client().send("POST", "/api/v1/posts", bomb, kGzip).status, 413U) << "warms up";
  const std::size_t before = resident_bytes();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client().send("POST", "/api/v1/posts", bomb, kGzip).status, 413U);
  }
  const std::size_t after = resident_bytes();
  EXPECT_LE(after, before + (16 << 20));
  EXPECT_EQ(pushes_, 0U);
}

TEST_F(BombTest, OneWithinAnotherIsNotLookedInto) {
  start();
  const std::string nested = gzip(gzip(std::string(100 << 20, ' ')));
  const Reply reply = client().send("POST", "/api/v1/posts", nested, kGzip);
  EXPECT_EQ(reply.status, 200U) << "what is in it is no post";
  EXPECT_THAT(reply.body, ::testing::HasSubstr("\"accepted\":0"));
}

TEST_F(BombTest, CompressedFramesAreNotOffered) {
  start();
  auto http = client();
  http.write(
      "GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
  const std::string head = http.read_until("\r\n\r\n");
  EXPECT_THAT(head, ::testing::HasSubstr("101"));
  EXPECT_THAT(head, ::testing::Not(::testing::HasSubstr("deflate")));
  // A frame that says it is compressed all the same: the connection is ended.
  http.write(std::string("\xC1\x81\0\0\0\0a", 7));
  const std::string close = http.read_until("\x03\xEA");  // 1002, a breach of the protocol
  EXPECT_FALSE(close.empty());
}

}  // namespace
}  // namespace passaparola::feed
