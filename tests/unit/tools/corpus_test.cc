#include "make_corpus/corpus.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "core/time.h"

namespace passaparola::make_corpus {
namespace {

namespace dom = simdjson::dom;

CorpusOptions small(std::uint64_t seed) {
  CorpusOptions options;
  options.seed = seed;
  options.authors = 500;
  options.story.posts = 6'000;
  options.story.start = *parse_rfc3339("2025-10-01T00:00:00Z");
  return options;
}

const Corpus& sample() {
  static const Corpus corpus = make_corpus(small(7));
  return corpus;
}

template <typename Visit>
void for_each_post(const std::string& feed, Visit visit) {
  dom::parser parser;
  std::size_t begin = 0;
  while (begin < feed.size()) {
    const std::size_t end = feed.find('\n', begin);
    ASSERT_NE(end, std::string::npos) << "the last line is not closed";
    dom::element post;
    ASSERT_EQ(parser.parse(feed.data() + begin, end - begin).get(post), simdjson::SUCCESS)
        << feed.substr(begin, end - begin);
    visit(post);
    begin = end + 1;
  }
}

std::string text_at(dom::element object, std::string_view key) {
  std::string_view value;
  return object.at_key(key).get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

std::string author_at(dom::element post) {
  dom::element author;
  if (post["author"].get(author) != simdjson::SUCCESS) return {};
  return text_at(author, "id");
}

using Key = std::pair<std::string, std::string>;

TEST(Phrasebook, FillsEverySlotForEveryBrand) {
  EXPECT_TRUE(Phrasebook::built_in().unfilled_slots().empty())
      << Phrasebook::built_in().unfilled_slots().front();
}

TEST(Phrasebook, NamesSlotsThatNothingFills) {
  const Phrasebook book("## neutral.en\nseen at {nowhere}\n");
  EXPECT_EQ(book.unfilled_slots(), std::vector<std::string>{"neutral.en: {nowhere}"});
}

// A list of a brand's own comes before the common one, so a sentence list must not share its name.
TEST(Phrasebook, NamesTheBrandInWhatIsWrittenAboutIt) {
  Random random(1);
  for (const char* list : {"recommend", "suggest", "laconic", "quiet", "detract", "churn", "seek",
                           "ask", "thanks", "neutral", "mild", "sour", "loyal", "adv", "code"}) {
    for (int i = 0; i < 200; ++i) {
      std::string text =
          Phrasebook::built_in().compose(list, 4, static_cast<Language>(i % 2), random);
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      EXPECT_NE(text.find("lumafon"), std::string::npos) << list << ": " << text;
    }
  }
}

TEST(Phrasebook, HasEveryListInBothLanguages) {
  for (const char* list :
       {"recommend", "suggest", "help",   "defend", "testimonial", "laconic", "quiet",
        "loyal",     "adv",     "gifted", "code",   "giveaway",    "detract", "churn",
        "bot",       "copied",  "voice",  "staff",  "seek",        "ask",     "thanks",
        "neutral",   "mild",    "sour",   "noise",  "tail"}) {
    EXPECT_GE(Phrasebook::built_in().list(list, Language::italian).size(), 3U) << list;
    EXPECT_GE(Phrasebook::built_in().list(list, Language::english).size(), 2U) << list;
  }
}

TEST(Corpus, SameSeedGivesSameBytes) {
  const Corpus again = make_corpus(small(7));
  EXPECT_EQ(again.feed, sample().feed);
  EXPECT_EQ(again.truth, sample().truth);
}

TEST(Corpus, OtherSeedGivesOtherPosts) { EXPECT_NE(make_corpus(small(8)).feed, sample().feed); }

TEST(Corpus, EveryCreateHasWhatANativePostNeeds) {
  for_each_post(sample().feed, [](dom::element post) {
    const std::string op = text_at(post, "op");
    EXPECT_FALSE(text_at(post, "source").empty());
    if (op == "delete_author") {
      EXPECT_FALSE(author_at(post).empty());
      return;
    }
    EXPECT_FALSE(text_at(post, "id").empty());
    if (op == "delete") return;
    EXPECT_TRUE(op == "create" || op == "update") << op;
    EXPECT_FALSE(author_at(post).empty());
    EXPECT_FALSE(text_at(post, "text").empty());
    EXPECT_TRUE(parse_rfc3339(text_at(post, "created_at")).has_value());
  });
}

TEST(Corpus, PostsComeInOrderAndRepliesAfterWhatTheyAnswer) {
  std::string last;
  std::set<Key> seen;
  std::size_t replies = 0;
  for_each_post(sample().feed, [&](dom::element post) {
    if (text_at(post, "op") != "create") return;
    const Key key{text_at(post, "source"), text_at(post, "id")};
    dom::element target;
    if (post["reply_to"].get(target) == simdjson::SUCCESS) {
      ++replies;
      EXPECT_TRUE(seen.contains({key.first, text_at(target, "id")}));
    }
    if (!seen.insert(key).second) return;  // redelivered: keeps the instant of its first time
    EXPECT_LE(last, text_at(post, "created_at"));
    last = text_at(post, "created_at");
  });
  EXPECT_GT(replies, 50U);
}

TEST(Corpus, OperationsTouchPostsThatWereThereBefore) {
  std::set<Key> seen;
  std::map<std::string, std::size_t> operations;
  for_each_post(sample().feed, [&](dom::element post) {
    const std::string op = text_at(post, "op");
    const Key key{text_at(post, "source"), text_at(post, "id")};
    ++operations[op];
    if (op == "create" && !seen.insert(key).second) ++operations["redelivery"];
    if (op == "update" || op == "delete") {
      EXPECT_TRUE(seen.contains(key));
    }
  });
  for (const char* op : {"update", "delete", "delete_author", "redelivery"})
    EXPECT_GT(operations[op], 0U) << op;
}

TEST(Corpus, TruthAgreesWithTheFeed) {
  std::set<Key> authors;
  std::set<Key> posts;
  std::size_t lines = 0;
  for_each_post(sample().feed, [&](dom::element post) {
    ++lines;
    if (text_at(post, "op") != "create") return;
    authors.emplace(text_at(post, "source"), author_at(post));
    posts.emplace(text_at(post, "source"), text_at(post, "id"));
  });
  dom::parser parser;
  const dom::element truth = parser.parse(sample().truth);
  EXPECT_EQ(std::uint64_t(truth["lines"]), lines);
  EXPECT_EQ(std::uint64_t(truth["posts"]), posts.size());
  EXPECT_EQ(posts.size(), 6'000U);
  EXPECT_EQ(std::uint64_t(truth["posts_about_a_brand"]), 2'400U);
  std::size_t brands = 0;
  for (const dom::element brand : truth["brands"].get_array()) {
    ++brands;
    std::map<std::string, std::uint64_t> roles;
    for (const dom::element person : brand["people"].get_array()) {
      ++roles[text_at(person, "role")];
      EXPECT_GT(std::uint64_t(person["posts"]), 0U);
      EXPECT_TRUE(authors.contains({text_at(person, "source"), text_at(person, "author_id")}));
    }
    for (std::size_t role = 1; role < kRoleCount; ++role) {
      const std::string_view name = name_of(static_cast<Role>(role));
      EXPECT_GE(roles[std::string(name)], 1U) << name;
      EXPECT_EQ(std::uint64_t(brand["counts"][name]), roles[std::string(name)]) << name;
    }
  }
  EXPECT_EQ(brands, kBrandCount);
}

TEST(Corpus, NoPlantedPersonIsErased) {
  std::set<Key> planted;
  dom::parser parser;
  const dom::element truth = parser.parse(sample().truth);
  for (const dom::element brand : truth["brands"].get_array()) {
    for (const dom::element person : brand["people"].get_array())
      planted.emplace(text_at(person, "source"), text_at(person, "author_id"));
  }
  for_each_post(sample().feed, [&](dom::element post) {
    if (text_at(post, "op") == "delete_author") {
      EXPECT_FALSE(planted.contains({text_at(post, "source"), author_at(post)}));
    }
  });
}

TEST(Corpus, AdvocatesActOnSeveralDaysOverMonths) {
  std::map<Key, std::set<std::int64_t>> days;
  for_each_post(sample().feed, [&](dom::element post) {
    if (text_at(post, "op") != "create") return;
    days[{text_at(post, "source"), author_at(post)}].insert(
        day_of(*parse_rfc3339(text_at(post, "created_at"))));
  });
  dom::parser parser;
  const dom::element truth = parser.parse(sample().truth);
  for (const dom::element brand : truth["brands"].get_array()) {
    for (const dom::element person : brand["people"].get_array()) {
      if (!text_at(person, "role").starts_with("advocate_")) continue;
      const auto& active = days[{text_at(person, "source"), text_at(person, "author_id")}];
      ASSERT_GE(active.size(), 3U);
      EXPECT_GE(*active.rbegin() - *active.begin(), 28);
    }
  }
}

TEST(Corpus, NoiseShareIsAsAsked) {
  CorpusOptions options = small(3);
  options.story.noise_percent = 50;
  dom::parser parser;
  const Corpus corpus = make_corpus(options);
  const dom::element truth = parser.parse(corpus.truth);
  EXPECT_EQ(std::uint64_t(truth["posts_about_a_brand"]), 3'000U);
}

TEST(Corpus, TinyCastStillPlantsEveryRole) {
  CorpusOptions options = small(5);
  options.authors = 1;
  options.story.posts = 1;
  options.story.days = 30;
  const Corpus corpus = make_corpus(options);
  dom::parser parser;
  const dom::element truth = parser.parse(corpus.truth);
  EXPECT_EQ(std::uint64_t(truth["authors"]), kBrandCount * (kRoleCount - 1));
}

}  // namespace
}  // namespace passaparola::make_corpus
