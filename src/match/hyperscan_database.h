// What Hyperscan makes of regular expressions, as values that can be kept on disk and handed from
// process to process. It only sees where an expression may stand; RE2 has the last word.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

struct hs_database;

namespace passaparola::match {

// A compiled database. Immutable; thread-safe; movable. One that was not made looks for nothing.
class HyperscanDatabase {
 public:
  HyperscanDatabase();
  explicit HyperscanDatabase(hs_database* owned);
  ~HyperscanDatabase();
  HyperscanDatabase(HyperscanDatabase&&) noexcept;
  HyperscanDatabase& operator=(HyperscanDatabase&&) noexcept;

  // Hyperscan is not safe on damaged bytes: only what unseal() has let pass may come here. Empty
  // bytes make an empty database. Errors: corrupt, unsupported (made for another processor).
  static Result<HyperscanDatabase> deserialize(std::string_view bytes);
  std::string serialize() const;

  explicit operator bool() const { return database_ != nullptr; }
  const hs_database* get() const { return database_.get(); }

 private:
  struct Free {
    void operator()(hs_database* database) const;
  };
  std::unique_ptr<hs_database, Free> database_;
};

// Compiles words, as written; the hits of texts[i] have ids[i]. In this process: words are
// no danger. Errors: invalid_argument.
Result<HyperscanDatabase> compile_literals(const std::vector<std::string_view>& texts,
                                           const std::vector<unsigned>& ids);

struct SoughtPattern {
  std::uint32_t id = 0;    // of its hits
  std::uint32_t cost = 0;  // any measure of its size: the cheap ones are compiled first
  bool ignore_case = false;
  std::string regex;
};

// Why Hyperscan does not look for a pattern.
enum class Refusal : std::uint8_t {
  unknown_to_it,  // it has no such construct
  too_slow,       // its compilation alone takes more than the time for one
  too_large,      // its compilation alone takes more than the memory
  no_time_left,   // the set as a whole takes too long, with this pattern in it
};

inline constexpr std::uint32_t kLastRefusal = static_cast<std::uint32_t>(Refusal::no_time_left);

struct RefusedPattern {
  std::uint32_t id = 0;
  Refusal why = Refusal::unknown_to_it;
  bool operator==(const RefusedPattern&) const = default;
};

struct PatternDatabases {
  std::array<HyperscanDatabase, 2> databases;  // [ignore_case]
  std::vector<RefusedPattern> refused;         // by id: RE2 looks for these in every text
};

// Names a request in this format, for this version of Hyperscan on this processor: two requests of
// one key have the same databases. 32 hexadecimal digits.
std::string key_of(const std::vector<SoughtPattern>& patterns);

std::string encode(const PatternDatabases& databases);
// `bytes` from encode(), unsealed, for `patterns`. Errors: corrupt, unsupported.
Result<PatternDatabases> decode(std::string_view bytes, const std::vector<SoughtPattern>& patterns);

// How Hyperscan took one pattern.
enum class Trial : std::uint8_t { good, refused, out_of_memory };

// One pattern alone, to see what it costs.
Trial try_pattern(const SoughtPattern& pattern);

// All of `patterns` that Hyperscan takes, in this process, without limits of time. Appends to
// `result.refused`. False when the memory did not suffice.
bool compile_databases(const std::vector<SoughtPattern>& patterns, PatternDatabases& result);

}  // namespace passaparola::match
