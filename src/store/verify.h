// A full check of a store: everything that is kept beside the mentions is counted again from them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace passaparola::store {

// Something that is not what the mentions say.
struct Difference {
  std::string_view family;  // of the database, as in docs/STORE_FORMAT.md
  std::string key;          // in words
  std::string stored;       // in words; "nothing" when there is none
  std::string recounted;    // what the mentions come to
};

struct Verified {
  std::uint64_t mentions = 0;
  std::uint64_t authors = 0;  // once for every brand that they speak of
  std::uint64_t posts = 0;    // tombstones too
  std::uint64_t buckets = 0;
  std::uint64_t responses = 0;
  std::uint64_t corrections = 0;
  std::uint64_t triaged = 0;     // mentions that people did something with
  std::uint64_t references = 0;  // of mentions to posts
  std::uint64_t author_brands = 0;
  std::uint64_t ranks = 0;  // judged again
  std::uint64_t differences = 0;
};

using VisitDifference = std::function<void(const Difference&)>;

}  // namespace passaparola::store
