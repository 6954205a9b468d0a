// Addresses that requests come from, as they are counted, and how many connections each has open.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace passaparola::feed {

// What an address is counted as: itself, or of IPv6 its network of 64 bits, which is what one
// customer is given. Empty for what is no address, and for this machine's own ones unless
// `counts_loopback`: behind a proxy on it everybody comes from there.
std::string counted_address(const std::string& address, bool counts_loopback);

// The open connections of each address. Thread-safe; outlives its places.
class Addresses {
 public:
  // 0: as many as wanted.
  explicit Addresses(std::size_t most) : most_(most) {}

  // The place of one connection, free again when it is destroyed.
  class Place {
   public:
    Place(Addresses& addresses, std::string address);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    const std::string& address() const { return address_; }

   private:
    Addresses& addresses_;
    const std::string address_;
  };

  // nullptr: `address` has no place left. The empty address has always one.
  std::shared_ptr<const Place> enter(std::string address);

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> open_;
};

}  // namespace passaparola::feed
