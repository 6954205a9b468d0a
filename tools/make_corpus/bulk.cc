#include "make_corpus/bulk.h"

#include <algorithm>
#include <set>

#include "core/json.h"
#include "make_corpus/phrasebook.h"

namespace passaparola::make_corpus {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kRulesPerBrand = 100;
constexpr std::size_t kNamed = 100;  // how many names the posts use, by Zipf's law

std::string coin(Random& random, std::string_view openings, char ending) {
  constexpr std::string_view kVowels = "aeiou";
  constexpr std::string_view kConsonants = "bdfglmnprst";
  std::string word(1, random.pick(openings));
  word.push_back(random.pick(kVowels));
  for (int syllable = 0; syllable < 2; ++syllable) {
    word.push_back(random.pick(kConsonants));
    word.push_back(random.pick(kVowels));
  }
  word.push_back(ending);
  return word;
}

// Names open with rare letters and end in x, filler words do neither: no name by accident.
std::string coin_name(Random& random) { return coin(random, "kvwxyzj", 'x'); }
std::string coin_filler(Random& random) { return coin(random, "bcdfglmnprst", 'n'); }

std::string json_escaped(std::string_view text) {
  std::string out;
  JsonWriter writer(out);
  writer.string(text);
  return out.substr(1, out.size() - 2);
}

CoinedName shape(std::string word, std::size_t place, Random& random) {
  const std::size_t part = place % 20;  // 9 words, 6 phrases, 3 tags, 1 handle, 1 with digits
  if (part < 9) return {word, word};
  if (part < 15) {
    const std::string phrase = word + " " + coin_filler(random);
    return {"\"" + phrase + "\"", phrase};
  }
  if (part < 18) return {"#" + word, "#" + word};
  if (part == 18) return {"@" + word, "@" + word};
  const std::string numbered = word + std::to_string(random.between(100, 999));
  return {numbered, numbered};
}

}  // namespace

BulkFeed::BulkFeed(const BulkOptions& options)
    : options_(options), random_(options.seed), microseconds_(options.start.milliseconds * 1'000) {
  coin_names(options.rule_count);
  gather_segments();
  for (std::size_t i = 0; i < 50'000; ++i) {
    std::string author;
    append_random(author, 24);
    authors_.push_back(std::move(author));
  }
  std::uint64_t sum = 0;
  for (std::size_t rank = 1; rank <= std::min(kNamed, names_.size()); ++rank)
    zipf_.push_back(sum += 1'000'000 / rank);
}

void BulkFeed::coin_names(std::size_t count) {
  std::set<std::string> seen;
  while (names_.size() < count) {
    std::string word = coin_name(random_);
    if (seen.insert(word).second) names_.push_back(shape(std::move(word), names_.size(), random_));
  }
}

void BulkFeed::gather_segments() {
  constexpr std::string_view kLists[] = {"noise", "noise", "tail", "neutral", "sour", "help"};
  const Phrasebook& book = Phrasebook::built_in();
  while (segments_.size() < 1 << 14) {
    const Language language = random_.chance(50) ? Language::italian : Language::english;
    std::string text =
        book.compose(random_.pick(kLists), random_.below(kBrandCount), language, random_, 3);
    if (random_.chance(40)) text += " " + coin_filler(random_);
    segments_.push_back(json_escaped(text));
  }
}

std::string BulkFeed::rules() const {
  std::string out = "# Coined names for measuring throughput; made by make_corpus bulk.\n";
  Random random(options_.seed + 1);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::string brand = std::to_string(i / kRulesPerBrand);
    brand = "bulk_" + std::string(3 - std::min<std::size_t>(3, brand.size()), '0') + brand;
    if (i % kRulesPerBrand == 0) {
      // The brand's own word is one that no post holds.
      out += "\nbrand " + brand + " \"" + brand + "\" {\n  terms own" + coin_filler(random) +
             std::to_string(i) + "\n}\n";
    }
    out += "rule " + brand + ".r" + std::to_string(i % kRulesPerBrand) + " { " + names_[i].atom +
           " }\n";
  }
  return out;
}

void BulkFeed::append_random(std::string& out, std::size_t count) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 12 == 0) bits = random_.next();
    out.push_back(kBase32[bits & 31]);
    bits >>= 5;
  }
}

std::size_t BulkFeed::draw_name() {
  const std::uint64_t at = random_.next() % zipf_.back();
  return static_cast<std::size_t>(std::upper_bound(zipf_.begin(), zipf_.end(), at) - zipf_.begin());
}

void BulkFeed::append_text(std::string& out) {
  const std::size_t begin = out.size();
  const std::size_t wanted = 20 + random_.below(188);
  const auto share = static_cast<std::uint32_t>(options_.match_share * 1'000'000);
  const bool names_one = !zipf_.empty() && random_.below(1'000'000) < share;
  if (names_one) {
    ++matching_posts_;
    if (random_.chance(50)) out += random_.pick(segments_) + " ";
    out += names_[draw_name()].written;
  }
  while (out.size() - begin < wanted) {
    if (out.size() > begin) out.push_back(' ');
    out += random_.pick(segments_);
  }
  text_bytes_ += out.size() - begin;
}

void BulkFeed::append_reply(std::string& out) {
  const std::string& author = random_.pick(authors_);
  for (const std::string_view which : {"parent", "root"}) {
    out += which == "parent" ? ",\"reply\":{\"parent\":{\"cid\":\"bafyrei"
                             : ",\"root\":{\"cid\":\"bafyrei";
    append_random(out, 52);
    out += "\",\"uri\":\"at://did:plc:" + author + "/app.bsky.feed.post/3";
    append_random(out, 12);
    out += "\"}";
  }
  out.push_back('}');
}

void BulkFeed::append_line(std::string& out) {
  ++posts_;
  microseconds_ += 200 + random_.below(1'000);
  out += "{\"did\":\"did:plc:";
  out += random_.pick(authors_);
  out += "\",\"time_us\":" + std::to_string(microseconds_) +
         ",\"kind\":\"commit\",\"commit\":{\"rev\":\"3";
  append_random(out, 12);
  out += "\",\"operation\":\"create\",\"collection\":\"app.bsky.feed.post\",\"rkey\":\"3";
  // The key is the post's number, so that no two posts share an id.
  for (std::uint64_t rest = posts_, digit = 0; digit < 12; ++digit, rest >>= 5)
    out.push_back(kBase32[rest & 31]);
  out += "\",\"record\":{\"$type\":\"app.bsky.feed.post\",\"createdAt\":\"";
  out += format_rfc3339({microseconds_ / 1'000});
  out += random_.chance(50) ? "\",\"langs\":[\"it\"]" : "\",\"langs\":[\"en\"]";
  if (random_.chance(64)) append_reply(out);
  out += ",\"text\":\"";
  append_text(out);
  out += "\"},\"cid\":\"bafyrei";
  append_random(out, 52);
  out += "\"}}\n";
}

}  // namespace passaparola::make_corpus
