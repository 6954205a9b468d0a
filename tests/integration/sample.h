// A small feed with known content, for tests that count what was stored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace passaparola::testing {

// One brand, Moka Nera, in `folder`/rules.
std::filesystem::path write_sample_rules(const std::filesystem::path& folder);

// Native posts numbered from `first`; every `match_every`-th mentions the brand, and the first one
// ends with `mark`. One a line.
std::string sample_posts(std::uint64_t first, std::uint64_t count, std::uint64_t match_every,
                         std::uint64_t authors = 97, const std::string& mark = {});

// Posts that recommend the brand, no two of them alike: every one of `people` writes one in turn,
// and from then on the first `regulars` of them. Written over the 80 days before praise_end(); what
// follows the same `first` is the same.
std::string praising_posts(std::uint64_t first, std::uint64_t count, std::uint64_t people,
                           std::uint64_t regulars);

// Now, as the program takes times, when the tests were started.
std::string praise_end();

// A column (from 0) of CSV without quotes, one value a line.
std::string csv_column(const std::string& csv, std::size_t column);

// The ids of the posts of `ndjson` mentions, one a line, in the order of the lines.
std::string post_ids(const std::string& ndjson);

}  // namespace passaparola::testing
