#include "feed/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/hash.h"
#include "core/json.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kDropTogether = 1'000;

// What changes something, or takes out more than a page.
std::string_view action_of(Route route, std::string_view method) {
  switch (route) {
    case Route::rules:
      return method == "PUT" ? "rules.change" : "";
    case Route::author:
      return method == "DELETE" ? "author.erase" : "";
    case Route::authors_forget:
      return "authors.erase";
    case Route::access_report:
      return "author.report";
    case Route::mention:
      return method == "PATCH" ? "mention.change" : "";
    case Route::mentions_triage:
      return "mentions.change";
    case Route::view:
      return method == "GET" || method == "HEAD" ? "" : "view.change";
    case Route::exports:
      return method == "POST" ? "export.begin" : "";
    case Route::export_file:
      return "export.read";
    case Route::delivery_replay:
      return "delivery.replay";
    case Route::audit:
      return "audit.read";
    default:
      return "";
  }
}

std::string hashed(const store::Store& store, std::string_view first, std::string_view second) {
  const KeyedHash hash = keyed_hash(store.hash_key(), first, second);
  return to_hex({hash.data(), hash.size()});
}

std::string subject_of(const store::Store& store, const Exchange& exchange) {
  const std::vector<std::string>& path = exchange.target.path;
  switch (exchange.route->route) {
    case Route::author:
    case Route::access_report:
      return hashed(store, path[3], path[4]);
    case Route::mention:
      return hashed(store, "mention", path[3]);
    default:
      return {};
  }
}

// Keys sort by time.
std::string key_of(Timestamp at, std::uint64_t number) {
  return fmt::format("{:016x}{:08x}", static_cast<std::uint64_t>(at.milliseconds),
                     number & 0xffffffffU);
}

std::string to_json(const AuditRecord& record) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("at", format_rfc3339(record.at));
  writer.field("by", record.by);
  writer.field("action", record.action);
  writer.field("outcome", record.outcome);
  writer.field("status", static_cast<std::uint64_t>(record.status));
  writer.field_if("subject", record.subject);
  writer.field("request_id", record.request_id);
  writer.EndObject();
  return out;
}

}  // namespace

std::optional<AuditRecord> audit_of(const store::Store& store, const Exchange& exchange,
                                    unsigned status, Timestamp at) {
  const RouteEntry& route = *exchange.route;
  if (route.proof != Proof::token || route.route == Route::unknown) return std::nullopt;
  const bool is_ticket = status == 401 && exchange.target.parameter("ticket");
  std::string_view action = action_of(route.route, exchange.head.method);
  if (is_ticket) {
    action = "ticket.use";
  } else if (exchange.caller.name.empty()) {
    return std::nullopt;  // whoever shows no good token is counted, and has no name to keep
  } else if (status == 403 && action.empty()) {
    action = route.pattern;
  }
  if (action.empty() || status == 405) return std::nullopt;
  AuditRecord record;
  record.at = at;
  record.by = exchange.caller.name;
  record.action = action;
  record.status = status;
  record.outcome = status < 400 ? "done" : status == 401 || status == 403 ? "refused" : "failed";
  record.subject = subject_of(store, exchange);
  record.request_id = exchange.id;
  return record;
}

void Audit::add(AuditRecord record) {
  const bool is_refusal = record.outcome == "refused";
  const bool is_one_too_many = is_refusal && refusals_.take("").retry_seconds > 0;
  {
    const std::lock_guard lock(mutex_);
    if (is_one_too_many || waiting_.size() >= kMaxWaitingAuditRecords) {
      ++lost_;
      return;
    }
    waiting_.push_back(std::move(record));
    if (std::exchange(is_writing_, true)) return;
  }
  run_([this] { write_waiting(); });
}

// One at a time does this.
void Audit::write_waiting() {
  for (;;) {
    std::vector<AuditRecord> records;
    {
      const std::lock_guard lock(mutex_);
      records.swap(waiting_);
      if (records.empty()) {
        is_writing_ = false;
        return;
      }
    }
    std::uint64_t lost = 0;
    for (const AuditRecord& record : records) {
      const std::string key = key_of(record.at, number_++);
      if (!store_.put_record(store::RecordKind::audit, key, to_json(record))) ++lost;
    }
    drop_old(records.back().at);
    const std::lock_guard lock(mutex_);
    lost_ += lost;
  }
}

// Once a day. What cannot be dropped now is dropped then.
void Audit::drop_old(Timestamp at) {
  if (dropped_old_at_ && at.milliseconds < dropped_old_at_->milliseconds + kMillisecondsPerDay) {
    return;
  }
  dropped_old_at_ = at;
  const std::int64_t begin = at.milliseconds - kAuditDays * kMillisecondsPerDay;
  const std::string oldest = key_of({std::max<std::int64_t>(begin, 0)}, 0);
  std::vector<std::string> old;
  do {
    old.clear();
    const auto visited = store_.visit_records(store::RecordKind::audit, "",
                                              [&](std::string_view key, std::string_view) {
                                                if (key >= oldest || old.size() == kDropTogether)
                                                  return false;
                                                old.emplace_back(key);
                                                return true;
                                              });
    if (!visited || !store_.delete_records(store::RecordKind::audit, old)) return;
  } while (old.size() == kDropTogether);
}

Result<std::string> Audit::page_json(std::string_view after, std::size_t limit) const {
  std::string out = R"({"records":[)";
  std::string next(after);
  std::size_t count = 0;
  bool more = false;
  const auto visited = store_.visit_records(store::RecordKind::audit, after,
                                            [&](std::string_view key, std::string_view value) {
                                              more = count == limit;
                                              if (more) return false;
                                              if (count++ > 0) out += ',';
                                              out += value;
                                              next = key;
                                              return true;
                                            });
  if (!visited) return visited.error();
  std::string rest;
  JsonWriter writer(rest);
  writer.StartObject();
  writer.field("next_after", next);
  writer.field("more", more);
  writer.EndObject();
  return out + "]," + rest.substr(1);
}

std::uint64_t Audit::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace passaparola::feed
