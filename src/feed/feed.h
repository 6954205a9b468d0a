// feed: mentions -> people. The HTTP and websocket server: pages of the feed, live subscriptions
// that pull from the store by sequence, advocates and stats, push intake, health, metrics, the
// page. What it does not know: rules, scoring, decoding; those come in as functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advocacy/config.h"
#include "advocacy/standings.h"
#include "core/limits.h"
#include "core/result.h"
#include "core/time.h"
#include "feed/token.h"
#include "store/store.h"
#include "warning/warning.h"

namespace passaparola::feed {

class RuleVersions;  // feed/rule_versions.h

struct RejectedLine {
  std::uint64_t line = 0;
  std::string reason;
};

// The answer to a push, given when the posts are durable.
struct PushOutcome {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::vector<RejectedLine> rejected;
};

// Takes NDJSON of native posts; calls `done` once, from any thread, when durable or failed.
// Error overloaded: a queue is full (429); no_space, io: 503.
using Push = std::function<void(std::string body, std::function<void(Result<PushOutcome>)> done)>;

// Who may push posts with a signature in place of the token, at POST /webhooks/{name}.
struct Webhook {
  std::string name;               // is_plain_name() (core/plain_name.h), and nobody else's
  std::vector<std::string> keys;  // feed/webhook_signature.h; what any of them signed is taken
  Push push;                      // takes bodies of this webhook's format
};

// A new set of rules, or one to look at.
struct RulesRequest {
  bool only_check = false;  // POST /rules:check; else PUT /rules
  bool is_json = false;     // what the body is: JSON, else the text of one rule file
  std::string body;
  std::string only_over;  // activate only if this is the hash of the rules in force; empty: always
  std::string by;         // the caller's name
};

// What became of it.
struct RulesReply {
  std::string json;         // the answer, when nothing is wrong
  std::string hash;         // of the rules that this answer is about
  std::string refusal;      // not empty: the rules are no good, in one line (422)
  std::string diagnostics;  // with a refusal: a JSON array that says what is wrong, and where
  bool is_stale = false;    // other rules than `only_over` are in force (412)
};

// Calls `done` once, from any thread. Errors: invalid_argument (the body), overloaded (429), io and
// no_space (503); with a refusal or an Error nothing has changed.
using ChangeRules =
    std::function<void(RulesRequest request, std::function<void(Result<RulesReply>)> done)>;

// Erases authors and gives their proofs, in that order; nullopt: nobody knows that author. May
// block for long.
using Forgotten = Result<std::vector<std::optional<store::ErasureProof>>>;
using Forget = std::function<Forgotten(std::vector<store::AuthorId> authors)>;

// A compiled `where` expression.
struct Filter {
  store::MentionFilter holds;  // empty: everything does
  // Set when it asks how authors stand: then holds() reads their histories from these.
  std::shared_ptr<const advocacy::Standings> standings = nullptr;
};

// Compiles a `where` expression; an Error of code invalid_argument explains what is wrong.
using CompileFilter = std::function<Result<Filter>(std::string_view where)>;

// What of a delivery is to be sent again.
struct DeliveryReplay {
  std::optional<std::uint64_t> after;  // everything behind this seq
  bool undelivered = false;            // everything that it owes
  bool on = false;                     // go on, where it was switched off
};

// How mentions and alerts come to other systems. Called from any thread; may block.
struct Deliveries {
  // {"deliveries":[…]}, or, of the one with that name, its object. Errors: not_found.
  std::function<Result<std::string>(std::string_view name)> json;
  // A page of what could not be delivered, behind the message of that number. Errors: not_found.
  std::function<Result<std::string>(std::string_view name, std::uint64_t after, std::size_t limit)>
      undelivered_json;
  std::function<Result<void>(std::string_view name, const DeliveryReplay& replay)> replay;
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8737;  // 0: any free port
  std::vector<Token> tokens;  // when there are any, all data asks for one; health, the page do not
  unsigned threads = 1;
  // Further names that a Host header may say, in lower case: what a reverse proxy passes on.
  std::vector<std::string> host_names;
  // Pages of these origins, such as "https://board.example", may ask too. None: only its own may.
  std::vector<std::string> origins;
  // Of whoever shows a token, and of each address; 0: as many as wanted.
  std::size_t requests_per_minute = kRequestsPerMinute;
  std::size_t connections_per_address = kConnectionsPerAddress;  // 0: as many as wanted
  // This machine's own addresses are counted, too: no proxy on it stands before the server.
  bool counts_loopback = false;
  std::size_t max_connections = kMaxConnections;
  // How long a header, and all the rest of a request, may take.
  std::chrono::milliseconds head_limit = std::chrono::seconds(kMaxHttpHeaderSeconds);
  std::chrono::milliseconds request_limit = std::chrono::seconds(kMaxRequestSeconds);
  std::string export_folder;  // of export jobs; empty: there are none
  // PEM files for TLS; both or none.
  std::string certificate, key;
  // A live reader that does not take a frame for so long is cut off.
  std::chrono::milliseconds unsent_limit = std::chrono::seconds(kMaxUnsentSeconds);
};

// What the rest of the program gives the server.
struct Services {
  store::Store* store = nullptr;  // outlives the server
  Push push;
  std::vector<Webhook> webhooks;
  CompileFilter compile_filter;
  std::function<std::string()> rules_json;      // body of GET /rules
  std::function<std::string()> rules_hash;      // its ETag; may be empty
  ChangeRules change_rules;                     // PUT /rules, POST /rules:check; may be empty
  const RuleVersions* rule_versions = nullptr;  // GET /rules/versions; null: none are kept
  std::function<std::string()> sources_json;    // body of GET /sources; may be empty
  Deliveries deliveries;                        // may be empty: there are none
  std::function<std::string()> metrics;  // Prometheus text of the other modules; may be empty
  std::function<bool()> ready;           // /readyz
  Forget forget;  // DELETE /authors/…, POST /authors:forget; run on the writer
  advocacy::AdvocacyConfig advocacy;  // what people are judged by
  store::Retention retention;         // what access reports say of it
  warning::Settings warnings;         // when what is told of a brand
  std::chrono::milliseconds warning_every = std::chrono::seconds(kWarningSeconds);
  std::function<Timestamp()> clock = now;
};

class Server {
 public:
  // Binds and listens. Errors: in_use (the address), invalid_argument (a public address without a
  // token), io and invalid_file (also of the certificate).
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Services services);
  ~Server();  // stop() if not stopped

  std::uint16_t port() const;

  // Reads certificate and key again, for connections that come from now on; does nothing without
  // TLS. Errors, which leave the certificate that was in use: io, invalid_file.
  Result<void> reload_certificate();

  // Stops accepting, lets requests in flight end, closes websockets with 1001. Blocks until done.
  void stop();

  // From any thread, after each change of the store's feed: wakes subscriptions, and sees to it
  // that what is gone is served to nobody any more.
  void committed(const store::FeedChange& change);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace passaparola::feed
