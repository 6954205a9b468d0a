// A server that pushes posts as they are written, to whoever is connected then, and that has
// listings of them; and that does to its readers what such servers were seen to do: it cuts
// records, falls silent, refuses, sends in circles, repeats, disorders and ends with an error.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "core/time.h"
#include "peers/listing_peer.h"
#include "peers/peer.h"

namespace passaparola::peers {

enum class StreamFault : std::uint8_t {
  none,
  cut_record,  // half a record, then a reset
  silence,     // nothing more, not even heartbeats; a websocket still answers pings
  half_open,   // nothing more at all
  too_many,    // 429
  unwell,      // 503
  circle,      // a redirect to itself
  no_answer,   // the connection ends before an answer
  garbage,     // a record that is no JSON
  repeats,     // it sends the last ones again
  disorder,    // it changes the order of neighbours
  error,       // a record that says so, then the end
  hang_up,     // the end without a word
};
inline constexpr std::size_t kStreamFaults = 13;

class StreamPeer : public Peer {
 public:
  struct Options {
    bool is_websocket = false;
    std::size_t posts = 100;
    std::size_t faults = 0;  // that it commits, one a connection, of every kind in turn
    std::uint64_t seed = 1;
    std::string path;  // with which targets of the stream begin
    // A post as the platform writes it, and around it what the stream does.
    std::function<std::string(std::size_t number, Timestamp at)> post;
    std::function<std::string(const std::string& post)> record;
    std::string heartbeat;  // of what is no websocket
    std::string error;      // as it stands in the stream
    // Everything else that is asked; `peer` tells which posts there are by now.
    std::function<ListingAnswer(const ListingRequest&, const StreamPeer& peer)> answer;
  };

  explicit StreamPeer(Options options, const Identity* identity = nullptr);
  ~StreamPeer() override { stop(); }

  std::size_t available() const;  // posts that are written by now
  Timestamp time_of(std::size_t number) const;
  std::string post(std::size_t number) const { return options_.post(number, time_of(number)); }
  std::size_t faults_committed() const;
  std::vector<ListingRequest> requests() const;
  std::vector<std::string> said() const;  // by clients of the websocket

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  template <typename Stream>
  void speak(Stream& stream);
  template <typename Stream, typename Request>
  void push_by_websocket(Stream& stream, const Request& request, StreamFault fault);
  template <typename Stream>
  void push_by_http(Stream& stream, StreamFault fault);
  // Sends posts as they are written, then commits the fault. True: the connection stays.
  bool push(const std::function<void(const std::string&)>& send, StreamFault fault);
  std::size_t write_post();  // its number
  StreamFault next_fault();
  std::size_t some(std::size_t least, std::size_t most);

  const Options options_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;                // protected by mutex_
  std::size_t faults_ = 0;                // protected by mutex_
  std::vector<Timestamp> times_;          // protected by mutex_: of the posts that are written
  std::vector<ListingRequest> requests_;  // protected by mutex_
  std::vector<std::string> said_;         // protected by mutex_
};

}  // namespace passaparola::peers
