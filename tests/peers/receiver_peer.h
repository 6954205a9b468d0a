// An HTTP server that takes what others deliver, and that does to them what such servers do: it is
// unwell, asks for patience, hangs up, is slow, takes a message and hangs up before it says so.
#pragma once

#include <condition_variable>
#include <functional>
#include <string>
#include <vector>

#include "peers/listing_peer.h"
#include "peers/peer.h"

namespace passaparola::peers {

struct Reception {
  ListingAnswer answer;
  bool is_taken = true;   // what came counts as received
  bool hangs_up = false;  // in place of the answer
  unsigned after_ms = 0;  // slow by so much
};
Reception takes();                   // 200
Reception refuses(unsigned status);  // not taken
// One of every kind in turn, for `number`, and now and then none.
Reception misbehaves(std::size_t number);

class ReceiverPeer : public Peer {
 public:
  // `receive` is asked of every request, numbered from 0; one at a time.
  using Receive = std::function<Reception(const ListingRequest& request, std::size_t number)>;
  explicit ReceiverPeer(Receive receive, const Identity* identity = nullptr);
  ~ReceiverPeer() override { stop(); }

  std::string url(const std::string& target = "/hook") const;
  std::vector<ListingRequest> requests() const;  // all
  std::vector<ListingRequest> taken() const;     // those received, in that order
  // Waits until `holds` of what was received; false: not within a minute or two.
  bool wait_until(const std::function<bool(const std::vector<ListingRequest>& taken)>& holds) const;
  bool wait_for_requests(std::size_t count) const;

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  template <typename Stream>
  void speak(Stream& stream);

  const Receive receive_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<ListingRequest> requests_, taken_;  // protected by mutex_
};

}  // namespace passaparola::peers
