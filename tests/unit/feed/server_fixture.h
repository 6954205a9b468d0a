// A real feed server on a free port over a real store in a temporary folder, and plain clients of
// it. Beast stays in the .cc file: it is slow to compile.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/time.h"
#include "feed/feed.h"

namespace passaparola::feed {

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  unsigned status = 0;  // 0: the server closed without an answer
  std::map<std::string, std::string> fields;
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();
  Reply send(const std::string& method, const std::string& target, const std::string& body = {},
             const Fields& fields = {});
  Reply get(const std::string& target, const Fields& fields = {}) {
    return send("GET", target, {}, fields);
  }
  void write(std::string_view bytes);
  Reply read(bool is_head = false);
  std::string read_until(std::string_view end);  // all bytes so far up to and with `end`

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Closed {
  unsigned code = 0;
  std::string reason;
};

class LiveClient {
 public:
  // `status` (optional) receives the answer's status when the upgrade is refused.
  explicit LiveClient(std::uint16_t port, const Fields& fields = {}, unsigned* status = nullptr,
                      const std::string& target = "/api/v1/live");
  ~LiveClient();
  LiveClient(LiveClient&&) noexcept;
  void say(const std::string& text);
  std::string hear();  // the next frame; empty when the server closed
  Closed hear_close();
  std::string protocol() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What a mentions frame or a page says.
std::vector<std::uint64_t> seqs_of(const std::string& json);
std::string member(const std::string& json, std::string_view name);  // a string member, or ""

class ServerTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void start(ServerOptions options = {});
  void stop() { server_.reset(); }

  // Commits one mention a text; brands take turns when there are several.
  void publish(const std::vector<std::string>& texts, const std::string& brand = "moka_nera",
               Label label = Label::positive, const std::string& author = "anna");
  void publish(const PostView& post, const std::string& brand, Label label) {
    commit(post, brand, label, nullptr);
  }
  void publish_numbered(std::size_t count, const std::string& brand = "moka_nera");

  void publish_huge();  // one mention whose JSON is over kMaxUnsentBytes

  std::uint16_t port() const { return server_->port(); }
  HttpClient client() const { return HttpClient(port()); }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::mutex writer_;
  std::unique_ptr<Server> server_;
  std::size_t published_ = 0;
  Error push_error_{ErrorCode::cancelled, ""};  // any other code: pushes fail with it
  std::size_t pushes_ = 0;
  std::vector<Webhook> webhooks_;  // of the next start(); one without a push commits native posts
  std::function<Timestamp()> clock_ = now;
  Deliveries deliveries_;                        // of the next start()
  const RuleVersions* rule_versions_ = nullptr;  // the same
  std::chrono::milliseconds warning_every_ = std::chrono::milliseconds(20);
  Result<RulesReply> rules_reply_ = RulesReply{R"({"rules":1})", "def", "", "", false};
  std::vector<RulesRequest> rules_requests_;

 private:
  Result<Filter> compile(std::string_view where);
  Result<RulesReply> change_rules(RulesRequest request);
  Result<PushOutcome> commit_ndjson(const std::string& body);
  void commit(const PostView& post, const std::string& brand, Label label, PushOutcome* outcome);
};

}  // namespace passaparola::feed
