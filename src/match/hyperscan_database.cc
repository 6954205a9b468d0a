#include "match/hyperscan_database.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <cstdlib>

#include "core/check.h"
#include "core/hash.h"
#include "core/limits.h"
#include "match/sealed.h"

namespace passaparola::match {
namespace {

constexpr unsigned kFormat = 1;
constexpr unsigned kLiteralFlags = 0;
constexpr unsigned kPatternFlags =
    HS_FLAG_UTF8 | HS_FLAG_PREFILTER | HS_FLAG_SINGLEMATCH | HS_FLAG_ALLOWEMPTY;

unsigned flags_of(const SoughtPattern& pattern) {
  return kPatternFlags | (pattern.ignore_case ? HS_FLAG_CASELESS : 0);
}

// Hyperscan names the first expression when it runs out of memory or is broken.
bool is_failure_of_its_own(std::string_view message) {
  return message.starts_with("Unable to allocate memory") || message.starts_with("Internal error");
}

struct Attempt {
  hs_database_t* database = nullptr;
  int refused = -1;  // place of the expression that Hyperscan objects to, -1: to none of them
};

Attempt compile_once(const std::vector<const SoughtPattern*>& patterns) {
  std::vector<const char*> texts;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const SoughtPattern* pattern : patterns) {
    texts.push_back(pattern->regex.c_str());
    flags.push_back(flags_of(*pattern));
    ids.push_back(pattern->id);
  }
  Attempt attempt;
  hs_compile_error_t* error = nullptr;
  const auto count = static_cast<unsigned>(texts.size());
  if (hs_compile_multi(texts.data(), flags.data(), ids.data(), count, HS_MODE_BLOCK, nullptr,
                       &attempt.database, &error) != HS_SUCCESS) {
    attempt.refused = is_failure_of_its_own(error->message) ? -1 : error->expression;
    hs_free_compile_error(error);
  }
  return attempt;
}

}  // namespace

void HyperscanDatabase::Free::operator()(hs_database* database) const {
  hs_free_database(database);
}

HyperscanDatabase::HyperscanDatabase() = default;
HyperscanDatabase::HyperscanDatabase(hs_database* owned) : database_(owned) {}
HyperscanDatabase::~HyperscanDatabase() = default;
HyperscanDatabase::HyperscanDatabase(HyperscanDatabase&&) noexcept = default;
HyperscanDatabase& HyperscanDatabase::operator=(HyperscanDatabase&&) noexcept = default;

Result<HyperscanDatabase> HyperscanDatabase::deserialize(std::string_view bytes) {
  if (bytes.empty()) return HyperscanDatabase();
  hs_database_t* database = nullptr;
  const hs_error_t status = hs_deserialize_database(bytes.data(), bytes.size(), &database);
  if (status == HS_SUCCESS) return HyperscanDatabase(database);
  const bool foreign = status == HS_DB_VERSION_ERROR || status == HS_DB_PLATFORM_ERROR;
  return fail(foreign ? ErrorCode::unsupported : ErrorCode::corrupt,
              fmt::format("Hyperscan cannot read its database (error {})", status));
}

std::string HyperscanDatabase::serialize() const {
  if (!database_) return {};
  char* bytes = nullptr;
  std::size_t size = 0;
  CHECK(hs_serialize_database(database_.get(), &bytes, &size) == HS_SUCCESS,
        "no memory for a copy of Hyperscan's database");
  std::string copy(bytes, size);
  std::free(bytes);  // NOLINT: Hyperscan took it from malloc
  return copy;
}

Result<HyperscanDatabase> compile_literals(const std::vector<std::string_view>& texts,
                                           const std::vector<unsigned>& ids) {
  std::vector<const char*> begins;
  std::vector<std::size_t> sizes;
  for (const std::string_view text : texts) {
    begins.push_back(text.data());
    sizes.push_back(text.size());
  }
  const std::vector<unsigned> flags(texts.size(), kLiteralFlags);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(begins.data(), flags.data(), ids.data(), sizes.data(),
                           static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database,
                           &error) == HS_SUCCESS) {
    return HyperscanDatabase(database);
  }
  const std::string reason = error->message;
  hs_free_compile_error(error);
  return fail(ErrorCode::invalid_argument, "the words of the rules do not compile: " + reason);
}

