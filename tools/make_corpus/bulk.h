// Bulk: a feed for measuring throughput. Lines of Jetstream's v1 shape (about 721 bytes, texts of
// about 146), and a large set of coined names as rules, which a known share of the posts names.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"
#include "make_corpus/random.h"

namespace passaparola::make_corpus {

struct BulkOptions {
  std::uint64_t seed = 1;
  std::size_t rule_count = 10'000;
  double match_share = 0.05;  // of the posts
  Timestamp start;
};

// A name as the rule language writes it, and as people write it in a text.
struct CoinedName {
  std::string atom;
  std::string written;
};

class BulkFeed {
 public:
  explicit BulkFeed(const BulkOptions& options);

  // The names: 45 % one word, 30 % phrases, 15 % #tags, 5 % @handles, 5 % a word with digits.
  const std::vector<CoinedName>& names() const { return names_; }

  // One file in the rule language: brands bulk_000, bulk_001, … with rules bulk_000.r0, ….
  std::string rules() const;

  // Appends one line. The same options give the same lines everywhere.
  void append_line(std::string& out);

  std::uint64_t posts() const { return posts_; }
  std::uint64_t matching_posts() const { return matching_posts_; }
  std::uint64_t text_bytes() const { return text_bytes_; }

 private:
  void coin_names(std::size_t count);
  void gather_segments();
  void append_text(std::string& out);
  void append_random(std::string& out, std::size_t count);
  void append_reply(std::string& out);
  std::size_t draw_name();

  BulkOptions options_;
  Random random_;
  std::vector<CoinedName> names_;
  std::vector<std::uint64_t> zipf_;    // running sums over the first hundred names
  std::vector<std::string> segments_;  // sentences and coined words, fit for a JSON string
  std::vector<std::string> authors_;   // the part of a did behind "did:plc:"
  std::int64_t microseconds_ = 0;
  std::uint64_t posts_ = 0;
  std::uint64_t matching_posts_ = 0;
  std::uint64_t text_bytes_ = 0;
};

}  // namespace passaparola::make_corpus
