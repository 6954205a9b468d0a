#include "app/live_sources.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/stored_posts.h"
#include "core/json.h"

namespace passaparola::app {
namespace {

using connect::Delivered;
using connect::Delivery;
using connect::SourceStatus;

Delivered delivered_of(const pipeline::IntakeOutcome& outcome) {
  Delivered delivered;
  delivered.records = outcome.records;
  delivered.posts = outcome.accepted + outcome.duplicates;
  delivered.duplicates = outcome.duplicates;
  delivered.mentions = outcome.mentions;
  delivered.rejected = outcome.rejected_count;
  delivered.oldest = outcome.oldest;
  delivered.newest = outcome.newest;
  return delivered;
}

void write_time(JsonWriter& writer, std::string_view name, std::optional<Timestamp> at) {
  writer.key(name);
  if (at) {
    writer.string(format_rfc3339(*at));
  } else {
    writer.Null();
  }
}

// From the event to now, in seconds; null: no event yet.
void write_age(JsonWriter& writer, std::string_view name, std::optional<Timestamp> at) {
  writer.key(name);
  if (at) {
    writer.Double(static_cast<double>(now().milliseconds - at->milliseconds) / 1000);
  } else {
    writer.Null();
  }
}

std::string_view name_of(GapState state) {
  switch (state) {
    case GapState::open:
      return "open";
    case GapState::recovered:
      return "recovered";
    case GapState::lost:
      return "lost";
  }
  return {};
}

void write_gaps(JsonWriter& writer, const store::Store& store, const std::string& source) {
  constexpr std::size_t kShown = 20;
  const auto gaps = store.gaps(source);
  if (!gaps) return;
  writer.field("gap_count", static_cast<std::uint64_t>(gaps->size()));
  writer.key("gaps");  // newest first
  writer.StartArray();
  for (std::size_t i = gaps->size(); i > gaps->size() - std::min(gaps->size(), kShown); --i) {
    const SourceGap& gap = (*gaps)[i - 1];
    writer.StartObject();
    writer.field("number", gap.number);
    writer.field("state", name_of(gap.state));
    write_time(writer, "from", gap.from);
    write_time(writer, "to", gap.to);
    write_time(writer, "noted_at", gap.noted_at);
    writer.field("reason", gap.reason);
    writer.field("recovered", gap.recovered);
    writer.EndObject();
  }
  writer.EndArray();
}

void write_counts(JsonWriter& writer, const SourceStatus& status) {
  writer.field("connections", status.connections);
  writer.field("records", status.records);
  writer.field("posts", status.posts);
  writer.field("duplicates", status.duplicates);
  writer.field("mentions", status.mentions);
  writer.field("rejected", status.rejected);
  writer.field("bytes", status.bytes);
  writer.field("records_per_second", status.records_per_second);
  writer.key("errors");
  writer.StartObject();
  for (std::size_t i = 0; i < status.troubles.size(); ++i) {
    if (status.troubles[i] == 0) continue;
    writer.field(connect::name_of(static_cast<connect::Trouble>(i)), status.troubles[i]);
  }
  writer.EndObject();
}

void write_source(JsonWriter& writer, const SourceStatus& status, const store::Store& store) {
  writer.StartObject();
  writer.field("name", status.name);
  writer.field("type", status.type);
  writer.field("state", connect::name_of(status.state));
  write_time(writer, "since", status.since);
  writer.field("place", status.place);
  write_time(writer, "next_try_at", status.next_try_at);
  write_time(writer, "last_record_at", status.last_record_at);
  write_age(writer, "lag_seconds", status.last_event_at);
  writer.field("cursor", status.cursor);
  write_age(writer, "cursor_age_seconds", status.cursor_at);
  writer.field("last_error", status.last_error);
  write_time(writer, "last_error_at", status.last_error_at);
  write_counts(writer, status);
  write_gaps(writer, store, status.name);
  writer.EndObject();
}

connect::Services services_of(pipeline::Intake& intake, pipeline::Writer& writer,
                              const store::Store& store) {
  connect::Services services;
  services.deliver = [&intake](const std::string& source, Delivery delivery,
                               std::function<void(Result<Delivered>)> done) {
    pipeline::Body body{delivery.format, std::move(delivery.bytes), {}};
    if (!delivery.cursor.empty()) body.cursors = {{source, std::move(delivery.cursor)}};
    auto answer = [done = std::move(done)](Result<pipeline::IntakeOutcome> outcome) {
      if (!outcome) return done(outcome.error());
      done(delivered_of(*outcome));
    };
    intake.push(std::move(body), std::move(answer));
  };
  services.note_gap = [&writer](SourceGap gap, std::function<void(Result<SourceGap>)> done) {
    writer.run([gap = std::move(gap), done = std::move(done)](store::Store& store) {
      done(store.note_gap(gap));
    });
  };
  services.cursor = [&store](const std::string& source) { return store.source_cursor(source); };
  services.stored_posts = [&writer](const std::string& source, std::uint64_t after,
                                    std::size_t limit,
                                    std::function<void(Result<connect::StoredPosts>)> done) {
    writer.run([source, after, limit, done = std::move(done)](store::Store& store) {
      done(stored_posts(store, source, after, limit));
    });
  };
  services.say = [](const std::string& source, const std::string& trouble) {
    spdlog::warn("source {}: {}", source, trouble);
  };
  return services;
}

}  // namespace

Result<void> LiveSources::start(const std::vector<connect::SourceConfig>& configs,
                                std::function<std::vector<connect::Wanted>()> wanted) {
  connect::Services services = services_of(intake_, writer_, store_);
  services.wanted = std::move(wanted);
  auto started = connect::Sources::start(configs, std::move(services));
  if (!started) return started.error();
  const std::lock_guard lock(mutex_);
  sources_ = *std::move(started);
  return {};
}

// What they give is asked for meanwhile: it is not locked.
void LiveSources::stop() {
  if (sources_) sources_->stop();
}

std::vector<SourceStatus> LiveSources::status() const {
  const std::lock_guard lock(mutex_);
  return sources_ ? sources_->status() : std::vector<SourceStatus>();
}

std::string LiveSources::to_json() const {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("sources");
  writer.StartArray();
  for (const SourceStatus& one : status()) write_source(writer, one, store_);
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::string LiveSources::metrics() const {
  std::string text;
  const std::vector<SourceStatus> all = status();
  const auto series = [&](std::string_view name, std::string_view type, const auto& value_of) {
    text += fmt::format("# TYPE passaparola_source_{} {}\n", name, type);
    for (const SourceStatus& one : all) {
      if (const std::optional<double> value = value_of(one)) {
        text += fmt::format("passaparola_source_{}{{source=\"{}\"}} {}\n", name, one.name, *value);
      }
    }
  };
  const auto number = [](std::uint64_t value) { return std::optional(static_cast<double>(value)); };
  series("reading", "gauge", [&](const SourceStatus& s) {
    return number(s.state == connect::SourceState::reading ? 1 : 0);
  });
  series("records_total", "counter", [&](const SourceStatus& s) { return number(s.records); });
  series("posts_total", "counter", [&](const SourceStatus& s) { return number(s.posts); });
  series("rejected_total", "counter", [&](const SourceStatus& s) { return number(s.rejected); });
  series("connections_total", "counter",
         [&](const SourceStatus& s) { return number(s.connections); });
  series("gaps_total", "counter", [&](const SourceStatus& s) { return number(s.gaps); });
  series("lag_seconds", "gauge", [](const SourceStatus& s) -> std::optional<double> {
    if (!s.last_event_at) return std::nullopt;
    return static_cast<double>(now().milliseconds - s.last_event_at->milliseconds) / 1000;
  });
  text += "# TYPE passaparola_source_errors_total counter\n";
  for (const SourceStatus& one : all) {
    for (std::size_t i = 0; i < one.troubles.size(); ++i) {
      text +=
          fmt::format("passaparola_source_errors_total{{source=\"{}\",kind=\"{}\"}} {}\n", one.name,
                      connect::name_of(static_cast<connect::Trouble>(i)), one.troubles[i]);
    }
  }
  return text;
}

}  // namespace passaparola::app
