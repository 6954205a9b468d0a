// Counters of authors and buckets: what one mention adds, how sums are stored, how they merge.
#include <algorithm>
#include <bitset>

#include "store/bytes.h"
#include "store/row_codec.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kExactSpan = 1, kHasRecord = 2;

// Which acts a mention has, each once however often it says it.
std::bitset<kActCount> acts_of(const MentionFacts& facts) {
  std::bitset<kActCount> acts;
  for (std::size_t i = 0; i < facts.act_count; ++i) {
    acts.set(static_cast<std::size_t>(facts.acts[i].act));
  }
  return acts;
}

bool has(const std::bitset<kActCount>& acts, Act act) {
  return acts.test(static_cast<std::size_t>(act));
}

// A bit for every counter that is not zero, then those.
template <std::size_t N>
void write_counters(ByteWriter& to, const Counters<N>& counters) {
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < N; ++i) present |= std::uint64_t{counters[i] != 0} << i;
  to.varint(present);
  for (const std::int64_t counter : counters) {
    if (counter != 0) to.signed_varint(counter);
  }
}

template <std::size_t N>
Counters<N> read_counters(ByteReader& in) {
  Counters<N> counters{};
  const std::uint64_t present = in.varint();
  if (present >> N != 0) in.refuse();
  for (std::size_t i = 0; i < N; ++i) {
    if ((present >> i & 1) == 0) continue;
    counters[i] = in.signed_varint();
    if (counters[i] == 0) in.refuse();  // there is one form of every sum
  }
  return counters;
}

template <typename Write>
void append(std::string& out, std::size_t bytes, Write write) {
  const std::size_t before = out.size();
  out.resize(before + bytes);
  ByteWriter writer(out.data() + before);
  write(writer);
  out.resize(static_cast<std::size_t>(writer.position() - out.data()));
}

// A count for readers; below zero only if the disk lied.
std::uint64_t count(std::int64_t counter) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(counter, 0));
}

}  // namespace

AuthorCounters author_counters(const MentionFacts& facts) {
  AuthorCounters counters{};
  counters[0] = 1;
  counters[1] = facts.label == Label::positive;
  counters[2] = facts.label == Label::negative;
  counters[3] = facts.label == Label::neutral;
  counters[4] =
      facts.authenticity <= 0 || facts.has(Signal::code) || facts.has(Signal::affiliate_link);
  const std::bitset<kActCount> acts = acts_of(facts);
  for (std::size_t i = 0; i < kActCount; ++i) counters[5 + i] = acts.test(i);
  return counters;
}

AuthorAggregate to_aggregate(const AuthorCounters& counters, Timestamp first, Timestamp last) {
  AuthorAggregate aggregate;
  aggregate.mentions = count(counters[0]);
  aggregate.positive = count(counters[1]);
  aggregate.negative = count(counters[2]);
  aggregate.neutral = count(counters[3]);
  aggregate.commercial = count(counters[4]);
  for (std::size_t i = 0; i < kActCount; ++i) aggregate.acts[i] = count(counters[5 + i]);
  aggregate.first_seen = first;
  aggregate.last_seen = last;
  return aggregate;
}

BucketCounters bucket_counters(const MentionFacts& facts, std::int8_t nps) {
  const std::bitset<kActCount> acts = acts_of(facts);
  return {1,
          facts.label == Label::positive,
          facts.label == Label::negative,
          facts.label == Label::neutral,
          facts.label == Label::mixed,
          facts.label == Label::abstain,
          has(acts, Act::recommend),
          has(acts, Act::anti_recommend),
          has(acts, Act::complain),
          has(acts, Act::praise),
          nps >= 9,
          nps == 7 || nps == 8,
          nps >= 0 && nps <= 6};
}

Bucket to_bucket(Timestamp begin, const BucketCounters& counters) {
  return {begin,
          count(counters[0]),
          count(counters[1]),
          count(counters[2]),
          count(counters[3]),
          count(counters[4]),
          count(counters[5]),
          count(counters[6]),
          count(counters[7]),
          count(counters[8]),
          count(counters[9]),
          count(counters[10]),
          count(counters[11]),
          count(counters[12])};
}

void encode_bucket(const BucketCounters& counters, std::string& out) {
  append(out, 1 + kMaxVarintBytes * (1 + counters.size()), [&](ByteWriter& to) {
    to.byte(kVersion);
    write_counters(to, counters);
  });
}

std::optional<BucketCounters> decode_bucket(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kVersion) return std::nullopt;
  const auto counters = read_counters<std::tuple_size_v<BucketCounters>>(in);
  if (!in.done()) return std::nullopt;
  return counters;
}

void encode_profile(const Profile& profile, std::string& out) {
  const std::size_t bound =
      2 + kMaxVarintBytes * (3 + profile.counters.size()) + profile.record.size();
  append(out, bound, [&](ByteWriter& to) {
    to.byte(kVersion);
    to.byte(static_cast<std::uint8_t>((profile.exact_span ? kExactSpan : 0) |
                                      (profile.record.empty() ? 0 : kHasRecord)));
    write_counters(to, profile.counters);
    to.signed_varint(profile.first_seen.milliseconds);
    to.signed_varint(profile.last_seen.milliseconds);
    to.raw(profile.record);
  });
}

std::optional<Profile> decode_profile(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kVersion) return std::nullopt;
  Profile profile;
  const std::uint8_t flags = in.below(4);
  profile.exact_span = (flags & kExactSpan) != 0;
  profile.counters = read_counters<std::tuple_size_v<AuthorCounters>>(in);
  profile.first_seen.milliseconds = in.signed_varint();
  profile.last_seen.milliseconds = in.signed_varint();
  if ((flags & kHasRecord) != 0) profile.record = in.raw(in.remaining());
  if (!in.done() || ((flags & kHasRecord) != 0 && profile.record.empty())) return std::nullopt;
  return profile;
}

Profile merged(const Profile& earlier, const Profile& later) {
  Profile sum = later;
  add(sum.counters, earlier.counters);
  sum.exact_span = earlier.exact_span || later.exact_span;
  if (!later.exact_span) {
    sum.first_seen = std::min(earlier.first_seen, later.first_seen);
    sum.last_seen = std::max(earlier.last_seen, later.last_seen);
  }
  if (later.record.empty()) sum.record = earlier.record;
  return sum;
}

}  // namespace passaparola::store
