// The window that copies are sought in: against a plain search, and against a window that is filled
// anew.
#include "store/copies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "core/fingerprint.h"

namespace passaparola::store {
namespace {

constexpr std::int64_t kDay = 86'400'000;

MentionId id_of(std::uint64_t seq) {
  MentionId id{};
  std::memcpy(id.data(), &seq, sizeof seq);
  return id;
}

CopyTraits traits(std::uint64_t fingerprint, std::uint64_t author = 1, std::int64_t at = 0) {
  CopyTraits made;
  made.brand = 1;
  made.fingerprint = fingerprint;
  made.author = author;
  made.created_at = {at};
  return made;
}

constexpr std::uint64_t kText = kNearFingerprint | 0x40DE'0123'4567'89AB;

std::uint64_t with_bits_turned(std::uint64_t fingerprint, int bits, std::mt19937_64& random) {
  std::set<int> places;
  while (static_cast<int>(places.size()) < bits) places.insert(static_cast<int>(random() % 63));
  for (const int place : places) fingerprint ^= std::uint64_t{1} << place;
  return fingerprint;
}

TEST(CopyWindow, FindsWhateverDiffersInAtMostSevenBits) {
  std::mt19937_64 random(1);
  CopyWindow window;
  window.begin_anew();
  window.add(1, traits(kText));
  for (int round = 0; round < 20'000; ++round) {
    const int bits = round % 12;
    const CopiesFound found = window.find(traits(with_bits_turned(kText, bits, random)));
    ASSERT_EQ(found.known, bits <= kMaxDifferingBits ? 1U : 0U) << bits;
  }
}

TEST(CopyWindow, KnowsBrandsDaysAndShortTexts) {
  CopyWindow window;
  window.begin_anew();
  window.add(1, traits(kText));
  window.add(2, traits(7));
  CopyTraits other_brand = traits(kText);
  other_brand.brand = 2;
  EXPECT_EQ(window.find(other_brand).known, 0U);
  EXPECT_EQ(window.find(traits(kText, 1, 90 * kDay)).known, 1U);
  EXPECT_EQ(window.find(traits(kText, 1, 90 * kDay + 1)).known, 0U);
  EXPECT_EQ(window.find(traits(kText, 1, -90 * kDay)).known, 1U);
  EXPECT_EQ(window.find(traits(kText, 1, INT64_MIN)).known, 0U);
  EXPECT_EQ(window.find(traits(7)).known, 1U);
  EXPECT_EQ(window.find(traits(6)).known, 0U) << "of short texts only equal ones are copies";
  EXPECT_EQ(window.find(traits(0)).known, 0U);
}

TEST(CopyWindow, ManyAuthorsAreFiveWithinADay) {
  CopyWindow window;
  window.begin_anew();
  for (std::uint64_t i = 1; i <= 4; ++i) {
    EXPECT_FALSE(window.find(traits(kText, i, 100)).by_many_authors) << i;
    window.add(i, traits(kText, i, static_cast<std::int64_t>(i)));
  }
  EXPECT_TRUE(window.find(traits(kText, 5, 100)).by_many_authors);
  EXPECT_TRUE(window.find(traits(kText, 5, 5 - kDay)).by_many_authors) << "told backwards";
  EXPECT_FALSE(window.find(traits(kText, 4, 100)).by_many_authors) << "only four";
  EXPECT_FALSE(window.find(traits(kText, 0, 100)).by_many_authors) << "nobody known";
  EXPECT_FALSE(window.find(traits(kText, 5, kDay + 1)).by_many_authors) << "a day later";
  CopyTraits repost = traits(kText, 5, 100);
  repost.own_words = false;
  EXPECT_FALSE(window.find(repost).by_many_authors);
  EXPECT_EQ(window.find(repost).known, 4U);
}

TEST(CopyWindow, ShortTextsOfManyAuthorsAreNoCampaign) {
  CopyWindow window;
  window.begin_anew();
  for (std::uint64_t i = 1; i <= 9; ++i) window.add(i, traits(7, i));
  const CopiesFound found = window.find(traits(7, 3));
  EXPECT_FALSE(found.by_many_authors);
  EXPECT_EQ(found.known, 9U);
  EXPECT_EQ(found.by_author, 1U);
}

bool operator==(const CopiesFound& a, const CopiesFound& b) {
  return a.known == b.known && a.by_author == b.by_author &&
         a.by_many_authors == b.by_many_authors && a.has_original == b.has_original &&
         (a.known == 0 || a.earliest == b.earliest);
}

CopiesFound plainly(const std::map<std::uint64_t, CopyTraits>& there, const CopyTraits& mention,
                    std::uint64_t original) {
  CopiesFound found;
  std::set<std::uint64_t> before, behind;
  for (const auto& [seq, other] : there) {
    const std::int64_t apart = mention.created_at.milliseconds - other.created_at.milliseconds;
    if (other.brand != mention.brand || std::abs(apart) > 90 * kDay ||
        !is_near_copy(other.fingerprint, mention.fingerprint)) {
      continue;
    }
    if (found.known++ == 0) found.earliest = other.id;
    found.has_original |= seq == original;
    if (!other.own_words || !mention.own_words || other.author == 0) continue;
    if (other.author == mention.author) ++found.by_author;
    if (other.author == mention.author) continue;
    if (apart >= 0 && apart < kDay) before.insert(other.author);
    if (apart <= 0 && apart > -kDay) behind.insert(other.author);
  }
  found.by_many_authors = (mention.fingerprint & kNearFingerprint) != 0 && mention.own_words &&
                          mention.author != 0 && (before.size() >= 4 || behind.size() >= 4);
  return found;
}

TEST(CopyWindow, AnswersAsAPlainSearchAndAsOneFilledAnew) {
  constexpr std::size_t kSlots = 256;
  std::mt19937_64 random(2);
  CopyWindow window(kSlots);
  window.begin_anew();
  std::map<std::uint64_t, CopyTraits> there;
  for (std::uint64_t seq = 1; seq <= 6'000; ++seq) {
    CopyTraits mention =
        traits(kText, random() % 8, static_cast<std::int64_t>(random() % (3 * kDay)));
    const std::uint64_t kind = random() % 8;
    if (kind < 6) mention.fingerprint = with_bits_turned(kText, static_cast<int>(kind), random);
    if (kind == 6) mention.fingerprint = random() % 3;
    if (kind == 7) mention.fingerprint = random();
    if (random() % 50 == 0) mention.created_at.milliseconds += 200 * kDay;
    mention.brand = 1 + random() % 2;
    mention.own_words = random() % 5 != 0;
    mention.id = id_of(seq);
    const std::uint64_t original = seq - std::min(seq, random() % kSlots);
    const CopiesFound found = window.find(mention, original);
    ASSERT_TRUE(found == plainly(there, mention, original)) << seq;
    if (seq % 40 == 0) {
      CopyWindow anew(kSlots);
      anew.begin_anew();
      for (const auto& [other, was] : there) anew.add(other, was);
      ASSERT_TRUE(found == anew.find(mention, original)) << seq;
    }
    window.add(seq, mention);
    if (mention.fingerprint != 0) there[seq] = mention;
    if (seq > kSlots) there.erase(seq - kSlots);
    if (random() % 4 == 0) {
      const std::uint64_t gone = seq - std::min(seq, random() % (kSlots + 50));
      window.remove(gone);
      there.erase(gone);
    }
  }
}

// A text that thousands post at once: bounded work, and the same answer from a window filled anew.
TEST(CopyWindow, LooksAtNoMoreThanItsLimit) {
  constexpr std::uint64_t kCopies = 5'000;
  std::mt19937_64 random(3);
  CopyWindow window, anew;
  window.begin_anew();
  anew.begin_anew();
  std::map<std::uint64_t, CopyTraits> there;
  for (std::uint64_t seq = 1; seq <= kCopies; ++seq) {
    CopyTraits mention =
        traits(with_bits_turned(kText, static_cast<int>(random() % 4), random), seq);
    mention.id = id_of(seq);
    window.add(seq, mention);
    there[seq] = mention;
    if (random() % 3 == 0) {
      const std::uint64_t gone = 1 + random() % seq;
      window.remove(gone);
      there.erase(gone);
    }
  }
  for (const auto& [seq, mention] : there) anew.add(seq, mention);
  const CopiesFound found = window.find(traits(kText));
  EXPECT_LE(found.known, kMaxCopiesLookedAt);
  EXPECT_GT(found.known, kMaxCopiesLookedAt / 4);
  EXPECT_TRUE(found.by_many_authors);
  EXPECT_TRUE(found == anew.find(traits(kText)));
}

Mention noted(const CopiesFound& found, bool own_words, Arena& arena) {
  Mention mention;
  mention.authenticity.score = 0.5;
  note_copies(found, own_words, mention, arena);
  return mention;
}

TEST(NoteCopies, PenalisesWhoeverIsOneOfMany) {
  Arena arena;
  CopiesFound found;
  found.known = 9;
  found.by_author = 1;
  found.earliest = id_of(0xAB);
  const Mention twice = noted(found, true, arena);
  EXPECT_EQ(twice.copies.duplicate_of, "ab000000000000000000000000000000");
  EXPECT_EQ(twice.copies.known, 9U);
  EXPECT_TRUE(twice.authenticity.penalties.empty());
  found.by_author = 2;
  const Mention third = noted(found, true, arena);
  ASSERT_EQ(third.authenticity.penalties.size(), 1U);
  EXPECT_EQ(third.authenticity.penalties[0].signal, Signal::copy_cluster);
  EXPECT_EQ(third.authenticity.penalties[0].evidence, "the same text 3 times by this author");
  EXPECT_DOUBLE_EQ(third.authenticity.score, 0.1);
  found.by_author = 0;
  found.by_many_authors = true;
  EXPECT_EQ(noted(found, true, arena).authenticity.penalties[0].evidence,
            "the same text by 5 authors in a day");
  EXPECT_TRUE(noted(found, false, arena).authenticity.penalties.empty()) << "a repost is no sin";
}

}  // namespace
}  // namespace passaparola::store
