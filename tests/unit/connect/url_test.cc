// URLs as they are written, and what they lead to.
#include "connect/url.h"

#include <gtest/gtest.h>

namespace passaparola::connect {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = parse_url("WSS://Example.COM/subscribe?cursor=1");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_TRUE(url->is_secure);
  EXPECT_TRUE(url->is_websocket);
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/subscribe?cursor=1");
  EXPECT_EQ(url->authority(), "example.com");
  EXPECT_EQ(url->to_string(), "wss://example.com/subscribe") << "a query may hold a secret";
}

TEST(Url, KeepsAPortOfItsOwnAndTheBracketsOfAnAddress) {
  EXPECT_EQ(parse_url("http://localhost:8080")->authority(), "localhost:8080");
  EXPECT_EQ(parse_url("http://localhost:8080")->target, "/");
  EXPECT_EQ(parse_url("https://[2606:4700::1111]:8443/a")->authority(), "[2606:4700::1111]:8443");
  EXPECT_EQ(parse_url("https://[2606:4700::1111]/a")->host, "2606:4700::1111");
}

TEST(Url, ThatIsNoneOrHidesSomethingIsRefused) {
  for (const char* text :
       {"", "example.com", "//example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/",
        "ftp://example.com/", "http://user@example.com/", "http://user:secret@example.com/",
        "http:///path", "http://example.com:0/", "http://example.com:99999/", "http://a b/",
        "http://ex%61mple.com/", "http://127。0。0。1/", "http://example.com/\r\nX: y",
        "javascript:alert(1)"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(Url, OfARedirectIsResolved) {
  const Url base = *parse_url("https://example.com/a/b?x=1");
  EXPECT_EQ(resolve_url(base, "/c?d=2")->target, "/c?d=2");
  EXPECT_EQ(resolve_url(base, "c")->target, "/a/c");
  EXPECT_EQ(resolve_url(base, "https://other.example/")->host, "other.example");
  EXPECT_EQ(resolve_url(base, "//other.example/x")->authority(), "other.example");
  EXPECT_FALSE(resolve_url(base, "file:///etc/passwd"));
  EXPECT_FALSE(resolve_url(base, "https://user@other.example/"));
}

TEST(Url, HasAnOrigin) {
  const Url url = *parse_url("https://example.com/a");
  EXPECT_TRUE(url.same_origin(*parse_url("https://example.com:443/b")));
  EXPECT_FALSE(url.same_origin(*parse_url("http://example.com:443/b")));
  EXPECT_FALSE(url.same_origin(*parse_url("https://example.com:444/b")));
  EXPECT_FALSE(url.same_origin(*parse_url("https://www.example.com/b")));
}

TEST(Url, EncodesWhatGoesIntoAQuery) {
  EXPECT_EQ(query_encoded("app.bsky.feed.post"), "app.bsky.feed.post");
  EXPECT_EQ(query_encoded("caffè & tè=1"), "caff%C3%A8%20%26%20t%C3%A8%3D1");
}

}  // namespace
}  // namespace passaparola::connect