std::string key_of(const std::vector<SoughtPattern>& patterns) {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  std::string content = fmt::format("{} {} {} {} {} ", kFormat, hs_version(), kPatternFlags,
                                    platform.tune, platform.cpu_features);
  for (const SoughtPattern& pattern : patterns) {
    content += fmt::format("{} {} {} {} ", pattern.id, pattern.cost, pattern.ignore_case ? 1 : 0,
                           pattern.regex.size());
    content += pattern.regex;
  }
  return content_hash_hex(content);
}

std::string encode(const PatternDatabases& databases) {
  std::string bytes;
  put_u32(bytes, static_cast<std::uint32_t>(databases.refused.size()));
  for (const RefusedPattern& refused : databases.refused) {
    put_u32(bytes, refused.id);
    put_u32(bytes, static_cast<std::uint32_t>(refused.why));
  }
  for (const HyperscanDatabase& database : databases.databases) {
    put_bytes(bytes, database.serialize());
  }
  return bytes;
}

Result<PatternDatabases> decode(std::string_view bytes,
                                const std::vector<SoughtPattern>& patterns) {
  const Error damaged = fail(ErrorCode::corrupt, "the databases of patterns do not fit together");
  std::vector<std::uint32_t> ids;
  for (const SoughtPattern& pattern : patterns) ids.push_back(pattern.id);
  std::sort(ids.begin(), ids.end());
  PatternDatabases result;
  ByteReader reader(bytes);
  const std::uint32_t count = reader.take_u32();
  if (!reader.ok() || count > patterns.size()) return damaged;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t id = reader.take_u32();
    const std::uint32_t why = reader.take_u32();
    const bool known = std::binary_search(ids.begin(), ids.end(), id) && why <= kLastRefusal;
    const bool ordered = result.refused.empty() || result.refused.back().id < id;
    if (!reader.ok() || !known || !ordered) return damaged;
    result.refused.push_back({id, static_cast<Refusal>(why)});
  }
  std::array<std::string_view, 2> serialized;
  for (std::string_view& database : serialized) database = reader.take_bytes();
  if (!reader.at_end()) return damaged;
  for (std::size_t i = 0; i < serialized.size(); ++i) {
    Result<HyperscanDatabase> database = HyperscanDatabase::deserialize(serialized[i]);
    if (!database) return database.error();
    result.databases[i] = std::move(*database);
  }
  return result;
}

Trial try_pattern(const SoughtPattern& pattern) {
  const Attempt attempt = compile_once({&pattern});
  if (attempt.database == nullptr) {
    return attempt.refused >= 0 ? Trial::refused : Trial::out_of_memory;
  }
  hs_free_database(attempt.database);
  return Trial::good;
}

bool compile_databases(const std::vector<SoughtPattern>& patterns, PatternDatabases& result) {
  for (const bool ignore_case : {false, true}) {
    std::vector<const SoughtPattern*> taken;
    for (const SoughtPattern& pattern : patterns) {
      if (pattern.ignore_case == ignore_case) taken.push_back(&pattern);
    }
    while (!taken.empty()) {
      const Attempt attempt = compile_once(taken);
      if (attempt.database != nullptr) {
        result.databases[ignore_case ? 1 : 0] = HyperscanDatabase(attempt.database);
        break;
      }
      if (attempt.refused < 0) return false;
      const auto refused = taken.begin() + attempt.refused;
      result.refused.push_back({(*refused)->id, Refusal::unknown_to_it});
      taken.erase(refused);
    }
  }
  const auto by_id = [](const RefusedPattern& a, const RefusedPattern& b) { return a.id < b.id; };
  std::sort(result.refused.begin(), result.refused.end(), by_id);
  return true;
}

}  // namespace passaparola::match
