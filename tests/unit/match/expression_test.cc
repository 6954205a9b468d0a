// One row a construct of the language: an expression, a text, and what of it is found.
#include "match_fixture.h"

namespace passaparola::match {
namespace {

struct Case {
  const char* expression;
  const char* text;
  const char* found;
};

class Expressions : public testing::TestWithParam<Case> {};

TEST_P(Expressions, FindsWhatItSays) {
  const Case& c = GetParam();
  EXPECT_EQ(found_by(c.expression, c.text), c.found) << c.expression << " in: " << c.text;
}

INSTANTIATE_TEST_SUITE_P(
    Words, Expressions,
    testing::Values(
        Case{"moka", "la MOKA!", "MOKA"}, Case{"moka", "mokaccino", "-"},
        Case{"moka", "amoka moka_ 1moka", "-"}, Case{"azienda", "dell'azienda", "azienda"},
        Case{"azienda", "dell’azienda", "azienda"}, Case{"l'ho", "non l’ho", "l’ho"},
        Case{"caffè", "un CAFFÈ", "CAFFÈ"}, Case{"caffè", "un caffe", "-"},
        Case{"caffè", "un CAFFE\u0300 caldo", "CAFFE\u0300"}, Case{"moka", "ｍｏｋａ", "ｍｏｋａ"},
        Case{"moka", "mo\u200Bka", "mo\u200Bka"}, Case{"strasse", "Die Straße.", "Straße"},
        Case{"moka", "moka\u0301", "-"}, Case{"coca-cola", "una Coca-Cola fresca", "Coca-Cola"},
        Case{"☕", "buon☕giorno", "☕"}, Case{"コーヒー", "美味しいコーヒーです", "コーヒー"},
        Case{"moka", "東京moka東京", "moka"}));

INSTANTIATE_TEST_SUITE_P(
    SocialTokens, Expressions,
    testing::Values(Case{"moka", "#moka", "-"}, Case{"moka", "@moka", "-"},
                    Case{"moka", "https://x.example/moka", "-"},
                    Case{"moka", "a@moka.example", "-"}, Case{"moka", "www.moka.example", "-"},
                    Case{"moka", "#altro moka", "moka"}, Case{"#moka", "la #Moka!", "#Moka"},
                    Case{"#moka", "#mokanera", "-"}, Case{"#moka", "x#moka", "-"},
                    Case{"#moka", "moka", "-"}, Case{"#moka", "＃moka", "＃moka"},
                    Case{"@moka", "ciao @Moka.", "@Moka"}, Case{"@moka", "@moka.example", "-"},
                    Case{"@moka", "a@moka", "-"},
                    Case{"@anna.example", "@anna.example!", "@anna.example"},
                    Case{"@anna@host.example", "@anna@host.example", "@anna@host.example"},
                    Case{"@anna", "@anna@host.example", "-"}, Case{"$ABC", "buy $abc now", "$abc"},
                    Case{"$ABC", "abc", "-"}, Case{"$ABC", "$ABCD", "-"}));

INSTANTIATE_TEST_SUITE_P(Phrases, Expressions,
                         testing::Values(Case{"\"moka nera\"", "Moka \n\t Nera", "Moka \n\t Nera"},
                                         Case{"\"moka nera\"", "moka\u00A0nera", "moka\u00A0nera"},
                                         Case{"\"moka nera\"", "moka, nera", "-"},
                                         Case{"“moka nera”", "moka nera", "moka nera"},
                                         Case{"\"at&t\"", "con AT&T", "AT&T"},
                                         Case{"\"#moka nera\"", "#moka nera", "#moka nera"},
                                         Case{"\"moka nera\"", "#moka nera", "-"},
                                         Case{"\"nera moka\"", "nera moka.example@x.example",
                                              "-"}));

INSTANTIATE_TEST_SUITE_P(
    Domains, Expressions,
    testing::Values(Case{"domain:moka.example", "su https://shop.moka.example/x?y", "moka.example"},
                    Case{"domain:moka.example", "https://moka.example.org", "-"},
                    Case{"domain:moka.example", "https://notmoka.example", "-"},
                    Case{"domain:moka.example", "https://x.org/moka.example", "-"},
                    Case{"domain:moka.example", "https://u@moka.example:80/", "moka.example"},
                    Case{"domain:moka.example", "vai su moka.example.", "moka.example"},
                    Case{"domain:moka.example", "moka.example.org", "-"},
                    Case{"domain:moka.example", "a@moka.example", "-"},
                    Case{"domain:moka.example", "@moka.example", "-"}));

INSTANTIATE_TEST_SUITE_P(
    Logic, Expressions,
    testing::Values(Case{"a1 b1", "b1 a1", "b1|a1"}, Case{"a1 AND b1", "a1", "-"},
                    Case{"a1 OR b1 c1", "a1", "a1"}, Case{"(a1 OR b1) c1", "a1", "-"},
                    Case{"a1 NOT b1", "a1 b1", "-"}, Case{"a1 -b1", "a1", "a1"},
                    Case{"a1 -(b1 c1)", "a1 b1", "a1"}, Case{"a1 -(b1 c1)", "c1 a1 b1", "-"},
                    Case{"a1 NOT NOT b1", "a1 b1", "a1|b1"}, Case{"a1 [b1, c1]", "c1 a1", "c1|a1"},
                    Case{"a1 OR (b1 c1)", "a1 b1", "a1"}));

INSTANTIATE_TEST_SUITE_P(Ordered, Expressions,
                         testing::Values(Case{"a1 ONEAR/2 b1", "a1 x b1", "a1|b1"},
                                         Case{"a1 ONEAR/2 b1", "b1 a1", "-"},
                                         Case{"a1 ONEAR/2 b1", "b1 a1 b1 a1", "a1|b1"},
                                         Case{"a1 ONEAR/1 b1 NEAR/1 c1", "a1 b1 c1", "a1|b1|c1"},
                                         Case{"a1 ONEAR/1 b1 ONEAR/1 c1", "c1 a1 b1", "-"},
                                         Case{"\"a1 b1\"~2", "b1 x a1", "b1|a1"},
                                         Case{"\"a1 b1\"~2", "b1 x y a1", "-"},
                                         Case{"\"a1 b1\"^9", "a1 b1", "a1 b1"}));

INSTANTIATE_TEST_SUITE_P(KOfN, Expressions,
                         testing::Values(Case{"atleast(2, a1, b1, c1)", "c1 x a1", "c1|a1"},
                                         Case{"atleast(2, a1, b1, c1)", "a1 a1", "-"},
                                         Case{"atleast(3, a1, b1 OR d1, c1)", "d1 c1 a1",
                                              "d1|c1|a1"},
                                         Case{"x1 -atleast(2, a1, b1, c1)", "x1 a1", "x1"},
                                         Case{"x1 -atleast(2, a1, b1, c1)", "x1 a1 c1", "-"},
                                         Case{"x1 atleast(1, likes>2, a1)", "x1 a1", "x1|a1"}));

INSTANTIATE_TEST_SUITE_P(RawBesideSigns, Expressions,
                         testing::Values(Case{"raw:\"Moka\"", "Moka\u2122 nuova", "Moka"}));

INSTANTIATE_TEST_SUITE_P(Substrings, Expressions,
                         testing::Values(Case{"substr:\"oka\"", "mokaccino", "oka"},
                                         Case{"substr:\"oka n\"", "la MOKA  Nera", "OKA  N"},
                                         Case{"substr:\"moka\"", "https://x.example/moka", "moka"},
                                         Case{"substr:\"moka\"", "mo ka", "-"}));

INSTANTIATE_TEST_SUITE_P(
    Evasions, Expressions,
    testing::Values(Case{"moka", "m\u043Eka", "m\u043Eka"},
                    Case{"moka", "\u041C\u041EKA", "\u041C\u041EKA"}, Case{"мока", "мока", "мока"},
                    Case{"moka", "мока", "-"},
                    Case{"moka", "\U0001D426\U0001D428\U0001D424\U0001D41A",
                         "\U0001D426\U0001D428\U0001D424\U0001D41A"},
                    Case{"domain:moka.example", "su moka[.]example ora", "moka[.]example"},
                    Case{"domain:moka.example", "moka (dot) example", "moka (dot) example"},
                    Case{"domain:moka.example", "shop dot moka dot example", "moka dot example"},
                    Case{"domain:moka.example", "notmoka[.]example", "-"},
                    Case{"domain:moka.example", "moka[.]example[.]org", "-"}));

INSTANTIATE_TEST_SUITE_P(
    WordsOfHashtags, Expressions,
    testing::Values(Case{"\"moka nera\"", "#MokaNera", "MokaNera"},
                    Case{"\"moka nera\"", "#TeamMokaNeraForever!", "MokaNera"},
                    Case{"\"moka nera\"", "#moka_nera", "moka_nera"},
                    Case{"\"moka 2\"", "#Moka2", "Moka2"}, Case{"\"moka nera\"", "#mokanera", "-"},
                    Case{"\"rai uno\"", "#RAIUno", "RAIUno"}, Case{"moka", "#MokaNera", "-"},
                    Case{"\"moka nera\" NEAR/1 a1", "a1 #MokaNera", "a1|MokaNera"}));

INSTANTIATE_TEST_SUITE_P(Emoji, Expressions,
                         testing::Values(Case{"\u2615", "un \u2615!", "\u2615"},
                                         Case{"\U0001F44D", "\U0001F44D\U0001F3FD ok",
                                              "\U0001F44D"},
                                         Case{"\u2764\uFE0F", "\u2764 ok", "\u2764"}));

INSTANTIATE_TEST_SUITE_P(
    OtherNamesOfFields, Expressions,
    testing::Values(Case{"hashtag:moka", "#moka", "#moka"}, Case{"mention:moka", "@moka", "@moka"},
                    Case{"hashtag:[a1, moka]", "#moka", "#moka"}, Case{"word:moka", "moka", "moka"},
                    Case{"link:moka.example", "https://moka.example/a", "moka.example"}));

INSTANTIATE_TEST_SUITE_P(
    Near, Expressions,
    testing::Values(Case{"a1 NEAR/1 b1", "a1 b1", "a1|b1"}, Case{"a1 NEAR/1 b1", "b1, a1", "b1|a1"},
                    Case{"a1 NEAR/1 b1", "a1 x b1", "-"}, Case{"a1 NEAR/2 b1", "a1 x b1", "a1|b1"},
                    Case{"a1 NEAR/2 [b1, \"c1 d1\"]", "c1 d1 x a1", "c1 d1|a1"},
                    Case{"a1 NEAR/2 b1", "a1 #x b1 y y y a1", "a1|b1"},
                    Case{"a1 NEAR/1 a1", "a1", "-"}, Case{"a1 NEAR/1 a1", "a1 a1", "a1|a1"},
                    Case{"a1 NEAR/1 b1 NEAR/1 c1", "a1 b1 x b1 c1", "-"},
                    Case{"a1 NEAR/1 b1 NEAR/1 c1", "c1 b1 a1", "c1|b1|a1"},
                    Case{"☕ NEAR/1 a1", "a1 ☕", "a1|☕"}));

INSTANTIATE_TEST_SUITE_P(
    RawPrefixRegex, Expressions,
    testing::Values(Case{"raw:\"Apple\"", "apple Apple", "Apple"},
                    Case{"raw:\"Apple\"", "Apples", "-"}, Case{"raw:\"C++\"", "in C++!", "C++"},
                    Case{"caff*", "caffettiera", "caffettiera"}, Case{"caff*", "decaff", "-"},
                    Case{"caff*", "#caffè", "-"}, Case{"/mok[ao]\\d+/i", "MOKA12 moko", "MOKA12"},
                    Case{"/Mok[ao]/", "moka Moko", "Moko"}, Case{"/(a|b)\\/c/", "xa/cy", "a/c"},
                    Case{"/\\p{Lu}{3}/", "abcDEF", "DEF"}, Case{"/^moka/i", "x moka", "-"},
                    Case{"/nera$/i", "moka Nera", "Nera"}));

TEST(Regions, LookOnlyWhereTheyAreTold) {
  PostView post = post_of("moka");
  post.title = "nera";
  post.author.bio = "barista";
  post.quote_text = "espresso";
  const std::string_view links[] = {"https://www.Moka.example/x"};
  post.links = links;
  EXPECT_EQ(found_by("moka nera", post), "moka|nera");
  EXPECT_EQ(found_by("in:title(moka)", post), "-");
  EXPECT_EQ(found_by("in:title(nera) in:body(moka)", post), "moka|nera");
  EXPECT_EQ(found_by("barista OR espresso", post), "-");
  EXPECT_EQ(found_by("in:bio(barista)", post), "barista");
  EXPECT_EQ(found_by("in:quoted(espresso) -in:bio(espresso)", post), "espresso");
  EXPECT_EQ(found_by("domain:moka.example", post), "Moka.example");
  EXPECT_EQ(found_by("in:body(domain:moka.example)", post), "-");
}

TEST(Predicates, KnowTheEnvelopeAndNothingElse) {
  PostView post = post_of("moka? #x");
  post.lang = "it-IT";
  post.kind = PostKind::review;
  post.author.followers = 100;
  post.rating = Rating{4, 5};
  const auto holds = [&](const std::string& clause) {
    return found_by("moka " + clause, post) != "-";
  };
  for (const char* clause : {"lang:it",
                             "lang:[en, it]",
                             "-lang:en",
                             "source:bluesky",
                             "kind:review",
                             "is:review",
                             "is:root",
                             "-is:reply",
                             "has:hashtag",
                             "has:question",
                             "NOT has:link",
                             "NOT has:title",
                             "followers:100..",
                             "followers>=100",
                             "followers = 100",
                             "rating>3.5",
                             "rating!=5",
                             "author:anna.example",
                             "author:did:plc:anna",
                             "-followers<50"}) {
    EXPECT_TRUE(holds(clause)) << clause;
  }
  for (const char* clause :
       {"lang:en", "source:x", "is:reply", "has:link", "followers<100", "followers:..99", "likes>0",
        "NOT likes>0", "likes!=3", "-(likes>0)"}) {
    EXPECT_FALSE(holds(clause)) << clause;
  }
}

TEST(Accents, CountUnlessFolded) {
  const auto rules = rules_of(
      "let drink = caffè\n"
      "brand b @fold(accent) { terms perché, #caffé }\n"
      "rule b.a @fold(accent) { $drink }\n"
      "rule b.c { \"è così\" }");
  EXPECT_EQ(found_in(rules, post_of("PERCHE no")), "PERCHE");
  EXPECT_EQ(found_in(rules, post_of("perchè no")), "perchè");
  EXPECT_EQ(found_in(rules, post_of("ù perche\u0300 ù")), "perche\u0300");
  EXPECT_EQ(found_in(rules, post_of("#CAFFE")), "#CAFFE");
  EXPECT_EQ(found_in(rules, post_of("caffe")), "caffe");
  EXPECT_EQ(found_in(rules, post_of("e cosi")), "-");
  EXPECT_EQ(found_in(rules, post_of("È COSÌ")), "È COSÌ");
}

}  // namespace
}  // namespace passaparola::match
