#include "feed/exports.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "core/hash.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/api.h"
#include "feed/export_record.h"
#include "feed/mention_csv.h"

namespace passaparola::feed {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kKeptFor = kMillisecondsPerDay;  // files of jobs that are over
constexpr std::chrono::minutes kSweepEvery{1};
constexpr std::size_t kPageMentions = 500;
constexpr std::string_view kRecordEnding = ".job";

Error io_error(const std::string& doing) {
  return fail(errno == ENOSPC ? ErrorCode::no_space : ErrorCode::io,
              doing + ": " + std::strerror(errno));
}

// A file of its owner's alone. Closes itself.
class OwnFile {
 public:
  explicit OwnFile(const std::string& path, int flags)
      : handle_(::open(path.c_str(), flags | O_CREAT | O_CLOEXEC, 0600)) {}
  ~OwnFile() {
    if (handle_ >= 0) ::close(handle_);
  }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;

  // Everything in `bytes` from `offset` on, where the file then ends; on the disk on return.
  Result<void> write_at(std::uint64_t offset, std::string_view bytes) {
    if (handle_ < 0) return io_error("opening an export");
    if (::ftruncate(handle_, static_cast<off_t>(offset)) != 0) return io_error("cutting an export");
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return io_error("writing an export");
      offset += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(handle_) != 0) return io_error("writing an export");
    return {};
  }

 private:
  int handle_;
};

}  // namespace

struct Exports::State {
  State(const Services& given, std::string folder) : services(given), folder(std::move(folder)) {}

  Result<void> open();
  void run();
  void work(const std::string& id);
  std::optional<bool> write_page(const std::string& id, const Filter& where);
  void end(ExportJob& job, ExportState state, const std::string& error);
  void sweep();
  Result<void> keep(const ExportJob& job) const;
  void erase(const ExportJob& job) const;
  std::string path_of(const ExportJob& job, std::string_view ending) const {
    return folder + "/" + job.id + std::string(ending);
  }
  std::string file_of(const ExportJob& job) const {
    return path_of(job, job.request.is_csv ? ".csv" : ".ndjson");
  }
  ExportJob* find(std::string_view id) {
    const auto at =
        std::find_if(jobs.begin(), jobs.end(), [id](const auto& j) { return j.id == id; });
    return at == jobs.end() ? nullptr : &*at;
  }

  const Services& services;
  const std::string folder;
  mutable std::mutex mutex;  // also held while a page is written: who erases waits for that
  std::condition_variable changed;
  std::vector<ExportJob> jobs;  // protected by mutex; oldest first
  std::uint64_t erasures = 0;   // protected by mutex: calls of forget_all()
  std::atomic<bool> is_stopping{false};
  std::thread thread;
};

Result<void> Exports::State::open() {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return fail(ErrorCode::io, folder + ": " + error.message());
  std::int64_t erased = 0;  // the last time that somebody was
  const auto visited = services.store->visit_erasures([&erased](const store::ErasureProof& proof) {
    erased = std::max(erased, proof.erased_at.milliseconds);
    return true;
  });
  if (!visited) return visited.error();
  std::map<std::string, fs::path> strangers;  // files of no job
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != kRecordEnding) {
      strangers[entry.path().stem()] = entry.path();
      continue;
    }
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    auto job = read_export(std::move(text).str());
    // It may hold whoever was erased while nobody looked after it.
    if (!job || job->id != entry.path().stem() || job->created_at.milliseconds <= erased) {
      fs::remove(entry.path(), error);
      continue;
    }
    if (job->state == ExportState::running) job->state = ExportState::waiting;
    jobs.push_back(*std::move(job));
  }
  for (const ExportJob& job : jobs) strangers.erase(job.id);
  for (const auto& [id, path] : strangers) fs::remove(path, error);
  std::sort(jobs.begin(), jobs.end(), [](const ExportJob& a, const ExportJob& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  });
  return {};
}

