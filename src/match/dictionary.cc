#include "match/dictionary.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <tuple>

#include "core/check.h"
#include "core/fold.h"
#include "core/pace.h"
#include "match/common_words.h"
#include "match/place_index.h"
#include "match/search_text.h"

namespace passaparola::match {
namespace {

__extension__ using Product = unsigned __int128;

constexpr std::uint64_t kSeed = 0x9E3779B97F4A7C15U;    // the golden ratio
constexpr std::uint64_t kOther = 0xD1B54A32D192ED03U;   // any odd number with scattered bits
constexpr std::uint64_t kNoWord = 0x8CB92BA72F3D8DD7U;  // stands for the hash of none

// Bits of the filter for each key: three of them are set, about one in a hundred others passes.
constexpr std::size_t kFilterBitsPerKey = 12;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const Product product = static_cast<Product>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t load(const char* at) {
  std::uint64_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

// Sixteen bytes of ones, sixteen of zeros: a mask for the first n of sixteen begins at 16 - n.
alignas(32) constexpr std::array<std::uint64_t, 4> kMasks{~std::uint64_t{0}, ~std::uint64_t{0}, 0,
                                                          0};

// Of a word of at most 16 bytes; 16 bytes can be read at `at`.
std::uint64_t hash_short(const char* at, std::size_t size) {
  const char* const mask = reinterpret_cast<const char*>(kMasks.data()) + 16 - size;
  const std::uint64_t low = load(at) & load(mask);
  const std::uint64_t high = load(at + 8) & load(mask + 8);
  return mix(low ^ kSeed, high ^ (kOther + size));
}

std::uint64_t hash_long(std::string_view word) {
  std::uint64_t hash = kSeed + word.size();
  std::array<char, 16> last{};
  for (; word.size() > 16; word.remove_prefix(16)) {
    hash = mix(load(word.data()) ^ hash, load(word.data() + 8) ^ kOther);
  }
  word.copy(last.data(), word.size());
  return mix(load(last.data()) ^ hash, load(last.data() + 8) ^ kOther);
}

std::uint64_t hash_of(std::string_view text, PlainWord word) {
  const std::size_t size = word.end - word.begin;
  if (size > 16) return hash_long(text.substr(word.begin, size));
  if (word.begin + 16 <= text.size()) return hash_short(text.data() + word.begin, size);
  std::array<char, 16> bytes{};
  text.copy(bytes.data(), size, word.begin);
  return hash_short(bytes.data(), size);
}

// Both hashes are mixed already.
std::uint64_t hash_of_pair(std::uint64_t left, std::uint64_t right) {
  return left + std::rotl(right, 23);
}

// Where the other word of a pair stands, seen from the word that makes one look for it.
enum class Side : std::uint8_t { next, previous };

// The three bits of a hash in its word of the filter.
std::uint64_t filter_bits(std::uint64_t hash) {
  return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63) |
         std::uint64_t{1} << (hash >> 12 & 63);
}

// One more for a key word of pairs: on which side the other word stands.
std::uint64_t side_bit(std::uint64_t hash, Side side) {
  return std::uint64_t{1} << (hash >> (side == Side::next ? 18 : 24) & 63);
}

bool holds(std::uint64_t filter, std::uint64_t bits) { return (bits & ~filter) == 0; }

// A word of a window that passed the filter, by itself or with a neighbour: the hash says which.
struct Candidate {
  std::uint64_t hash;
  std::uint32_t word;
};

}  // namespace

struct Dictionary::Keyed {
  std::uint64_t hash = 0;
  std::uint64_t word = 0;       // the hash of the key word alone
  std::uint64_t pair_bits = 0;  // if the key is a pair
  std::string_view content;
  Place place;
};

// The words that were read and are not yet looked up. Before them stands one that has been, or
// none, and behind them there is room for none: no word has the hash 0 but by chance, which does no
// harm.
struct Dictionary::Window {
  static constexpr std::size_t kRoom = WordReader::kMaxWords + 3;
  std::array<PlainWord, kRoom> words;
  std::array<std::uint64_t, kRoom> hashes;
  std::size_t size = 1;
};

// The words of all literals, cut and hashed, and what makes one a better key than another.
struct Dictionary::Keys {
  struct Word {
    PlainWord place;
    std::uint64_t hash = 0;
    std::uint32_t leader = 0;  // place of the first word with this hash
  };

  explicit Keys(std::span<const Entry> entries) {
    words.reserve(2 * entries.size());
    for (const Entry& entry : entries) {
      give_way();
      first.push_back(words.size());
      WordReader reader(entry.text);
      while (!reader.done()) {
        const std::size_t count = reader.read(cut);
        for (std::size_t i = 0; i < count; ++i)
          words.push_back({cut[i], hash_of(entry.text, cut[i]), 0});
      }
    }
    first.push_back(words.size());
    counts.resize(words.size());
    leaders.reserve(words.size());
    for (std::uint32_t i = 0; i < words.size(); ++i) {
      words[i].leader = leaders.find_or_add(words[i].hash, i, [](std::uint32_t) { return true; });
      ++counts[words[i].leader];
    }
  }

