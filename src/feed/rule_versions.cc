// Two kinds of records: "v" and a number is a version, in JSON; "f", a hash and a number is a piece
// of that set's files, a JSON array cut into records.
#include "feed/rule_versions.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "core/json.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

using store::RecordKind;

constexpr std::size_t kPieceBytes = kMaxRecordBytesKept;
constexpr std::size_t kMaxNamesBytes = kMaxRecordBytesKept / 4;  // JSON may double them, and more

struct Version {
  std::uint64_t number = 0;
  std::string hash, at, how, by;
  std::uint64_t brands = 0;
  std::uint64_t file_count = 0;
  std::vector<std::string> names;  // of the first files
  std::uint64_t bytes = 0;         // of the files as they are kept; 0: they are not
};

std::string_view name_of(RulesCame how) {
  switch (how) {
    case RulesCame::change:
      return "change";
    case RulesCame::reload:
      return "reload";
    case RulesCame::start:
      return "start";
  }
  return {};
}

std::string key_of(std::uint64_t number) { return fmt::format("v{:016x}", number); }

std::string piece_key(std::string_view hash, std::size_t piece) {
  return fmt::format("f{}{:08x}", hash, piece);
}

std::size_t piece_count(std::uint64_t bytes) { return (bytes + kPieceBytes - 1) / kPieceBytes; }

void write_head(JsonWriter& writer, const Version& version) {
  writer.field("hash", version.hash);
  writer.field("at", version.at);
  writer.field("how", version.how);
  writer.field("by", version.by);
  writer.field("brands", version.brands);
  writer.field("file_count", version.file_count);
  writer.key("file_names");
  writer.StartArray();
  for (const std::string& name : version.names) writer.string(name);
  writer.EndArray();
  writer.field("has_files", version.bytes > 0);
}

std::string to_record(const Version& version) {
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  write_head(writer, version);
  writer.field("bytes", version.bytes);
  writer.EndObject();
  return json;
}

std::optional<Version> read_version(std::string_view key, std::string_view record) {
  const simdjson::padded_string padded(record);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array names;
  Version version;
  std::string_view hash, at, how, by;
  const bool is_whole =
      !parser.parse(padded).get(root) && !root["hash"].get(hash) && !root["at"].get(at) &&
      !root["how"].get(how) && !root["by"].get(by) && !root["brands"].get(version.brands) &&
      !root["file_count"].get(version.file_count) && !root["file_names"].get(names) &&
      !root["bytes"].get(version.bytes) && version.bytes <= kMaxRuleVersionsBytes;
  if (!is_whole) return std::nullopt;
  for (const simdjson::dom::element element : names) {
    std::string_view name;
    if (element.get(name)) return std::nullopt;
    version.names.emplace_back(name);
  }
  version.hash = hash;
  version.at = at;
  version.how = how;
  version.by = by;
  const std::string digits(key.substr(1));
  version.number = std::strtoull(digits.c_str(), nullptr, 16);
  return version;
}

Error damaged() {
  return fail(ErrorCode::corrupt, "a version of the rules in the store is damaged");
}

// Oldest first.
Result<std::vector<Version>> all_versions(const store::Store& store) {
  std::vector<Version> versions;
  bool is_damaged = false;
  const auto visited = store.visit_records(RecordKind::rules, "v", [&](auto key, auto value) {
    auto version = read_version(key, value);
    is_damaged = !version;
    if (version) versions.push_back(*std::move(version));
    return !is_damaged;
  });
  if (!visited) return visited.error();
  if (is_damaged) return damaged();
  return versions;
}

// One of that hash whose files are kept; null: none is.
const Version* with_files(const std::vector<Version>& versions, std::string_view hash) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& version) {
    return version.hash == hash && version.bytes > 0;
  });
  return found == versions.end() ? nullptr : &*found;
}

// Of the files of all sets, each once.
std::uint64_t bytes_of(const std::vector<Version>& versions) {
  std::set<std::string_view> counted;
  std::uint64_t bytes = 0;
  for (const Version& version : versions) {
    if (version.bytes > 0 && counted.insert(version.hash).second) bytes += version.bytes;
  }
  return bytes;
}

std::string files_json(const std::vector<RuleText>& files) {
  std::string json;
  JsonWriter writer(json);
  writer.StartArray();
  for (const RuleText& file : files) {
    writer.StartObject();
    writer.field("name", file.name);
    writer.field("text", file.text);
    writer.EndObject();
  }
  writer.EndArray();
  return json;
}