// In place of the record before, which stays whole until then.
Result<void> Exports::State::keep(const ExportJob& job) const {
  const std::string path = path_of(job, kRecordEnding), fresh = path_of(job, ".fresh");
  if (auto written = OwnFile(fresh, O_WRONLY).write_at(0, to_record(job)); !written) return written;
  if (::rename(fresh.c_str(), path.c_str()) != 0) return io_error("keeping an export");
  return {};
}

void Exports::State::erase(const ExportJob& job) const {
  std::error_code ignored;
  fs::remove(file_of(job), ignored);
  fs::remove(path_of(job, kRecordEnding), ignored);
}

void Exports::State::run() {
  while (!is_stopping) {
    std::string next;
    {
      std::unique_lock lock(mutex);
      sweep();
      const auto waiting = std::find_if(jobs.begin(), jobs.end(), [](const ExportJob& job) {
        return job.state == ExportState::waiting;
      });
      if (waiting == jobs.end()) {
        changed.wait_for(lock, kSweepEvery);
        continue;
      }
      waiting->state = ExportState::running;
      next = waiting->id;
    }
    work(next);
  }
}

// With the mutex held.
void Exports::State::sweep() {
  const std::int64_t at = services.clock().milliseconds;
  std::erase_if(jobs, [this, at](const ExportJob& job) {
    const bool is_old = job.finished_at && at - job.finished_at->milliseconds > kKeptFor;
    if (is_old) erase(job);
    return is_old;
  });
}

// With the mutex held.
void Exports::State::end(ExportJob& job, ExportState state, const std::string& error) {
  std::error_code ignored;
  if (state == ExportState::failed) {
    fs::remove(file_of(job), ignored);
    job.bytes = 0;
  }
  job.state = state;
  job.error = error;
  job.finished_at = services.clock();
  (void)keep(job);  // of one that is not kept the end is found again after a restart
}

void Exports::State::work(const std::string& id) {
  Filter where;
  {
    const std::lock_guard lock(mutex);
    ExportJob* const job = find(id);
    if (job == nullptr) return;
    auto compiled = compile_where(services, job->request.where);
    if (!compiled) return end(*job, ExportState::failed, compiled.error().message);
    where = *std::move(compiled);
  }
  while (!is_stopping) {
    const auto goes_on = write_page(id, where);
    if (!goes_on || !*goes_on) return;
  }
}

// False: the job is over. nullopt: it is gone, or begins anew.
std::optional<bool> Exports::State::write_page(const std::string& id, const Filter& where) {
  ExportJob job;
  std::uint64_t erased_before = 0;
  {
    const std::lock_guard lock(mutex);
    const ExportJob* const found = find(id);
    if (found == nullptr || found->state != ExportState::running) return std::nullopt;
    job = *found;
    erased_before = erasures;
  }
  store::FeedQuery query;
  query.after = job.place;
  query.limit = kPageMentions;
  query.brand = job.request.brand;
  ask_for(where, job.brands, query);
  const auto page = services.store->read_feed(query);
  std::string bytes;
  if (job.bytes == 0 && job.request.is_csv) bytes = mention_csv_header();
  for (std::size_t i = 0; page && i < page->mentions.size(); ++i) {
    const store::StoredMention& mention = page->mentions[i];
    if (mention->seq > job.request.until) break;
    ++job.mentions;
    if (job.request.is_csv) {
      append_csv(*mention, services.store->id(), bytes);
      continue;
    }
    JsonWriter writer(bytes);
    write_mention(writer, *mention, services.store->id());
    bytes.push_back('\n');
  }

  const std::lock_guard lock(mutex);
  ExportJob* const found = find(id);
  if (found == nullptr || erasures != erased_before) return std::nullopt;
  const auto failed = [&](const std::string& error) {
    end(*found, ExportState::failed, error);
    return false;
  };
  if (!page) return failed(page.error().message);
  if (!services.store->can_write()) return failed("the disk is nearly full");
  const bool is_full = job.bytes + bytes.size() > kMaxExportBytes;
  if (is_full) {  // it ends where it was: more can be asked for from there
    end(*found, ExportState::done, "");
    return false;
  }
  if (auto written = OwnFile(file_of(job), O_WRONLY).write_at(job.bytes, bytes); !written) {
    return failed(written.error().message);
  }
  job.bytes += bytes.size();
  job.place = std::min(page->next_after, job.request.until);
  *found = job;
  if (job.place >= job.request.until) {
    end(*found, ExportState::done, "");
    return false;
  }
  if (auto kept = keep(*found); !kept) return failed(kept.error().message);
  return true;
}

