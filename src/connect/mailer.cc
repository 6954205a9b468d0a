#include "connect/mailer.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <mutex>

#include "connect/address.h"
#include "connect/url.h"
#include "core/limits.h"

namespace passaparola::connect {
namespace {

namespace ip = boost::asio::ip;

// Of ports below 1024 only those of mail.
bool is_mail_port(std::uint16_t port) {
  return port == 25 || port == 465 || port == 587 || port >= 1024;
}

struct Guard {
  bool allow_private = false;
  bool has_refused = false;
};

bool may_be_reached(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return is_public(ip::address_v4(ntohl(v4.sin_addr.s_addr)));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return is_public(ip::address_v6(bytes));
}

// This very address is connected to: the name is not looked up again.
curl_socket_t open_socket(void* guard_of, curlsocktype, curl_sockaddr* address) {
  Guard& guard = *static_cast<Guard*>(guard_of);
  if (!guard.allow_private && !may_be_reached(address->addr)) {
    guard.has_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t read_mail(char* to, std::size_t size, std::size_t count, void* from) {
  auto& left = *static_cast<std::string_view*>(from);
  const std::size_t bytes = std::min(size * count, left.size());
  std::memcpy(to, left.data(), bytes);
  left.remove_prefix(bytes);
  return bytes;
}

int is_to_end(void* is_cancelled, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<std::atomic<bool>*>(is_cancelled) ? 1 : 0;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

}  // namespace

bool is_mail_address(std::string_view text) {
  return text.size() <= 254 && std::count(text.begin(), text.end(), '@') == 1 &&
         !text.starts_with('@') && !text.ends_with('@') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"' &&
                  c != '\\' && c != '(' && c != ')' && c != ':';
         });
}

struct Mailer::State {
  MailerConfig config;
  std::string host, origin;
  std::atomic<bool> is_cancelled{false};
};

Mailer::Mailer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mailer::~Mailer() = default;

Result<std::unique_ptr<Mailer>> Mailer::make(const MailerConfig& config) {
  const auto wrong = [](std::string why) {
    return fail(ErrorCode::invalid_argument, std::move(why));
  };
  const bool is_secure = config.url.starts_with("smtps://");
  if (!is_secure && !config.url.starts_with("smtp://")) {
    return wrong("url: must begin with smtps:// or smtp://");
  }
  // The same form as of other URLs, under another name.
  const std::size_t behind_scheme = config.url.find("://");
  const auto url = parse_url("https" + config.url.substr(behind_scheme));
  if (!url) return wrong("url: " + url.error().message);
  if (url->target != "/") return wrong("url: has nothing behind its host and port");
  const bool has_port = config.url.find(url->bracketed_host() + ":") != std::string::npos;
  const std::uint16_t port = has_port ? url->port : is_secure ? 465 : 587;
  if (!config.allow_private && !is_mail_port(port)) return wrong("url: the port is none of mail");
  if (!is_mail_address(config.from)) return wrong("from: must be an address such as a@b.example");
  if (config.to.empty() || !std::all_of(config.to.begin(), config.to.end(), is_mail_address)) {
    return wrong("to: must be a list of addresses such as a@b.example");
  }
  auto state = std::make_unique<State>();
  state->config = config;
  state->host = url->host;
  state->origin =
      fmt::format("{}://{}:{}", is_secure ? "smtps" : "smtp", url->bracketed_host(), port);
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  return std::unique_ptr<Mailer>(new Mailer(std::move(state)));
}

const std::string& Mailer::origin() const { return state_->origin; }

Reached<Posted> Mailer::send(std::string_view mail, std::chrono::milliseconds limit) {
  const MailerConfig& config = state_->config;
  const Handle handle(curl_easy_init(), curl_easy_cleanup);
  List to(nullptr, curl_slist_free_all);
  for (const std::string& one : config.to) {
    to.reset(curl_slist_append(to.release(), ("<" + one + ">").c_str()));
  }
  Guard guard{config.allow_private};
  const std::string from = "<" + config.from + ">";
  const auto set = [&handle](CURLoption option, auto value) {
    curl_easy_setopt(handle.get(), option, value);
  };
  set(CURLOPT_URL, state_->origin.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");  // whatever the environment says
  set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!config.ca_file.empty()) set(CURLOPT_CAINFO, config.ca_file.c_str());
  if (!config.user.empty()) {
    set(CURLOPT_USERNAME, config.user.c_str());
    set(CURLOPT_PASSWORD, config.password.c_str());
  }
  set(CURLOPT_MAIL_FROM, from.c_str());
  set(CURLOPT_MAIL_RCPT, to.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &read_mail);
  set(CURLOPT_READDATA, &mail);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &guard);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &is_to_end);
  set(CURLOPT_XFERINFODATA, &state_->is_cancelled);
  const CURLcode code = curl_easy_perform(handle.get());
  if (code == CURLE_OK) return Posted{200, {}};
  long answer = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer);
  if (guard.has_refused) {
    return Failure{Trouble::forbidden,
                   state_->host +
                       " is not an address of the public internet; allow_private = true "
                       "lets it be reached",
                   {}};
  }
  if (answer >= 400 && answer < 500) return Posted{503, {}};
  if (answer >= 500 && answer < 600) return Posted{422, {}};
  const Trouble trouble = code == CURLE_PEER_FAILED_VERIFICATION ? Trouble::certificate
                          : code == CURLE_OPERATION_TIMEDOUT     ? Trouble::silent
                                                                 : Trouble::unreachable;
  return Failure{trouble, fmt::format("{}: {}", state_->host, curl_easy_strerror(code)), {}};
}

void Mailer::cancel() { state_->is_cancelled = true; }

}  // namespace passaparola::connect
