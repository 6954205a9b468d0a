// A real store in a temporary folder, real receivers, and deliveries between them.
#pragma once

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/time.h"
#include "deliver/deliver.h"
#include "peers/receiver_peer.h"

namespace passaparola::deliver {

class DeliveriesTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Begins at the newest mention, as all do.
  void start(std::vector<Delivery> deliveries);
  void start(Delivery delivery) {
    std::vector<Delivery> one;
    one.push_back(std::move(delivery));
    start(std::move(one));
  }
  void stop() { deliveries_.reset(); }

  static Delivery to(const peers::ReceiverPeer& receiver, const std::string& name = "crm");
  static const std::string& key();

  // Commits one mention a text, and wakes whoever delivers.
  void publish(const std::vector<std::string>& texts, const std::string& brand = "moka_nera",
               Label label = Label::positive, const std::string& author = "anna");
  void publish_numbered(std::size_t count);
  void erase(const std::string& author);
  // Tells an alert at the newest mention; `ids` of mentions that it tells of.
  void alert(const std::string& level, const std::string& before = "none",
             const std::string& brand = "moka_nera", const std::vector<std::string>& ids = {});

  Status status() const { return deliveries_->status().front(); }
  bool wait_until(const std::function<bool(const Status&)>& holds) const;
  bool wait_until_told() const;  // everything that there is
  std::vector<Undelivered> owed() const;

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Deliveries> deliveries_;
  std::size_t published_ = 0;
  mutable std::mutex mutex_;
  std::vector<Alert> alerts_;           // protected by mutex_
  Timestamp clock_{1'790'000'000'000};  // protected by mutex_
  std::vector<std::string> said_;       // protected by mutex_
};

// The texts that a webhook was told of, message by message; each id once.
std::vector<std::string> texts_of(const std::vector<peers::ListingRequest>& taken);
// What a message is: "mentions" or "alert".
std::string type_of(const peers::ListingRequest& request);
bool is_signed(const peers::ListingRequest& request, const std::string& key);

}  // namespace passaparola::deliver