  // How little is to be done for a word of a literal: long words are rare in texts, common ones are
  // not, and what many literals hold tells them not apart.
  int worth(std::string_view literal, const Word& word) const {
    const std::size_t size = word.place.end - word.place.begin;
    const int shared = static_cast<int>(std::bit_width(counts[word.leader]));
    const bool common = is_common_word(literal.substr(word.place.begin, size));
    return static_cast<int>(std::min<std::size_t>(size, 10)) - shared - (common ? 20 : 0);
  }

  Keyed choose(const Entry& entry, std::size_t index) const {
    const std::span<const Word> own =
        std::span(words).subspan(first[index], first[index + 1] - first[index]);
    CHECK(!own.empty(), "a literal of the dictionary holds a word");
    std::size_t key = 0;
    if (own.size() > 1) {
      for (std::size_t i = 1; i < own.size(); ++i) {
        if (worth(entry.text, own[i]) > worth(entry.text, own[key])) key = i;
      }
    }
    Keyed keyed;
    keyed.content = entry.text;
    keyed.word = keyed.hash = own[key].hash;
    keyed.place = {0, static_cast<std::uint32_t>(entry.text.size()), own[key].place.begin, 1,
                   entry.literal};
    if (own.size() == 1) return keyed;
    const bool has_next = key + 1 < own.size();
    const bool is_next = has_next && (key == 0 || worth(entry.text, own[key + 1]) >=
                                                      worth(entry.text, own[key - 1]));
    keyed.pair_bits =
        filter_bits(keyed.word) | side_bit(keyed.word, is_next ? Side::next : Side::previous);
    const std::size_t left = is_next ? key : key - 1;
    keyed.hash = hash_of_pair(own[left].hash, own[left + 1].hash);
    keyed.place.before = own[left].place.begin;
    return keyed;
  }

  std::array<PlainWord, WordReader::kMaxWords> cut;
  std::vector<Word> words;            // of all literals
  std::vector<std::size_t> first;     // by literal, and the end
  std::vector<std::uint32_t> counts;  // by place of the first: so many words have its hash
  PlaceIndex leaders;
};

bool Dictionary::takes(std::string_view literal) {
  for (std::size_t at = 0; at < literal.size();) {
    if (is_plain_word_character(next_code_point(literal, at))) return true;
  }
  return false;
}

Dictionary::Dictionary(std::span<const Entry> entries) {
  const Keys keys(entries);
  std::vector<Keyed> keyed;
  keyed.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    give_way();
    keyed.push_back(keys.choose(entries[i], i));
  }
  const auto order = [](const Keyed& k) {
    return std::tuple(k.hash, k.place.before, k.place.size, k.content);
  };
  std::sort(keyed.begin(), keyed.end(),
            [&](const Keyed& a, const Keyed& b) { return order(a) < order(b); });
  fill(keyed);
}

void Dictionary::fill(std::span<const Keyed> keyed) {
  if (keyed.empty()) return;
  std::size_t keys = 0;
  for (std::size_t i = 0; i < keyed.size(); ++i) {
    keys += i == 0 || keyed[i].hash != keyed[i - 1].hash ? 1 : 0;
  }
  slots_.resize(std::bit_ceil(2 * keys));
  const std::size_t words = std::bit_ceil(std::max<std::size_t>(keys * kFilterBitsPerKey / 64, 2));
  filter_.resize(words);
  filter_shift_ = 64 - static_cast<unsigned>(std::countr_zero(words));
  places_.reserve(keyed.size());
  for (const Keyed& one : keyed) {
    give_way();
    Slot& slot = slots_[slot_of(one.hash)];
    if (slot.count++ == 0) {
      slot.hash = one.hash;
      slot.first = static_cast<std::uint32_t>(places_.size());
    }
    places_.push_back(one.place);
    places_.back().text = static_cast<std::uint32_t>(texts_.size());
    texts_ += one.content;
    filter_[one.hash >> filter_shift_].keys |= filter_bits(one.hash);
    filter_[one.word >> filter_shift_].pair_words |= one.pair_bits;
  }
  for (std::size_t i = places_.size(); i-- > 1;) {
    const bool alike = keyed[i - 1].hash == keyed[i].hash &&
                       places_[i - 1].before == places_[i].before &&
                       places_[i - 1].size == places_[i].size;
    if (alike) places_[i - 1].alike = places_[i].alike + 1;
  }
}

std::size_t Dictionary::slot_of(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].count > 0 && slots_[at].hash != hash) at = (at + 1) & mask;
  return at;
}

std::size_t Dictionary::bytes() const {
  return filter_.size() * sizeof(Bits) + slots_.size() * sizeof(Slot) +
         places_.size() * sizeof(Place) + texts_.size();
}

