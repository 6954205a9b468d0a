#include "peers/tunnel_proxy.h"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace passaparola::peers {
namespace {

// Until one side ends.
void relay(tcp::socket& from, tcp::socket& to) {
  std::array<char, 16 << 10> bytes{};
  boost::system::error_code error;
  while (true) {
    const std::size_t got = from.read_some(boost::asio::buffer(bytes), error);
    if (error) break;
    boost::asio::write(to, boost::asio::buffer(bytes.data(), got), error);
    if (error) break;
  }
  from.shutdown(tcp::socket::shutdown_both, error);
  to.shutdown(tcp::socket::shutdown_both, error);
}

}  // namespace

std::vector<std::string> TunnelProxy::targets() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

void TunnelProxy::serve(tcp::socket socket, std::size_t) {
  std::string head;
  boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
  const std::string target = head.substr(8, head.find(' ', 8) - 8);  // behind "CONNECT "
  {
    const std::lock_guard lock(mutex_);
    targets_.push_back(target);
  }
  const std::size_t colon = target.rfind(':');
  boost::asio::io_context io;
  tcp::socket other(io);
  boost::asio::connect(
      other, tcp::resolver(io).resolve(target.substr(0, colon), target.substr(colon + 1)));
  boost::asio::write(socket, boost::asio::buffer(std::string("HTTP/1.1 200 OK\r\n\r\n")));
  std::thread back([&] { relay(other, socket); });
  relay(socket, other);
  back.join();
}

}  // namespace passaparola::peers
