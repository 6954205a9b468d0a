#include "integration/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace passaparola::testing {
namespace {

int connect_to(const std::string& url) {
  const std::size_t host = std::string("http://").size();
  const std::size_t colon = url.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(url.c_str() + colon + 1)));
  ::inet_pton(AF_INET, url.substr(host, colon - host).c_str(), &address.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  ::close(socket);
  return -1;
}

std::string exchange(int socket, const std::string& request) {
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t n = ::send(socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return {};
    sent += static_cast<std::size_t>(n);
  }
  std::string answer;
  char buffer[16384];
  for (ssize_t n; (n = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(n));
  }
  return answer;
}

}  // namespace

std::optional<HttpAnswer> http_request(const std::string& url, const std::string& method,
                                       const std::string& target, const std::string& body,
                                       const std::string& type, const std::string& fields) {
  const int socket = connect_to(url);
  if (socket < 0) return std::nullopt;
  const std::string host = url.substr(std::string("http://").size());
  const std::string answer =
      exchange(socket, method + " " + target + " HTTP/1.1\r\nHost: " + host +
                           "\r\nConnection: close\r\nContent-Type: " + type + "\r\n" + fields +
                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  ::close(socket);
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (head_end == std::string::npos || answer.size() < 12) return std::nullopt;
  HttpAnswer parsed;
  parsed.status = std::atoi(answer.c_str() + 9);
  parsed.head = answer.substr(0, head_end);
  parsed.body = answer.substr(head_end + 4);
  return parsed;
}

}  // namespace passaparola::testing
