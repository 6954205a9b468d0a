#include "unit/deliver/fixture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>
#include <stdlib.h>

#include <array>
#include <chrono>
#include <set>
#include <thread>

#include "core/cursor.h"
#include "core/webhook_signature.h"

namespace passaparola::deliver {

void DeliveriesTest::SetUp() {
  std::string name = (std::filesystem::temp_directory_path() / "deliver_test_XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  folder_ = name;
  auto opened = store::Store::open(folder_ / "store", {});
  ASSERT_TRUE(opened) << opened.error().message;
  store_ = *std::move(opened);
}

void DeliveriesTest::TearDown() {
  deliveries_.reset();
  store_.reset();
  std::filesystem::remove_all(folder_);
}

void DeliveriesTest::start(std::vector<Delivery> deliveries) {
  deliveries_.reset();
  Services services;
  services.store = store_.get();
  services.visit_alerts = [this](std::uint64_t after,
                                 const std::function<bool(Alert&&)>& visit) -> Result<void> {
    const std::lock_guard lock(mutex_);
    for (const Alert& alert : alerts_) {
      if (alert.number > after && !visit(Alert(alert))) break;
    }
    return {};
  };
  services.say = [this](const std::string& delivery, const std::string& trouble) {
    const std::lock_guard lock(mutex_);
    said_.push_back(delivery + ": " + trouble);
  };
  services.clock = [this] {
    const std::lock_guard lock(mutex_);
    return clock_;
  };
  auto started = Deliveries::start(std::move(deliveries), std::move(services));
  ASSERT_TRUE(started) << started.error().message;
  deliveries_ = *std::move(started);
}

const std::string& DeliveriesTest::key() {
  static const std::string kKey(32, 'k');
  return kKey;
}

Delivery DeliveriesTest::to(const peers::ReceiverPeer& receiver, const std::string& name) {
  Delivery delivery;
  delivery.name = name;
  delivery.to.url = receiver.url();
  delivery.to.allow_private = true;
  delivery.key = key();
  delivery.first_wait = std::chrono::milliseconds(20);
  return delivery;
}

void DeliveriesTest::publish(const std::vector<std::string>& texts, const std::string& brand,
                             Label label, const std::string& author) {
  for (const std::string& text : texts) {
    const std::string id = "p" + std::to_string(++published_);
    Mention mention;
    mention.brand = brand;
    mention.sentiment.label = label;
    mention.lang = "it";
    mention.ruleset = "r";
    mention.lexicon = "l";
    mention.post.source = "test";
    mention.post.id = id;
    mention.post.author.id = author;
    mention.post.text = text;
    mention.post.url = "https://social.example/p?a=1&b=2";
    mention.post.created_at = now();
    store::PreparedBatch batch;
    store::Preparer(store_->hash_key()).prepare(mention.post, {&mention, 1}, batch);
    const std::array<const store::PreparedBatch*, 1> batches{&batch};
    const auto committed = store_->commit(batches);
    ASSERT_TRUE(committed) << committed.error().message;
  }
  if (deliveries_) deliveries_->committed();
}

void DeliveriesTest::publish_numbered(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 1; i <= count; ++i) {
    texts.push_back("numero " + std::to_string(published_ + i));
  }
  publish(texts);
}

void DeliveriesTest::erase(const std::string& author) {
  ASSERT_TRUE(store_->forget("test", author));
}

void DeliveriesTest::alert(const std::string& level, const std::string& before,
                           const std::string& brand, const std::vector<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  Alert alert{alerts_.size() + 1, store_->last_seq(), brand, {}};
  alert.json = fmt::format(
      R"({{"alert_id":"1-{0}","number":{0},"place":{1},"brand":"{2}","before":"{3}","level":"{4}",)"
      R"("reasons":["15 critics where 1 is usual <!channel>"],"mentions":[{5}]}})",
      alert.number, alert.place, brand, before, level,
      ids.empty() ? "" : fmt::format("\"{}\"", fmt::join(ids, "\",\"")));
  alerts_.push_back(std::move(alert));
}

bool DeliveriesTest::wait_until(const std::function<bool(const Status&)>& holds) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds(status())) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

bool DeliveriesTest::wait_until_told() const {
  return wait_until([](const Status& status) {
    return status.lag == std::uint64_t{0} && status.progress.messages.empty();
  });
}

std::vector<Undelivered> DeliveriesTest::owed() const {
  auto page = deliveries_->undelivered(status().name, 0, 1000);
  EXPECT_TRUE(page);
  return page ? *std::move(page) : std::vector<Undelivered>();
}

std::vector<std::string> texts_of(const std::vector<peers::ListingRequest>& taken) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (const peers::ListingRequest& request : taken) {
    if (!seen.insert(request.field("webhook-id")).second) continue;
    const simdjson::padded_string padded(request.body);
    simdjson::dom::parser parser;
    simdjson::dom::array items;
    simdjson::dom::element root;
    if (parser.parse(padded).get(root) || root["items"].get(items)) continue;
    for (const simdjson::dom::element item : items) {
      texts.emplace_back(std::string_view(item["post"]["text"]));
    }
  }
  return texts;
}

std::string type_of(const peers::ListingRequest& request) {
  const simdjson::padded_string padded(request.body);
  simdjson::dom::parser parser;
  std::string_view type;
  return parser.parse(padded)["type"].get(type) ? "" : std::string(type);
}

bool is_signed(const peers::ListingRequest& request, const std::string& key) {
  return request.field("webhook-signature") ==
         "v1," + webhook_signature(key, request.field("webhook-id"),
                                   request.field("webhook-timestamp"), request.body);
}

}  // namespace passaparola::deliver