Exports::Exports(std::unique_ptr<State> state) : state_(std::move(state)) {}
Exports::~Exports() { stop(); }

Result<std::unique_ptr<Exports>> Exports::open(const Services& services,
                                               const std::string& folder) {
  auto state = std::make_unique<State>(services, folder);
  if (auto opened = state->open(); !opened) return opened.error();
  state->thread = std::thread([&one = *state] { one.run(); });
  return std::unique_ptr<Exports>(new Exports(std::move(state)));
}

void Exports::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->changed.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
}

Result<ExportJob> Exports::add(const ExportRequest& request, const Caller& caller) {
  if (auto where = compile_where(state_->services, request.where); !where) return where.error();
  ExportJob job;
  const HashKey random = random_key();
  job.id = to_hex({reinterpret_cast<const char*>(random.data()), random.size()});
  job.request = request;
  job.request.until = std::max(request.after, request.until);
  job.by = caller.name;
  job.brands = caller.brands;
  job.created_at = state_->services.clock();
  job.place = request.after;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->jobs.size() >= kMaxExports) {
      return fail(ErrorCode::overloaded,
                  fmt::format("{} exports are kept: delete some, or wait", kMaxExports));
    }
    if (auto kept = state_->keep(job); !kept) return kept.error();
    state_->jobs.push_back(job);
  }
  state_->changed.notify_all();
  return job;
}

std::vector<ExportJob> Exports::list(const Caller& caller) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<ExportJob> theirs;
  for (const ExportJob& job : state_->jobs) {
    if (job.is_for(caller)) theirs.push_back(job);
  }
  return theirs;
}

std::optional<ExportJob> Exports::find(std::string_view id, const Caller& caller) const {
  const std::lock_guard lock(state_->mutex);
  const ExportJob* const job = state_->find(id);
  if (job == nullptr || !job->is_for(caller)) return std::nullopt;
  return *job;
}

std::string Exports::file_of(const ExportJob& job) const { return state_->file_of(job); }

Result<bool> Exports::remove(std::string_view id, const Caller& caller) {
  const std::lock_guard lock(state_->mutex);
  const ExportJob* const job = state_->find(id);
  if (job == nullptr || !job->is_for(caller)) return false;
  state_->erase(*job);
  std::erase_if(state_->jobs, [id](const ExportJob& one) { return one.id == id; });
  return true;
}

Result<void> Exports::forget_all() {
  const std::lock_guard lock(state_->mutex);
  ++state_->erasures;
  for (ExportJob& job : state_->jobs) {
    std::error_code error;
    fs::remove(state_->file_of(job), error);
    if (error) return fail(ErrorCode::io, "removing an export: " + error.message());
    job.mentions = job.bytes = 0;
    job.place = job.request.after;
    if (job.state == ExportState::done) {
      state_->end(job, ExportState::failed, "somebody was erased, who may be in it: ask again");
    } else if (job.state == ExportState::running || job.state == ExportState::waiting) {
      job.state = ExportState::waiting;
      job.created_at = state_->services.clock();
      if (auto kept = state_->keep(job); !kept) return kept;
    }
  }
  state_->changed.notify_all();
  return {};
}

}  // namespace passaparola::feed
