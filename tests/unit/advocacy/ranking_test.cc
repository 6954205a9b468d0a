// The ranking that the store keeps against the slow way: everybody's history read and scored.
#include "advocacy/ranking.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "store/store.h"
#include "store/verify.h"
#include "unit/advocacy/histories.h"
#include "unit/advocacy/store_fixture.h"

namespace passaparola::advocacy {
namespace {

constexpr RelationClass kClasses[] = {RelationClass::advocate,   RelationClass::loyal,
                                      RelationClass::influencer, RelationClass::affiliated,
                                      RelationClass::detractor,  RelationClass::incentivised,
                                      RelationClass::inauthentic};

class Ranks : public StoreTest {
 protected:
  std::string author(unsigned number) { return "author" + std::to_string(number); }

  // Points into what it is given.
  PostView post(const std::string& id, const std::string& author) {
    PostView view;
    view.source = "bluesky";
    view.id = id;
    view.author.id = author;
    view.text = "Moka Nera";
    view.created_at = now_;
    return view;
  }

  // A mention of any kind that matters to a score.
  void say(unsigned who) {
    constexpr Act kActs[] = {Act::recommend,   Act::recommend, Act::defend,   Act::help,
                             Act::testimonial, Act::praise,    Act::complain, Act::churn,
                             Act::idea,        Act::invite,    Act::seek};
    const std::string id = "post" + std::to_string(++posts_), name = author(who);
    const std::string answered = author(random_() % kAuthors);
    PostView view = post(id, name);
    if (random_() % 3 == 0) view.reply_to_author_id = answered;
    const std::size_t acts = random_() % 4 == 0 ? std::size(kActs) : known_acts_;
    const ActHit hit{kActs[random_() % acts], random_() % 2 == 0, 0.9, "cue", Field::text, 0, 3};
    Mention mention;
    mention.brand = kBrand;
    const bool critic = hit.act == Act::complain || hit.act == Act::churn;
    mention.sentiment.label = critic               ? Label::negative
                              : random_() % 4 == 0 ? Label::neutral
                                                   : Label::positive;
    mention.sentiment.score = critic ? -0.8 : 0.8;
    mention.sentiment.confidence = 0.9;
    if (random_() % 5 != 0) mention.acts = {&hit, 1};
    // One in three authors is rewarded now and then, one in nine employed.
    const Signal signal = who % 9 == 0         ? Signal::employee_bio
                          : random_() % 2 == 0 ? Signal::explicit_label
                                               : Signal::code;
    const Penalty penalty{signal, signal == Signal::code ? 0.7 : 1, "evidence", Field::text, 0, 1};
    if (who % 3 == 0 && random_() % 2 == 0) {
      mention.authenticity.penalties = {&penalty, 1};
      mention.authenticity.score = 1 - penalty.penalty;
    }
    mention.quality.depth = 0.5;
    mention.lang = "it";
    mention.fingerprint = random_() % 4 == 0 ? who : 1'000'000 + posts_;  // now and then a copy
    mention.post = view;
    commit(view, {&mention, 1});
  }

  void take_back() {
    if (posts_ == 0) return;
    const std::string id = "post" + std::to_string(random_() % posts_ + 1);
    PostView view = post(id, nobody_);
    view.op = PostOp::remove;
    commit(view, {});
  }

  void change_state(unsigned who) {
    constexpr PostOp kOps[] = {PostOp::hide_author, PostOp::show_author, PostOp::show_author,
                               PostOp::delete_author};
    const std::string name = author(who);
    PostView view = post(nobody_, name);
    view.op = kOps[random_() % std::size(kOps)];
    commit(view, {});
  }

  IdentifyReport people(std::optional<RelationClass> relation, std::size_t top, bool by_ranking,
                        const PeopleFilter& filter = {}) {
    IdentifyQuery query;
    query.brand = kBrand;
    query.top = top;
    query.relation = relation;
    query.filter = filter;
    query.as_of = now_;
    query.is_now = by_ranking;
    auto found = identify(*store_, query, default_config());
    EXPECT_TRUE(found) << found.error().message;
    return found ? std::move(*found) : IdentifyReport{};
  }

  void expect_same(std::optional<RelationClass> relation, const PeopleFilter& filter = {}) {
    const std::size_t top = random_() % 12 + 1;
    const IdentifyReport quick = people(relation, top, true, filter);
    const IdentifyReport slow = people(relation, top, false, filter);
    SCOPED_TRACE(std::string(relation ? name_of(*relation) : "any") +
                 (filter.at_risk ? " at risk" : "") + (filter.lapsed ? " lapsed" : ""));
    ASSERT_EQ(quick.authors.size(), slow.authors.size());
    for (std::size_t i = 0; i < quick.authors.size(); ++i) {
      at_risk_ += quick.authors[i].score.at_risk ? 1 : 0;
      lapsed_ += quick.authors[i].score.lapsed ? 1 : 0;
      EXPECT_EQ(quick.authors[i].author.id, slow.authors[i].author.id);
      EXPECT_EQ(quick.authors[i].score.score_low, slow.authors[i].score.score_low);
      EXPECT_EQ(quick.authors[i].score.level, slow.authors[i].score.level);
    }
    seen_ += quick.authors.size();
  }

  // Everybody judged again, as `verify` does it.
  void expect_right() {
    const store::RankCheck check = rank_check(now_, default_config());
    const auto verified = store_->verify(
        [](const store::Difference& difference) {
          ADD_FAILURE() << difference.family << ": " << difference.key << ": " << difference.stored
                        << ", " << difference.recounted;
        },
        &check);
    ASSERT_TRUE(verified) << verified.error().message;
    checked_ += verified->ranks;
  }

