#include "feed/context.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <utility>

#include "core/hash.h"
#include "core/limits.h"
#include "feed/exports.h"

namespace passaparola::feed {
namespace {

std::vector<std::string> host_names(const ServerOptions& options) {
  std::vector<std::string> names = options.host_names;
  names.push_back(options.address);
  return names;
}

}  // namespace

bool Sessions::add(const std::shared_ptr<Session>& session) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || entries_.size() >= most_) return false;
  entries_[session.get()] = session;
  return true;
}

void Sessions::remove(const Session* session) {
  const std::lock_guard lock(mutex_);
  entries_.erase(session);
  if (entries_.empty()) none_.notify_all();
}

void Sessions::stop_all() {
  stopping_ = true;
  std::vector<std::shared_ptr<Session>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, weak] : entries_) {
      if (auto session = weak.lock()) all.push_back(std::move(session));
    }
  }
  for (const auto& session : all) session->stop();
}

void Sessions::wait_until_none() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return entries_.empty(); });
}

bool Budget::take(std::size_t bytes) {
  std::size_t used = used_.load();
  do {
    if (used + bytes > most_) return false;
  } while (!used_.compare_exchange_weak(used, used + bytes));
  return true;
}

Context::Context(const ServerOptions& server_options, Services given)
    : options(server_options),
      services(std::move(given)),
      access(host_names(server_options), server_options.origins, server_options.tokens),
      tail(*services.store),
      webhooks(services.webhooks, services.clock()),
      audit(*services.store,
            [this](std::function<void()> work) { run(Pool::reads, std::move(work)); }),
      sessions(options.max_connections),
      addresses(options.connections_per_address),
      caller_rates(options.requests_per_minute),
      address_rates(options.requests_per_minute),
      io(std::make_shared<boost::asio::io_context>()),
      reads_(std::make_unique<boost::asio::thread_pool>(2)),
      jobs_(std::make_unique<boost::asio::thread_pool>(1)) {
  if (!options.certificate.empty()) tls = std::make_unique<Tls>(options.certificate, options.key);
  const HashKey random = random_key();
  request_prefix_ = to_hex({reinterpret_cast<const char*>(random.data()), 6});
}

Context::~Context() { join(); }

void Context::join() {
  reads_->join();
  jobs_->join();
}

bool Context::run(Pool pool, std::function<void()> work) {
  if (pool == Pool::reads) {
    boost::asio::post(*reads_, std::move(work));
    return true;
  }
  if (waiting_jobs_.fetch_add(1) >= kMaxWaitingJobs) {
    --waiting_jobs_;
    return false;
  }
  boost::asio::post(*jobs_, [this, job = std::move(work)] {
    job();
    --waiting_jobs_;
  });
  return true;
}

std::string Context::new_request_id() { return fmt::format("{}-{}", request_prefix_, ++requests_); }

}  // namespace passaparola::feed
