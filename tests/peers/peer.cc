#include "peers/peer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <exception>

namespace passaparola::peers {

namespace ssl = boost::asio::ssl;

Peer::Peer(const Identity* identity, bool over_ipv6) {
  if (identity != nullptr) {
    tls_.emplace(ssl::context::tls_server);
    const std::string certificate = identity->certificate_pem(), key = identity->key_pem();
    tls_->use_certificate_chain(boost::asio::buffer(certificate));
    tls_->use_private_key(boost::asio::buffer(key), ssl::context::pem);
  }
  namespace ip = boost::asio::ip;
  const ip::address address =
      over_ipv6 ? ip::address(ip::address_v6::loopback()) : ip::address(ip::address_v4::loopback());
  acceptor_.open(over_ipv6 ? tcp::v6() : tcp::v4());
  acceptor_.set_option(boost::asio::socket_base::reuse_address(true));
  acceptor_.bind({address, 0});
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
}

Peer::~Peer() { stop(); }

void Peer::start() {
  acceptor_thread_ = std::thread([this] { accept(); });
}

void Peer::stop() {
  stopping_ = true;
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  if (acceptor_thread_.joinable()) acceptor_thread_.join();
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

void Peer::accept() {
  while (!stopping_) {
    boost::system::error_code error;
    tcp::socket socket = acceptor_.accept(error);
    if (error) return;
    const std::size_t number = connections_++;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    const int copy = ::dup(socket.native_handle());
    sockets_.insert(copy);
    threads_.emplace_back([this, number, copy, socket = std::move(socket)]() mutable {
      try {
        serve(std::move(socket), number);
      } catch (const std::exception&) {  // the other side went
      }
      const std::lock_guard lock(mutex_);
      if (sockets_.erase(copy) != 0) ::close(copy);  // which is what ends the connection
    });
  }
}

}  // namespace passaparola::peers
