// Which addresses are the public internet's.
#include "connect/address.h"

#include <gtest/gtest.h>

namespace passaparola::connect {
namespace {

bool is_public(const char* text) { return connect::is_public(boost::asio::ip::make_address(text)); }

TEST(Address, OfThePublicInternetMayBeReached) {
  for (const char* address :
       {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
        "192.0.1.1", "192.169.0.1", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888", "::ffff:8.8.8.8",
        "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
}

TEST(Address, OfOurOwnNetworksMayNotWhateverTheyAreWrappedIn) {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.254",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.8",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.0.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fd12:3456::1",
                              "ff02::1",
                              "2001:db8::1",
                              "2001::1",
                              "3fff::1",
                              "::ffff:127.0.0.1",
                              "::ffff:7f00:1",
                              "64:ff9b::7f00:1",
                              "64:ff9b::a00:1",
                              "2002:7f00:1::1",
                              "2002:a00:1::1",
                              "4000::1",
                              "100::1",
                              "::7f00:1"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
}

}  // namespace
}  // namespace passaparola::connect
