// What every peer is: a server of this process on a port of its own, each connection on a thread of
// its own and with calls that block, so that what a peer does can be read from top to bottom.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "peers/certificates.h"

namespace passaparola::peers {

using tcp = boost::asio::ip::tcp;
using TlsSocket = boost::asio::ssl::stream<tcp::socket>;

class Peer {
 public:
  // On the loopback address. `identity`: it speaks TLS as this one.
  explicit Peer(const Identity* identity = nullptr, bool over_ipv6 = false);
  virtual ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  std::uint16_t port() const { return port_; }
  bool is_secure() const { return tls_.has_value(); }
  std::size_t connections() const { return connections_; }

 protected:
  // Accepts from now on; to be called when the peer is whole. stop() before it is destroyed.
  void start();
  void stop();
  bool stopping() const { return stopping_; }

  // Serves one connection until it returns; `number` counts from 0. Exceptions end it.
  virtual void serve(tcp::socket socket, std::size_t number) = 0;

  // The other side's TLS, when the peer speaks that.
  boost::asio::ssl::context& tls() { return *tls_; }

 private:
  void accept();

  boost::asio::io_context io_;
  std::optional<boost::asio::ssl::context> tls_;
  tcp::acceptor acceptor_{io_};
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connections_{0};
  std::thread acceptor_thread_;
  std::mutex mutex_;
  std::vector<std::thread> threads_;  // protected by mutex_
  std::set<int> sockets_;             // protected by mutex_: duplicates, shut down by stop()
};

}  // namespace passaparola::peers