  static constexpr const char* kBrand = "moka_nera";
  static constexpr unsigned kAuthors = 40;
  std::mt19937 random_{std::random_device{}()};
  Timestamp now_ = days_ago(900);
  unsigned posts_ = 0;
  const std::string nobody_;
  std::size_t known_acts_ = 11;  // of say(), for three in four; the first six say only good
  std::size_t at_risk_ = 0, lapsed_ = 0;
  std::uint64_t checked_ = 0;
  std::size_t seen_ = 0;  // people compared: a test of nobody proves nothing
};

TEST_F(Ranks, EqualEverybodysScoresWhateverHappensAndHoweverTimePasses) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  for (int round = 0; round < 120 && !HasFatalFailure(); ++round) {
    for (unsigned i = random_() % 25; i > 0; --i) {
      const unsigned what = random_() % 40;
      if (what == 0) {
        change_state(random_() % kAuthors);
      } else if (what == 1) {
        take_back();
      } else {
        say(random_() % kAuthors);
      }
      now_.milliseconds += static_cast<std::int64_t>(random_() % (kMillisecondsPerDay / 4));
    }
    // Now and then a year of silence, in which scores only age.
    if (random_() % 10 == 0) now_.milliseconds += kMillisecondsPerDay * (random_() % 400);
    if (random_() % 20 == 0) open();
    if (store_->brands().empty()) continue;
    expect_same(kClasses[random_() % std::size(kClasses)]);
    if (round % 10 == 9) expect_right();
  }
  EXPECT_GT(seen_, 100U);
  EXPECT_GT(checked_, 100U);
}

// Both marks come and go by time alone, with people of every class.
TEST_F(Ranks, FindWhoIsAtRiskOrLapsedWhateverTheyAreByNow) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  random_.seed(seed);
  known_acts_ = 6;
  for (int round = 0; round < 400 && !HasFatalFailure(); ++round) {
    for (unsigned i = random_() % 25; i > 0; --i) {
      const unsigned what = random_() % 60;
      if (what == 0) {
        // Never of the two who speak most: hidden early, they would leave nobody to find.
        change_state(3 + random_() % (kAuthors - 3));
      } else if (what == 1) {
        take_back();
      } else {
        say(random_() % 2 == 0 ? random_() % kAuthors : 1 + random_() % 2);
      }
      now_.milliseconds += static_cast<std::int64_t>(random_() % kMillisecondsPerDay);
    }
    // Days of silence, now and then half a year.
    now_.milliseconds += kMillisecondsPerDay * (random_() % (random_() % 8 == 0 ? 200 : 12));
    if (store_->brands().empty()) continue;
    PeopleFilter filter;
    filter.at_risk = random_() % 2 == 0;
    filter.lapsed = !filter.at_risk || random_() % 5 == 0;
    std::optional<RelationClass> relation;
    if (random_() % 3 == 0) relation = kClasses[random_() % std::size(kClasses)];
    if (random_() % 9 == 0) relation = RelationClass::neutral;
    expect_same(relation, filter);
  }
  EXPECT_GT(at_risk_, 5U);
  EXPECT_GT(lapsed_, 5U);
}

TEST_F(Ranks, OfAMarkAreReadWithoutReadingEverybody) {
  for (int i = 0; i < 1500; ++i) {
    say(random_() % kAuthors);
    now_.milliseconds += kMillisecondsPerDay / 8;
  }
  PeopleFilter filter;
  filter.at_risk = true;
  people(std::nullopt, 1, true, filter);
  const IdentifyReport quick = people(std::nullopt, 1000, true, filter);
  const IdentifyReport slow = people(std::nullopt, 1000, false, filter);
  EXPECT_EQ(quick.authors_seen, quick.authors.size());  // nobody else
  EXPECT_GT(quick.authors.size(), 0U);
  EXPECT_LT(quick.authors_seen, slow.authors_seen);
}

TEST_F(Ranks, OfNowSayNothingOfThePast) {
  for (int i = 0; i < 200; ++i) say(random_() % kAuthors);
  people(RelationClass::advocate, 10, true);
  now_.milliseconds -= kMillisecondsPerDay;
  EXPECT_EQ(people(RelationClass::advocate, 10, true).authors.size(),
            people(RelationClass::advocate, 10, false).authors.size());
}

TEST_F(Ranks, OfAnotherConfigurationAreMadeAnew) {
  for (int i = 0; i < 400; ++i) {
    say(random_() % kAuthors);
    now_.milliseconds += kMillisecondsPerDay / 4;
  }
  IdentifyQuery query;
  query.brand = kBrand;
  query.as_of = now_;
  query.is_now = true;
  query.relation = RelationClass::advocate;
  AdvocacyConfig strict = default_config();
  strict.levels.candidate_score_low = 1000;
  const auto before = identify(*store_, query, default_config());
  const auto none = identify(*store_, query, strict);
  const auto after = identify(*store_, query, default_config());
  ASSERT_TRUE(before && none && after);
  EXPECT_GT(before->authors.size(), 0U);
  EXPECT_EQ(none->authors.size(), 0U);
  EXPECT_EQ(after->authors.size(), before->authors.size());
}

TEST_F(Ranks, ReadTheTopWithoutReadingEverybody) {
  for (int i = 0; i < 1500; ++i) {
    say(random_() % kAuthors);
    now_.milliseconds += kMillisecondsPerDay / 8;
  }
  const IdentifyReport slow = people(RelationClass::loyal, 1, false);
  people(RelationClass::loyal, 1, true);
  const IdentifyReport quick = people(RelationClass::loyal, 1, true);
  ASSERT_EQ(quick.authors.size(), slow.authors.size());
  EXPECT_LT(quick.authors_seen, slow.authors_seen);
}

}  // namespace
}  // namespace passaparola::advocacy
