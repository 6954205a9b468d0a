// Accounts that keep speaking within minutes of the same others.
#include "store/bursts.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace passaparola::store {
namespace {

constexpr std::int64_t kMinute = 60'000, kDay = 86'400'000;

class Feed {
 public:
  explicit Feed(std::size_t window = 1 << 10) : window_(window) { window_.begin_anew(); }

  BurstFound post(std::uint64_t author, std::int64_t at, BrandNumber brand = 1) {
    const BurstTraits traits{brand, author, {at}};
    window_.add(++seq_, traits);
    return window_.find(traits);
  }
  void remove(std::uint64_t seq) { window_.remove(seq); }
  std::uint64_t seq() const { return seq_; }

 private:
  BurstWindow window_;
  std::uint64_t seq_ = 0;
};

TEST(Bursts, ThreeTimesWithTheSameTwoOthers) {
  Feed feed;
  for (int day = 0; day < 3; ++day) {
    const std::int64_t at = 1'000 * kDay + day * kDay;
    EXPECT_EQ(feed.post(1, at).others, 0U) << "the first of each time has seen two";
    EXPECT_EQ(feed.post(2, at + kMinute).others, 0U);
    const BurstFound last = feed.post(3, at + 2 * kMinute);
    EXPECT_EQ(last.others, day == 2 ? 2U : 0U);
    EXPECT_EQ(last.times, day == 2 ? 3U : 0U);
  }
  EXPECT_EQ(feed.post(1, 1'010 * kDay).others, 2U) << "whoever is always first, the fourth time";
}

TEST(Bursts, OneCompanionIsAFriend) {
  Feed feed;
  for (int day = 0; day < 9; ++day) {
    feed.post(1, day * kDay);
    EXPECT_EQ(feed.post(2, day * kDay + kMinute).others, 0U);
  }
}

TEST(Bursts, ManyPostsInOneHourAreOneOccasion) {
  Feed feed;
  for (int i = 0; i < 12; ++i) {
    for (std::uint64_t author = 1; author <= 3; ++author) {
      EXPECT_EQ(feed.post(author, i * 5 * kMinute).others, 0U);
    }
  }
}

TEST(Bursts, ATimeWhenEverybodySpeaksSaysNothing) {
  Feed feed(1 << 9);
  for (int day = 0; day < 5; ++day) {
    for (std::uint64_t author = 1; author <= 80; ++author) {
      const BurstFound found = feed.post(author, day * kDay);
      if (author == 80) EXPECT_EQ(found.others, 0U);
    }
  }
}

TEST(Bursts, WhoIsAlwaysThereIsNoCompany) {
  Feed feed;
  for (int day = 0; day < 4; ++day) {
    for (int hour = 2; hour <= 5; ++hour) {
      for (std::uint64_t reporter = 2; reporter <= 4; ++reporter) {
        feed.post(reporter, day * kDay + hour * 60 * kMinute);
      }
    }
    for (std::uint64_t reporter = 2; reporter <= 4; ++reporter) feed.post(reporter, day * kDay);
    EXPECT_EQ(feed.post(1, day * kDay).others, 0U);
  }
}

TEST(Bursts, BrandsAndMinutesApart) {
  Feed feed;
  for (int day = 0; day < 5; ++day) {
    feed.post(1, day * kDay, 1);
    feed.post(2, day * kDay, 1);
    EXPECT_EQ(feed.post(3, day * kDay, 2).others, 0U) << "about another brand";
    EXPECT_EQ(feed.post(4, day * kDay + 3 * kMinute, 1).others, 0U) << "later";
  }
}

TEST(Bursts, WhatIsPurgedWasNeverThere) {
  Feed feed;
  std::vector<std::uint64_t> by_two;
  for (int day = 0; day < 2; ++day) {
    feed.post(1, day * kDay);
    feed.post(2, day * kDay);
    by_two.push_back(feed.seq());
    feed.post(3, day * kDay);
  }
  feed.remove(by_two[0]);
  feed.post(1, 2 * kDay);
  feed.post(2, 2 * kDay);
  EXPECT_EQ(feed.post(3, 2 * kDay).others, 0U);
}

// The window beside a slow one that keeps a plain list.
TEST(Bursts, AnswersAsAListDoes) {
  constexpr std::size_t kWindow = 64;
  struct Said {
    std::uint64_t seq, author;
    std::int64_t minute;
    BrandNumber brand;
  };
  std::mt19937_64 random(7);
  BurstWindow window(kWindow);
  window.begin_anew();
  std::vector<Said> list;
  std::size_t found_some = 0;
  for (std::uint64_t seq = 1; seq <= 4'000; ++seq) {
    const Said said{seq, 1 + random() % 4, static_cast<std::int64_t>(random() % 12) * 61,
                    static_cast<BrandNumber>(1 + random() % 2)};
    std::erase_if(list, [&](const Said& old) { return old.seq + kWindow <= seq; });
    list.push_back(said);
    const BurstTraits traits{said.brand, said.author, {said.minute * kMinute}};
    window.add(seq, traits);
    const BurstFound found = window.find(traits);
    const auto occasions_of = [&](std::uint64_t author) {
      std::vector<std::int64_t> occasions;
      for (auto old = list.rbegin(); old != list.rend() && occasions.size() < 16; ++old) {
        if (old->author != author || old->brand != said.brand) continue;
        bool apart = true;
        for (const std::int64_t other : occasions) apart &= std::abs(old->minute - other) >= 60;
        if (apart) occasions.push_back(old->minute);
      }
      return occasions;
    };
    const std::vector<std::int64_t> occasions = occasions_of(said.author);
    std::map<std::uint64_t, std::uint32_t> times;
    for (const std::int64_t minute : occasions) {
      std::map<std::uint64_t, bool> there;
      for (const Said& other : list) {
        if (other.brand == said.brand && other.author != said.author &&
            std::abs(other.minute - minute) <= 2) {
          there[other.author] = true;
        }
      }
      for (const auto& [author, yes] : there) ++times[author];
    }
    std::uint32_t others = 0;
    for (const auto& [author, count] : times) {
      others += count >= kBurstTimes && 2 * count >= occasions_of(author).size() ? 1 : 0;
    }
    if (occasions.size() < kBurstTimes || others < kBurstOthers) others = 0;
    ASSERT_EQ(found.others, others) << seq;
    found_some += others != 0 ? 1 : 0;
    if (random() % 10 == 0) {
      const std::uint64_t gone = list[random() % list.size()].seq;
      std::erase_if(list, [&](const Said& old) { return old.seq == gone; });
      window.remove(gone);
    }
  }
  EXPECT_GT(found_some, 50U) << "the test has bursts";
}

}  // namespace
}  // namespace passaparola::store
