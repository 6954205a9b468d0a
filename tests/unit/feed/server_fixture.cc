#include "unit/feed/server_fixture.h"

#include <simdjson.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <sstream>

#include "schemas/live_schema.h"

namespace passaparola::feed {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using tcp = net::ip::tcp;

namespace {

tcp::endpoint endpoint_of(std::uint16_t port) { return {net::ip::make_address("127.0.0.1"), port}; }

std::string host_of(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

}  // namespace

struct HttpClient::State {
  net::io_context io;
  tcp::socket socket{io};
  beast::flat_buffer buffer;
  std::string host;
};

HttpClient::HttpClient(std::uint16_t port) : state_(std::make_unique<State>()) {
  state_->host = host_of(port);
  state_->socket.connect(endpoint_of(port));
}

HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

Reply HttpClient::send(const std::string& method, const std::string& target,
                       const std::string& body, const Fields& fields) {
  http::request<http::string_body> request;
  request.method_string(method);
  request.target(target);
  request.set(http::field::host, state_->host);
  for (const auto& [name, value] : fields) request.set(name, value);
  request.body() = body;
  if (!body.empty() || method == "POST") request.prepare_payload();
  beast::error_code error;
  http::write(state_->socket, request, error);
  return read(method == "HEAD");
}

void HttpClient::write(std::string_view bytes) {
  beast::error_code error;
  net::write(state_->socket, net::buffer(bytes), error);
}

Reply HttpClient::read(bool is_head) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(64 << 20);
  parser.skip(is_head);
  beast::error_code error;
  http::read(state_->socket, state_->buffer, parser, error);
  Reply reply;
  if (error) return reply;
  reply.status = parser.get().result_int();
  for (const auto& field : parser.get()) {
    std::string name(field.name_string());
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    reply.fields[name] = std::string(field.value());
  }
  reply.body = std::move(parser.get().body());
  return reply;
}

std::string HttpClient::read_until(std::string_view end) {
  for (;;) {
    std::string bytes = beast::buffers_to_string(state_->buffer.data());
    const auto at = bytes.find(end);
    if (at != std::string::npos) {
      bytes.resize(at + end.size());
      state_->buffer.consume(bytes.size());
      return bytes;
    }
    beast::error_code error;
    const std::size_t more = state_->socket.read_some(state_->buffer.prepare(4096), error);
    if (error) return {};
    state_->buffer.commit(more);
  }
}

struct LiveClient::State {
  net::io_context io;
  websocket::stream<tcp::socket> ws{io};
  std::string protocol;
};

LiveClient::LiveClient(std::uint16_t port, const Fields& fields, unsigned* status,
                       const std::string& target)
    : state_(std::make_unique<State>()) {
  state_->ws.next_layer().connect(endpoint_of(port));
  auto decorate = [&fields](websocket::request_type& request) {
    for (const auto& [name, value] : fields) request.set(name, value);
  };
  state_->ws.set_option(websocket::stream_base::decorator(decorate));
  state_->ws.read_message_max(64 << 20);
  websocket::response_type response;
  beast::error_code error;
  state_->ws.handshake(response, host_of(port), target, error);
  if (status != nullptr) *status = response.result_int();
  state_->protocol = std::string(response[http::field::sec_websocket_protocol]);
}

LiveClient::~LiveClient() = default;
LiveClient::LiveClient(LiveClient&&) noexcept = default;

void LiveClient::say(const std::string& text) {
  beast::error_code error;
  state_->ws.write(net::buffer(text), error);
}

std::string LiveClient::hear() {
  beast::flat_buffer buffer;
  beast::error_code error;
  state_->ws.read(buffer, error);
  if (error) return {};
  std::string frame = beast::buffers_to_string(buffer.data());
  EXPECT_NE(schemas::live_schema().name_of(schemas::Speaker::server, frame), "")
      << "web/asyncapi.json describes no such frame: " << frame.substr(0, 2000);
  return frame;
}

Closed LiveClient::hear_close() {
  while (!hear().empty()) {
  }
  return {state_->ws.reason().code, std::string(state_->ws.reason().reason.c_str())};
}

std::string LiveClient::protocol() const { return state_->protocol; }

std::vector<std::uint64_t> seqs_of(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::array items;
  std::vector<std::uint64_t> out;
  if (parser.parse(json)["items"].get(items) != simdjson::SUCCESS) return out;
  for (const auto item : items) out.push_back(item["seq"].get_uint64().value());
  return out;
}

std::string member(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  std::string_view value;
  if (parser.parse(json)[name].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

void ServerTest::SetUp() {
  std::string name = (std::filesystem::temp_directory_path() / "feed_test_XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  folder_ = name;
  auto opened = store::Store::open(folder_ / "store", {});
  ASSERT_TRUE(opened) << opened.error().message;
  store_ = *std::move(opened);
}

void ServerTest::TearDown() {
  server_.reset();
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void ServerTest::start(ServerOptions options) {
  options.port = 0;
  Services services;
  services.store = store_.get();
  services.push = [this](std::string body, std::function<void(Result<PushOutcome>)> done) {
    done(commit_ndjson(body));
  };
  services.webhooks = webhooks_;
  for (Webhook& webhook : services.webhooks) {
    if (!webhook.push) webhook.push = services.push;
  }
  services.clock = clock_;
  services.deliveries = deliveries_;
  services.compile_filter = [this](std::string_view where) { return compile(where); };
  services.rules_json = [] { return std::string(R"({"ruleset":"abc"})"); };
  services.rules_hash = [] { return std::string("abc"); };
  services.change_rules = [this](RulesRequest request,
                                 const std::function<void(Result<RulesReply>)>& done) {
    done(change_rules(std::move(request)));
  };
  services.rule_versions = rule_versions_;
  services.metrics = [] { return std::string("passaparola_other_total 1\n"); };
  services.ready = [] { return true; };
  services.retention.days = 30;
  services.forget = [this](const std::vector<store::AuthorId>& authors) {
    const std::lock_guard lock(writer_);
    return store_->forget(authors);
  };
  services.warning_every = warning_every_;
  auto started = Server::start(options, std::move(services));
  ASSERT_TRUE(started) << started.error().message;
  server_ = *std::move(started);
  store_->on_commit([this](const store::FeedChange& change) {
    if (server_) server_->committed(change);
  });
}

// "brand:" or "author.class:" and a word.
Result<Filter> ServerTest::compile(std::string_view where) {
  const std::string value(where.substr(where.find(':') + 1));
  if (where.starts_with("brand:")) {
    return Filter{[value](const Mention& mention) { return mention.brand == value; }};
  }
  if (!where.starts_with("author.class:")) {
    return fail(ErrorCode::invalid_argument, "column 1: brand: was expected");
  }
  const auto standings =
      std::make_shared<advocacy::Standings>(*store_, advocacy::default_config(), clock_);
  auto holds = [value, standings](const Mention& mention) {
    const auto standing = standings->of(mention);
    return standing && advocacy::name_of(standing->relation) == value;
  };
  return Filter{std::move(holds), standings};
}

void ServerTest::commit(const PostView& post, const std::string& brand, Label label,
                        PushOutcome* outcome) {
  Mention mention;
  mention.brand = brand;
  mention.sentiment.label = label;
  mention.sentiment.score = label == Label::positive ? 0.5 : -0.5;
  mention.sentiment.confidence = 0.9;
  mention.lang = "it";
  mention.ruleset = "r";
  mention.lexicon = "l";
  mention.post = post;
  store::PreparedBatch batch;
  const bool is_said = post.op == PostOp::create || post.op == PostOp::update;
  store::Preparer(store_->hash_key()).prepare(post, {&mention, is_said ? 1U : 0U}, batch);
  const std::array<const store::PreparedBatch*, 1> batches{&batch};
  const std::lock_guard lock(writer_);
  const auto committed = store_->commit(batches);
  ASSERT_TRUE(committed) << committed.error().message;
  if (outcome == nullptr) return;
  outcome->accepted += committed->front().mentions;
  outcome->duplicates += committed->front().duplicates;
}

Result<PushOutcome> ServerTest::commit_ndjson(const std::string& body) {
  ++pushes_;
  if (push_error_.code != ErrorCode::cancelled) return push_error_;
  PushOutcome outcome;
  std::istringstream lines(body);
  std::string line;
  for (std::uint64_t number = 1; std::getline(lines, line); ++number) {
    simdjson::dom::parser parser;
    const auto root = parser.parse(line);
    std::string_view id, text, author, answered, answered_author;
    if (root["id"].get(id) || root["text"].get(text) || root["author"]["id"].get(author)) {
      outcome.rejected.push_back({number, "missing_field"});
      continue;
    }
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    if (!root["reply_to"]["id"].get(answered)) post.reply_to_id = answered;
    if (!root["reply_to"]["author_id"].get(answered_author)) {
      post.reply_to_author_id = answered_author;
    }
    post.text = text;
    post.created_at = now();
    commit(post, "moka_nera", Label::positive, &outcome);
  }
  return outcome;
}

Result<RulesReply> ServerTest::change_rules(RulesRequest request) {
  rules_requests_.push_back(std::move(request));
  return rules_reply_;
}

void ServerTest::publish(const std::vector<std::string>& texts, const std::string& brand,
                         Label label, const std::string& author) {
  const std::string handle = author + ".example";
  for (const std::string& text : texts) {
    const std::string id = "p" + std::to_string(++published_);
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    post.author.handle = handle;
    post.text = text;
    post.created_at = now();
    commit(post, brand, label, nullptr);
  }
}

void ServerTest::publish_huge() {
  const std::string controls(60'000, '\x01');
  const std::string link(4'000, '\x02');
  const std::vector<std::string_view> links(20, link);
  PostView post;
  post.source = "test";
  post.id = "huge";
  post.author.id = "anna";
  post.text = controls;
  post.quote_text = controls;
  post.links = links;
  post.created_at = now();
  commit(post, "moka_nera", Label::positive, nullptr);
}

void ServerTest::publish_numbered(std::size_t count, const std::string& brand) {
  for (std::size_t i = 0; i < count; ++i) publish({"testo " + std::to_string(i)}, brand);
}

}  // namespace passaparola::feed
