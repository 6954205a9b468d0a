// A small feed with known content, for tests that count what was stored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace passaparola::testing {

// One brand, Moka Nera, in `folder`/rules.
std::filesystem::path write_sample_rules(const std::filesystem::path& folder);

// Native posts numbered from `first`; every `match_every`-th mentions the brand. One a line.
std::string sample_posts(std::uint64_t first, std::uint64_t count, std::uint64_t match_every);

// The ids of the posts of `ndjson` mentions, one a line, in the order of the lines.
std::string post_ids(const std::string& ndjson);

}  // namespace passaparola::testing
