// The server that the examples of docs/FEED_PROTOCOL.md speak of: a brand, people who praise and
// criticise it, a source, a delivery and a webhook called crm; and curl to ask it.
#pragma once

#include <signal.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "integration/program.h"
#include "peers/jetstream_peer.h"
#include "peers/receiver_peer.h"

namespace passaparola::testing {

struct CurlAnswer {
  int status = 0;  // 0: curl has failed
  std::string head, body;
};

class DocumentedServer {
 public:
  DocumentedServer();

  const std::string& url() const { return url_; }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<peers::ListingRequest> delivered() const { return receiver_.taken(); }
  // What the receiver of deliveries answers from now on; 200 at first.
  void answer_deliveries_with(unsigned status) { receiver_answers_ = status; }

  // `fields` are "Name: value"; an empty body is none.
  CurlAnswer curl(const std::string& method, const std::string& target,
                  const std::vector<std::string>& fields = {}, const std::string& body = {}) const;
  std::string get(const std::string& target) const { return curl("GET", target).body; }
  void push(const std::string& lines) const;
  // A negative post about the brand by somebody new.
  void push_complaint();

  std::string mention_id_where(const std::string& where) const;
  // As the specification of Standard Webhooks has it, under the secret of the webhook crm.
  static std::string signature(const std::string& id, const std::string& second,
                               const std::string& body);
  static const std::string kSecret;

  void ask_to_stop() { server_->signal(SIGTERM); }

 private:
  void configure() const;
  void serve();
  void check_people();

  const TemporaryFolder folder_;
  const std::string rules_;
  std::atomic<unsigned> receiver_answers_{200};
  peers::ReceiverPeer receiver_;
  peers::JetstreamPeer jetstream_;
  std::unique_ptr<Program> server_;
  std::string url_;
  int complaints_ = 0;
};

}  // namespace passaparola::testing
