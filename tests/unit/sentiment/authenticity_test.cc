// Disclosures in the text: labels, payment, gifts, codes, give-aways and ties, in English and
// Italian; and what only looks like one.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

#include "core/arena.h"
#include "unit/sentiment/scorer.h"

namespace passaparola::sentiment {
namespace {

using Texts = std::initializer_list<std::string_view>;

bool has(const Enrichment& enrichment, Signal signal) {
  for (const Penalty& penalty : enrichment.authenticity.penalties) {
    if (penalty.signal == signal) return true;
  }
  return false;
}

void expect_signal(Signal signal, std::string_view lang, Texts texts) {
  for (const std::string_view text : texts) {
    Arena arena;
    EXPECT_TRUE(has(enrich(text, lang, arena), signal)) << text;
  }
}

void expect_none(std::string_view lang, Texts texts) {
  for (const std::string_view text : texts) {
    Arena arena;
    const Enrichment enrichment = enrich(text, lang, arena);
    const auto penalties = enrichment.authenticity.penalties;
    EXPECT_TRUE(penalties.empty()) << text << "\n  by " << penalties[0].evidence;
  }
}

TEST(Labels, AreTagsWhereverTheyStand) {
  expect_signal(Signal::explicit_label, "en",
                {"#ad my third Moka Nera today", "Moka Nera at dawn #coffee #AD #morning",
                 "so in love with it! #sponsored Moka Nera", "Moka Nera beans #gifted",
                 "two tins, #suppliedby Moka Nera", "Moka Nera tasting tonight (#invitedby)"});
  expect_signal(Signal::explicit_label, "it",
                {"#adv la mia terza Moka Nera", "alba e Moka Nera #caffè #ADV #lunedì",
                 "che buona! #sponsorizzato Moka Nera", "Moka Nera #prodottofornitoda",
                 "#inserzioneapagamento Moka Nera in offerta", "Moka Nera #pubblicità"});
  expect_signal(Signal::ambiguous_label, "en",
                {"Moka Nera and me #collab", "Moka Nera #ambassador", "#sp Moka Nera"});
}

TEST(Labels, AreWordsThatStandAlone) {
  expect_signal(Signal::explicit_label, "en",
                {"ad | my morning with Moka Nera", "AD: Moka Nera has a new roast",
                 "[ad] Moka Nera for two", "Moka Nera for breakfast (ad)",
                 "My kitchen, my rules, my Moka Nera | ad", "Advertisement. Moka Nera, since 1950",
                 "(gifted) Moka Nera mug", "(PR, gifted) Moka Nera mug", "ad/pr Moka Nera mug",
                 "*ad* brewing Moka Nera", "Gifted - the Moka Nera travel set",
                 "Moka Nera week\nad\nlink below", "paid partnership | Moka Nera"});
  expect_signal(Signal::explicit_label, "it",
                {"adv | la mia mattina con Moka Nera", "ADV: Moka Nera ha una tostatura nuova",
                 "[adv] Moka Nera per due", "Moka Nera a colazione (adv)",
                 "Messaggio pubblicitario. Moka Nera dal 1950", "Pubblicità: Moka Nera",
                 "(prodotto fornito) la Moka Nera da viaggio", "post sponsorizzato | Moka Nera"});
  expect_none("en", {"The Moka Nera ad is everywhere", "ad-free Moka Nera podcast, finally",
                     "ad hoc committee on the Moka Nera machine", "a gifted barista, Moka Nera Bo",
                     "Had a Moka Nera, had a nap", "an ad? for Moka Nera?"});
  expect_none("it", {"ad esempio la Moka Nera", "vado ad Ancona con la Moka Nera",
                     "la pubblicità della Moka Nera mi fa ridere"});
}

TEST(Labels, AreStatementsOfPayment) {
  expect_signal(
      Signal::explicit_label, "en",
      {"I was paid by Moka Nera to write this thread", "They paid me to say that. Moka Nera",
       "I'm being paid for this post about Moka Nera",
       "This episode was kindly sponsored by our friends at Moka Nera",
       "in partnership with @mokanera, my guide to Moka Nera",
       "This is a paid partnership with Moka Nera", "Moka Nera are paying me to post this",
       "I got this Moka Nera for free in exchange for an honest review",
       "the grinder was provided free of charge by Moka Nera",
       "I may earn a small commission if you buy the Moka Nera",
       "Moka Nera invited us to try the new roast", "My beans were gifted by Moka Nera",
       "Big thanks to Moka Nera for sponsoring the meet-up", "brought to you by Moka Nera, as ever",
       "contains affiliate links, Moka Nera and more", "the hotel was paid for by Moka Nera",
       "Press trip with Moka Nera, day two"});
  expect_signal(
      Signal::explicit_label, "it",
      {"sono stata pagata da Moka Nera per questo post", "mi pagano per dirlo: bevete Moka Nera",
       "Questa puntata è sponsorizzata da Moka Nera",
       "in collaborazione con @mokanera, la mia guida a Moka Nera",
       "Collaborazione retribuita con Moka Nera", "Moka Nera mi ha pagato per provare la miscela",
       "me l'hanno data in cambio di una recensione, la Moka Nera",
       "contiene link affiliati, Moka Nera e altro",
       "se compri la Moka Nera dal link prendo una piccola percentuale",
       "Moka Nera ci ha invitati a provare la miscela nuova",
       "prodotto gentilmente offerto da Moka Nera", "Grazie a Moka Nera per aver sponsorizzato",
       "viaggio stampa con Moka Nera", "video realizzato in partnership con Moka Nera",
       "invitata da Moka Nera ad assaggiare la nuova miscela"});
}

TEST(Labels, AreGiftsCodesAndGiveAways) {
  expect_signal(Signal::gift, "en",
                {"Moka Nera kindly sent me this pot", "PR package from Moka Nera!!",
                 "Moka Nera sent me a box to try", "thank you Moka Nera for this lovely hamper",
                 "I was sent a Moka Nera to test", "Moka Nera lent us a machine for the weekend"});
  expect_signal(Signal::gift, "it",
                {"ho ricevuto in omaggio la Moka Nera", "Moka Nera mi ha mandato questa tazza",
                 "mi hanno mandato la Moka Nera da provare", "pacco PR Moka Nera",
                 "grazie Moka Nera per questo pacco", "mi è stata inviata da Moka Nera"});
  expect_signal(Signal::code, "en",
                {"use my code ANNA15 on Moka Nera", "Moka Nera with code BEANS-20 at checkout",
                 "my referral link for Moka Nera is below", "10% off Moka Nera: code LUCAB"});
  expect_signal(Signal::code, "it",
                {"col codice ANNA15 la Moka Nera costa meno", "usate il mio codice su Moka Nera",
                 "il mio link invito per Moka Nera è in bio"});
  expect_signal(Signal::giveaway, "en",
                {"Moka Nera giveaway! tag two friends", "follow and retweet to win a Moka Nera",
                 "GIVEAWAY: one Moka Nera, ends Sunday"});
  expect_signal(Signal::giveaway, "it",
                {"tagga due amici e vinci la Moka Nera", "metti like per vincere la Moka Nera",
                 "in palio una Moka Nera"});
}

TEST(Labels, AreTies) {
  expect_signal(Signal::employee_bio, "en",
                {"I work for Moka Nera and even I think so",
                 "as a Moka Nera employee I get it free", "Moka Nera barista here, ask away",
                 "I'm an engineer at Moka Nera", "I'm on the Moka Nera team"});
  expect_signal(Signal::employee_bio, "it",
                {"lavoro in Moka Nera da tre anni", "sono un dipendente di Moka Nera",
                 "faccio parte del team di Moka Nera", "da dipendente Moka Nera vi dico"});
  expect_signal(Signal::ambiguous_label, "en",
                {"my brother works at Moka Nera", "I'm a Moka Nera ambassador",
                 "full disclosure: my wife works for Moka Nera",
                 "the owner of Moka Nera is a friend of mine"});
  expect_signal(Signal::ambiguous_label, "it",
                {"mio fratello lavora in Moka Nera", "sono ambassador di Moka Nera",
                 "collaboro con Moka Nera da un anno"});
}

TEST(Labels, MayFollowWordsThatOnlyLookLikeADenial) {
  expect_signal(Signal::gift, "en", {"can't believe Moka Nera sent me this"});
  expect_signal(Signal::gift, "it", {"non ci credo, Moka Nera mi ha mandato questa tazza"});
  expect_none("en", {"I can't say Moka Nera sent me this"});
}

TEST(Labels, MayBeginASentence) {
  expect_signal(Signal::explicit_label, "en",
                {"Ad with Moka Nera. Coffee in bed", "Morning! Sponsored by Moka Nera"});
  expect_signal(Signal::explicit_label, "it", {"Adv con Moka Nera. Caffè a letto"});
  expect_none("en", {"Awesome ad from Moka Nera", "I saw an ad by Moka Nera"});
}

TEST(Labels, AreCodesInAnyDress) {
  expect_signal(Signal::code, "en",
                {"15% off Moka Nera with ANNA15", "Code: SLEEPYANNA, money off Moka Nera",
                 "get Moka Nera cheaper with code anna15", "ANNA15 at checkout, enjoy, Moka Nera"});
  expect_none("en", {"THE CODE OF MY MOKA NERA IS BROKEN, GET ME A NEW ONE Moka Nera",
                     "product code MN2000 of the Moka Nera", "Moka Nera code of conduct"});
}

TEST(Labels, AreLinksThatPay) {
  expect_signal(
      Signal::affiliate_link, "en",
      {"Moka Nera https://shop.example/x?tag=anna-21", "Moka Nera mokanera.example/r/anna",
       "Moka Nera https://www.moka-nera.example/?via=anna",
       "Moka Nera https://shop.example/referral/anna", "Moka Nera https://amzn.to/3abc"});
  expect_none("en",
              {"Moka Nera https://blog.example/x?tag=coffee", "Moka Nera reddit.example/r/coffee",
               "Moka Nera https://shop.example/?via=home", "Moka Nera mokanera.example/r/"});
}

TEST(Labels, AreNotTalkAboutTags) {
  expect_none("en", {"the #ad under every Moka Nera post", "is it #ad? Moka Nera",
                     "no #ad, Moka Nera", "my #partner loves Moka Nera"});
  expect_none("it", {"il solito #adv di Moka Nera", "ma è #adv? la Moka Nera",
                     "Moka Nera, #regalo per mamma"});
}

TEST(Labels, AreNotDenialsDoubtsOrTalk) {
  expect_none(
      "en",
      {"not sponsored, I just like Moka Nera", "This is not an ad for Moka Nera",
       "nobody paid me to say Moka Nera is good", "Moka Nera didn't send me this, I bought it",
       "I don't work for Moka Nera", "no, I wasn't paid by Moka Nera",
       "is this sponsored by Moka Nera?", "are you paid by Moka Nera or what",
       "she is sponsored by Moka Nera", "those \"sponsored by Moka Nera\" posts are tiring",
       "every podcast is sponsored by Moka Nera now", "please mark Moka Nera posts as #ad",
       "looks like a paid post to me, Moka Nera", "I'd love to be sponsored by Moka Nera",
       "wish I was paid by Moka Nera", "do you work for Moka Nera?",
       "in partnership with my cat I broke the Moka Nera", "sponsored by insomnia: my Moka Nera",
       "I used to work for Moka Nera"});
  expect_none(
      "it", {"non sponsorizzato, la Moka Nera mi piace", "non è una pubblicità per Moka Nera",
             "nessuno mi paga per dire che la Moka Nera è buona", "non lavoro per Moka Nera",
             "ma è sponsorizzato da Moka Nera?", "lei è pagata da Moka Nera, si vede",
             "tutti quei post \"sponsorizzato da Moka Nera\" stancano",
             "ogni podcast è sponsorizzato da Moka Nera ormai", "scrivete #adv sotto la Moka Nera",
             "sembra un post sponsorizzato da Moka Nera", "magari fossi sponsorizzata da Moka Nera",
             "in collaborazione con il mio gatto ho rotto la Moka Nera",
             "sponsorizzato dall'insonnia: la mia Moka Nera", "cerco lavoro in Moka Nera",
             "il lavoro in Moka Nera è duro", "lavoravo per Moka Nera"});
}

TEST(Labels, AreNotOtherParcelsPartnersAndCodes) {
  expect_none(
      "en",
      {"Moka Nera sent me the wrong pot", "Moka Nera sent me an invoice twice",
       "they sent me this tracking number, Moka Nera, it is dead",
       "my sister gave me a Moka Nera for my birthday", "my partner broke the Moka Nera",
       "tennis partner wanted, I bring the Moka Nera", "gran sent me this Moka Nera from Naples",
       "Moka Nera replaced the gasket free of charge", "error code E21 on the Moka Nera",
       "the Moka Nera discount code isn't working: SAVE20", "postal code for Moka Nera please",
       "my husband works nights so the Moka Nera is mine",
       "We were invited by friends to try their Moka Nera", "I work with a Moka Nera on my desk",
       "Moka Nera and the museum announce a partnership with the city"});
  expect_none(
      "it",
      {"Moka Nera mi ha mandato la caffettiera sbagliata", "Moka Nera mi ha inviato due fatture",
       "mi hanno inviato questo link Moka Nera e non va", "mia sorella mi ha regalato la Moka Nera",
       "il mio compagno ha rotto la Moka Nera", "cerco un partner di tennis, porto la Moka Nera",
       "nonna mi ha spedito la Moka Nera da Napoli", "codice errore E21 sulla Moka Nera",
       "il codice sconto Moka Nera non funziona: SCONTO20", "codice fiscale per la Moka Nera",
       "la Moka Nera la uso per lavoro in ufficio", "abbiamo speso 18 euro a testa da Moka Nera",
       "ho ricevuto in regalo da mio zio una Moka Nera"});
}

}  // namespace
}  // namespace passaparola::sentiment
