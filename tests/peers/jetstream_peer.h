// A Jetstream of numbered posts, in either version of its wire, that does to its readers what the
// real ones were seen to do (PROTOCOLS 1): it cuts frames, falls silent, stops taking part,
// refuses, sends in circles, forgets, repeats and disorders.
#pragma once

#include <random>
#include <set>
#include <string>

#include "peers/peer.h"

namespace passaparola::peers {

enum class JetstreamFault : std::uint8_t {
  none,
  cut_frame,   // half a frame, then a reset
  silence,     // nothing more, but pings are answered
  half_open,   // nothing more, and pings are not
  too_many,    // 429 before the upgrade
  unwell,      // 503 before the upgrade
  circle,      // a redirect to itself
  stale,       // it begins later than asked
  leaves_out,  // it leaves some out on its way
  repeats,     // it sends the last ones again
  disorder,    // it changes the order of neighbours; version 2 has an order, and says too slow
  garbage,     // a message that is no JSON
  goodbye,     // close 1001
  hang_up,     // the socket ends without a word
};
inline constexpr std::size_t kJetstreamFaults = 14;

class JetstreamPeer : public Peer {
 public:
  struct Options {
    int version = 1;
    bool over_ipv6 = false;
    std::size_t posts = 1000;
    std::size_t faults = 0;  // that it commits, one a connection, of every kind in turn
    std::uint64_t seed = 1;
    std::string dictionary;           // not empty: messages are zstd frames of it, if asked for
    std::vector<std::string> others;  // events beside the posts, one for each three
  };

  JetstreamPeer(Options options, const Identity* identity = nullptr);
  ~JetstreamPeer() override { stop(); }

  static std::string post_id(std::size_t number);  // as the program stores it
  // A second a post; some come with the time of an earlier one.
  static std::int64_t time_of(std::size_t number);

  std::size_t faults_committed() const;
  // What was asked for, of each connection that asked; and what was said behind the upgrade.
  std::vector<std::string> targets() const;
  std::vector<std::string> said() const;
  // Of posts that no connection was ever offered: those that a gap has to tell of.
  std::set<std::size_t> never_offered() const;

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  template <typename Stream>
  void speak(Stream&& stream);
  template <typename Socket>
  void send_posts(Socket& socket, std::size_t first, JetstreamFault fault);
  template <typename Socket>
  void send(Socket& socket, const std::string& event);
  template <typename Socket>
  void send_post(Socket& socket, std::size_t number);
  std::string event_of(std::size_t number) const;
  std::string packed(const std::string& event) const;
  std::size_t first_of(std::int64_t cursor) const;
  JetstreamFault next_fault();
  std::size_t some(std::size_t least, std::size_t most);

  const Options options_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;  // protected by mutex_
  std::size_t faults_ = 0;  // protected by mutex_
  std::size_t floor_ = 0;   // protected by mutex_: the first post that version 2 keeps
  std::vector<std::string> targets_, said_;  // protected by mutex_
  std::vector<bool> was_offered_;            // protected by mutex_
};

}  // namespace passaparola::peers
