// An HTTP server of listings that grow while they are read, newest first, in the words of whatever
// platform it is given; and one that breaks now and then as servers do.
#pragma once

#include <boost/beast/http.hpp>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "peers/peer.h"

namespace passaparola::peers {

struct ListingRequest {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case

  std::string field(const std::string& name) const;
  // The value of a parameter of the target's query, as it stands there; empty: absent.
  std::string parameter(const std::string& name) const;
};

struct ListingAnswer {
  unsigned status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields;
};

// As it came from, and goes to, any stream of Beast.
ListingRequest request_of(const boost::beast::http::request<boost::beast::http::string_body>& in);
template <typename Stream>
void write(Stream& stream, const ListingAnswer& answer) {
  namespace http = boost::beast::http;
  http::response<http::string_body> out{http::int_to_status(answer.status), 11};
  for (const auto& [name, value] : answer.fields) out.set(name, value);
  out.body() = answer.body;
  out.prepare_payload();
  http::write(stream, out);
}

class ListingPeer : public Peer {
 public:
  struct Options {
    std::size_t items = 100;    // in the end
    std::size_t at_first = 10;  // that are there when it is first asked
    std::size_t more = 10;      // that come with each request that `is_look`
    std::size_t faults = 0;     // of every kind in turn, on one request in three
    std::function<bool(const ListingRequest&)> is_look;
    // The answer while the items 0 to `available` - 1 are there.
    std::function<ListingAnswer(const ListingRequest&, std::size_t available)> answer;
  };

  explicit ListingPeer(Options options, const Identity* identity = nullptr);
  ~ListingPeer() override { stop(); }

  // A minute each, in milliseconds.
  static std::int64_t time_of(std::size_t number);

  std::size_t available() const;
  std::size_t faults_committed() const;
  std::vector<ListingRequest> requests() const;

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  template <typename Stream>
  void speak(Stream& stream);
  template <typename Stream>
  bool break_down(Stream& stream, const ListingRequest& request);

  const Options options_;
  mutable std::mutex mutex_;
  std::size_t available_, faults_ = 0, asked_ = 0;  // protected by mutex_
  std::vector<ListingRequest> requests_;            // protected by mutex_
};

}  // namespace passaparola::peers