void Dictionary::find(std::string_view text, std::vector<LiteralHit>& hits,
                      WordReader::Way way) const {
  if (empty()) return;
  Window window;
  window.words[0] = {};
  window.hashes[0] = kNoWord;
  WordReader reader(text, way);
  while (!reader.done()) {
    const std::size_t begin = window.size;
    window.size += reader.read(std::span(window.words).subspan(begin, WordReader::kMaxWords));
    for (std::size_t i = begin; i < window.size; ++i) {
      window.hashes[i] = hash_of(text, window.words[i]);
    }
    window.hashes[window.size] = kNoWord;
    // The last word waits for the one behind it.
    const std::size_t to = reader.done() ? window.size : std::max<std::size_t>(window.size - 1, 1);
    look_up(text, window, to, hits);
    for (std::size_t i = to - 1; i < window.size; ++i) {
      window.words[i - (to - 1)] = window.words[i];
      window.hashes[i - (to - 1)] = window.hashes[i];
    }
    window.size -= to - 1;
  }
}

void Dictionary::look_up(std::string_view text, const Window& window, std::size_t to,
                         std::vector<LiteralHit>& hits) const {
  // What passes the filter is collected first, for hardly anything does: no branch to guess, and
  // the slots come from memory meanwhile. A word may be a key by itself and with both neighbours.
  constexpr std::size_t kRoom = Window::kRoom;
  std::array<Candidate, 3 * kRoom> candidates;
  std::array<std::uint16_t, kRoom> pair_words;
  std::array<std::uint16_t, 2 * kRoom> lefts;
  std::size_t count = 0;
  std::size_t words = 0;
  for (std::size_t i = 1; i < to; ++i) {
    const std::uint64_t hash = window.hashes[i];
    const Bits& bits = filter_[hash >> filter_shift_];
    const std::uint64_t wanted = filter_bits(hash);
    candidates[count] = {hash, static_cast<std::uint32_t>(i)};
    count += holds(bits.keys, wanted) ? 1 : 0;
    pair_words[words] = static_cast<std::uint16_t>(i);
    words += holds(bits.pair_words, wanted) ? 1 : 0;
  }
  // A pair may be looked for because of its left word, its right word, or both.
  std::size_t pairs = 0;
  const std::uint64_t before = window.hashes[0];  // looked up with the word behind it last time
  std::size_t last = holds(filter_[before >> filter_shift_].pair_words,
                           filter_bits(before) | side_bit(before, Side::next))
                         ? 1
                         : 0;
  for (std::size_t i = 0; i < words; ++i) {
    const std::size_t at = pair_words[i];
    const std::uint64_t hash = window.hashes[at];
    const std::uint64_t sides = filter_[hash >> filter_shift_].pair_words;
    lefts[pairs] = static_cast<std::uint16_t>(at - 1);
    const bool with_previous = holds(sides, side_bit(hash, Side::previous));
    pairs += static_cast<unsigned>(with_previous) & static_cast<unsigned>(last != at);
    lefts[pairs] = static_cast<std::uint16_t>(at);
    const bool with_next = holds(sides, side_bit(hash, Side::next));
    pairs += with_next ? 1 : 0;
    last = with_next ? at + 1 : last;
  }
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::size_t left = lefts[i];
    const std::uint64_t hash = hash_of_pair(window.hashes[left], window.hashes[left + 1]);
    candidates[count] = {hash, static_cast<std::uint32_t>(left)};
    count += holds(filter_[hash >> filter_shift_].keys, filter_bits(hash)) ? 1 : 0;
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < count; ++i) __builtin_prefetch(&slots_[candidates[i].hash & mask]);
  for (std::size_t i = 0; i < count; ++i) {
    compare(text, window.words[candidates[i].word], candidates[i].hash, hits);
  }
}

void Dictionary::compare(std::string_view text, PlainWord key, std::uint64_t hash,
                         std::vector<LiteralHit>& hits) const {
  const Slot& slot = slots_[slot_of(hash)];
  const std::size_t behind = std::size_t{slot.first} + slot.count;
  for (std::size_t i = slot.first; i < behind; i += places_[i].alike) {
    const Place& first = places_[i];
    if (key.begin < first.before || text.size() - (key.begin - first.before) < first.size) continue;
    const std::size_t begin = key.begin - first.before;
    const std::size_t end = begin + first.size;
    const Place* const found = same(first, text.substr(begin, first.size));
    if (found == nullptr || !is_word_edge(text, begin) || !is_word_edge(text, end)) continue;
    hits.push_back({found->literal, static_cast<std::uint32_t>(end)});
  }
}

// Which of the places that are alike has this text? They are sorted by it.
const Dictionary::Place* Dictionary::same(const Place& first, std::string_view text) const {
  const auto content = [&](const Place& place) {
    return std::string_view(texts_).substr(place.text, place.size);
  };
  const std::span places(&first, first.alike);
  const auto found = std::partition_point(
      places.begin(), places.end(), [&](const Place& place) { return content(place) < text; });
  return found != places.end() && content(*found) == text ? &*found : nullptr;
}

}  // namespace passaparola::match
