#include "feed/addresses.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <utility>

namespace passaparola::feed {

std::string counted_address(const std::string& address, bool counts_loopback) {
  namespace ip = boost::asio::ip;
  boost::system::error_code error;
  ip::address parsed = ip::make_address(address, error);
  if (error) return {};
  if (parsed.is_v6() && parsed.to_v6().is_v4_mapped()) {
    parsed = ip::make_address_v4(ip::v4_mapped, parsed.to_v6());
  }
  if (parsed.is_loopback() && !counts_loopback) return {};
  if (parsed.is_v4()) return parsed.to_string();
  return ip::make_network_v6(parsed.to_v6(), 64).canonical().to_string();
}

Addresses::Place::Place(Addresses& addresses, std::string address)
    : addresses_(addresses), address_(std::move(address)) {}

Addresses::Place::~Place() {
  if (address_.empty() || addresses_.most_ == 0) return;
  const std::lock_guard lock(addresses_.mutex_);
  const auto found = addresses_.open_.find(address_);
  if (--found->second == 0) addresses_.open_.erase(found);
}

std::shared_ptr<const Addresses::Place> Addresses::enter(std::string address) {
  if (!address.empty() && most_ > 0) {
    const std::lock_guard lock(mutex_);
    std::size_t& open = open_[address];
    if (open >= most_) return nullptr;
    ++open;
  }
  return std::make_shared<const Place>(*this, std::move(address));
}

}  // namespace passaparola::feed
