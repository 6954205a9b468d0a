// Which addresses a source may reach. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace passaparola::connect {

// Whether the address belongs to the public internet: no loopback, private, link-local, shared,
// documentation, benchmark, multicast or reserved one, whatever IPv6 form it is wrapped in
// (IANA's special-purpose registries of IPv4 and IPv6 as of 2026).
bool is_public(const boost::asio::ip::address& address);

}  // namespace passaparola::connect
