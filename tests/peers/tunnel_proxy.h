// A proxy that opens tunnels by CONNECT.
#pragma once

#include <string>
#include <vector>

#include "peers/peer.h"

namespace passaparola::peers {

class TunnelProxy : public Peer {
 public:
  TunnelProxy() { start(); }
  ~TunnelProxy() override { stop(); }

  std::vector<std::string> targets() const;  // "HOST:PORT", as asked for

 protected:
  void serve(tcp::socket socket, std::size_t number) override;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;  // protected by mutex_
};

}  // namespace passaparola::peers