Version version_of(const RulesInForce& set, std::uint64_t number, std::size_t bytes) {
  Version version;
  version.number = number;
  version.hash = set.hash;
  version.at = format_rfc3339(set.at);
  version.how = name_of(set.how);
  version.by = set.how == RulesCame::change ? set.by : name_of(set.how);
  version.brands = set.brands;
  version.file_count = set.files.size();
  version.bytes = bytes <= kMaxRuleVersionsBytes ? bytes : 0;
  std::size_t names = 0;
  for (const RuleText& file : set.files) {
    names += file.name.size() + 3;
    if (names > kMaxNamesBytes) break;
    version.names.emplace_back(file.name);
  }
  return version;
}

// Takes the oldest out of `versions`, whose last is new, until the rest may be kept; the keys that
// go with them.
std::vector<std::string> drop_oldest(std::vector<Version>& versions) {
  std::vector<std::string> gone;
  while (versions.size() > kMaxRuleVersions || bytes_of(versions) > kMaxRuleVersionsBytes) {
    const Version oldest = std::move(versions.front());
    versions.erase(versions.begin());
    gone.push_back(key_of(oldest.number));
    if (with_files(versions, oldest.hash) != nullptr) continue;
    for (std::size_t i = 0; i < piece_count(oldest.bytes); ++i) {
      gone.push_back(piece_key(oldest.hash, i));
    }
  }
  return gone;
}

}  // namespace

Result<void> RuleVersions::keep(const RulesInForce& set) {
  const std::lock_guard lock(mutex_);
  auto versions = all_versions(store_);
  if (!versions) return versions.error();
  if (!versions->empty() && versions->back().hash == set.hash) return {};
  const std::string files = files_json(set.files);
  const std::uint64_t number = versions->empty() ? 1 : versions->back().number + 1;
  Version version = version_of(set, number, files.size());
  const Version* const same = with_files(*versions, set.hash);
  const bool has_them = same != nullptr;
  // Files of the same hash may have other names: those that are kept are the set's.
  if (has_them) {
    version.bytes = same->bytes;
    version.names = same->names;
  }
  versions->push_back(version);
  const std::vector<std::string> gone = drop_oldest(*versions);
  std::vector<store::Record> put{{key_of(number), to_record(version)}};
  for (std::size_t i = 0; !has_them && i < piece_count(version.bytes); ++i) {
    put.push_back({piece_key(set.hash, i), files.substr(i * kPieceBytes, kPieceBytes)});
  }
  return store_.change_records(RecordKind::rules, put, gone);
}

Result<std::string> RuleVersions::list_json() const {
  const auto versions = all_versions(store_);
  if (!versions) return versions.error();
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  writer.key("versions");
  writer.StartArray();
  for (auto version = versions->rbegin(); version != versions->rend(); ++version) {
    writer.StartObject();
    write_head(writer, *version);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return json;
}

Result<std::string> RuleVersions::version_json(std::string_view hash) const {
  const std::lock_guard lock(mutex_);  // its pieces stay meanwhile
  const auto versions = all_versions(store_);
  if (!versions) return versions.error();
  const auto version = std::find_if(versions->rbegin(), versions->rend(),
                                    [&](const Version& one) { return one.hash == hash; });
  if (version == versions->rend()) {
    return fail(ErrorCode::not_found, "no set of rules of this hash is kept");
  }
  if (version->bytes == 0) {
    return fail(ErrorCode::not_found, "the files of this set were too large to be kept");
  }
  std::string files;
  for (std::size_t i = 0; i < piece_count(version->bytes); ++i) {
    const auto piece = store_.record(RecordKind::rules, piece_key(hash, i));
    if (!piece) return piece.error();
    if (!*piece) return damaged();
    files += **piece;
  }
  if (files.size() != version->bytes) return damaged();
  std::string json;
  JsonWriter writer(json);
  writer.StartObject();
  write_head(writer, *version);
  writer.key("files");
  writer.RawValue(files.data(), files.size(), rapidjson::kArrayType);
  writer.EndObject();
  return json;
}

Outcome rule_versions_answer(const Context& context) {
  const RuleVersions* const versions = context.services.rule_versions;
  Answer out;
  out.body = R"({"versions":[]})";
  if (versions == nullptr) return out;
  auto body = versions->list_json();
  if (!body) return problem_of(body.error());
  out.body = *std::move(body);
  return out;
}

Outcome rule_version_answer(const Context& context, std::string_view hash) {
  const RuleVersions* const versions = context.services.rule_versions;
  if (versions == nullptr) return Problem{404, "not-found", "no versions of the rules are kept"};
  auto body = versions->version_json(hash);
  if (!body) return problem_of(body.error());
  Answer out;
  out.body = *std::move(body);
  return out;
}

}  // namespace passaparola::feed
