#include "match/compile_messages.h"

#include <optional>

#include "core/hash.h"
#include "core/limits.h"
#include "match/sealed.h"

namespace passaparola::match {
namespace {

using End = CompileOutcome::End;

std::string task_key() { return content_hash_hex("compile task"); }

}  // namespace

std::string encode_task(const CompileTask& task) {
  std::string bytes;
  put_u32(bytes, task.screen_from);
  put_u32(bytes, task.pattern_ms);
  put_u32(bytes, task.screening_ms);
  put_u32(bytes, task.set_ms);
  put_u32(bytes, static_cast<std::uint32_t>(task.patterns.size()));
  for (const SoughtPattern& pattern : task.patterns) {
    put_u32(bytes, pattern.id);
    put_u32(bytes, pattern.cost);
    put_u32(bytes, pattern.ignore_case ? 1 : 0);
    put_bytes(bytes, pattern.regex);
  }
  return seal(task_key(), bytes);
}

Result<CompileTask> decode_task(std::string_view sealed) {
  const Result<std::string_view> bytes = unseal(task_key(), sealed);
  if (!bytes) return bytes.error();
  ByteReader reader(*bytes);
  CompileTask task;
  task.screen_from = reader.take_u32();
  task.pattern_ms = reader.take_u32();
  task.screening_ms = reader.take_u32();
  task.set_ms = reader.take_u32();
  const std::uint32_t count = reader.take_u32();
  if (count > kMaxRules) return fail(ErrorCode::corrupt, "too many patterns in a compile task");
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    SoughtPattern pattern;
    pattern.id = reader.take_u32();
    pattern.cost = reader.take_u32();
    const std::uint32_t ignore_case = reader.take_u32();
    pattern.ignore_case = ignore_case == 1;
    pattern.regex = reader.take_bytes();
    if (ignore_case > 1 || pattern.regex.size() > kMaxAtomBytes) {
      return fail(ErrorCode::corrupt, "a pattern of a compile task makes no sense");
    }
    task.patterns.push_back(std::move(pattern));
  }
  if (!reader.at_end()) return fail(ErrorCode::corrupt, "a compile task has a wrong size");
  return task;
}

CompileOutcome read_messages(std::string_view said, const CompileTask& task) {
  CompileOutcome outcome;
  ByteReader reader(said);
  const auto nonsense = [&outcome](std::string why) {
    outcome.end = End::unreadable;
    outcome.reason = std::move(why);
    outcome.databases = {};
    return std::move(outcome);
  };
  const auto take_place = [&] {
    const std::uint32_t place = reader.take_u32();
    return place < task.patterns.size() ? std::optional(place) : std::nullopt;
  };
  while (!reader.at_end()) {
    const char what = reader.take_char();
    if (what == kTryingPattern) {
      const auto place = take_place();
      if (!place) return nonsense("it tries what it was not given");
      outcome.culprit = *place;
      outcome.end = End::pattern;
    } else if (what == kRefusingPattern) {
      const auto place = take_place();
      const std::uint32_t why = reader.take_u32();
      if (!place || why > kLastRefusal) return nonsense("it refuses what it was not given");
      outcome.databases.refused.push_back({task.patterns[*place].id, static_cast<Refusal>(why)});
    } else if (what == kCompilingSet) {
      outcome.end = End::set;
    } else if (what == kAnswer) {
      const auto payload = unseal(key_of(task.patterns), reader.take_rest());
      if (!payload) return nonsense(payload.error().message);
      Result<PatternDatabases> databases = decode(*payload, task.patterns);
      if (!databases) return nonsense(databases.error().message);
      outcome.end = End::done;
      outcome.databases = std::move(*databases);
      return outcome;
    } else if (what != kOutOfMemory) {
      return nonsense("it says what it should not");
    }
    if (!reader.ok()) return nonsense("it breaks off");
  }
  if (outcome.end == End::unreadable) return nonsense("it says nothing");
  return outcome;
}

}  // namespace passaparola::match
