#include "match/common_words.h"

#include <algorithm>
#include <iterator>

namespace passaparola::match {
namespace {

using std::string_view_literals::operator""sv;

// Sorted by bytes.
constexpr std::string_view kWords[] = {
    "a"sv,      "aber"sv,    "about"sv,  "ad"sv,     "after"sv,   "again"sv,  "agli"sv,
    "ai"sv,     "al"sv,      "all"sv,    "alla"sv,   "alle"sv,    "als"sv,    "also"sv,
    "am"sv,     "amp"sv,     "an"sv,     "anche"sv,  "ancora"sv,  "and"sv,    "any"sv,
    "ao"sv,     "aos"sv,     "are"sv,    "as"sv,     "at"sv,      "até"sv,    "au"sv,
    "auch"sv,   "auf"sv,     "aus"sv,    "aux"sv,    "avec"sv,    "avoir"sv,  "back"sv,
    "be"sv,     "because"sv, "been"sv,   "before"sv, "bei"sv,     "being"sv,  "best"sv,
    "better"sv, "bin"sv,     "bis"sv,    "but"sv,    "by"sv,      "c"sv,      "can"sv,
    "ce"sv,     "ces"sv,     "cette"sv,  "che"sv,    "chi"sv,     "ci"sv,     "co"sv,
    "com"sv,    "come"sv,    "como"sv,   "con"sv,    "cosa"sv,    "così"sv,   "could"sv,
    "cuando"sv, "cui"sv,     "d"sv,      "da"sv,     "dai"sv,     "dal"sv,    "dalla"sv,
    "dalle"sv,  "dans"sv,    "das"sv,    "dass"sv,   "day"sv,     "de"sv,     "dei"sv,
    "del"sv,    "dele"sv,    "della"sv,  "delle"sv,  "dem"sv,     "den"sv,    "der"sv,
    "des"sv,    "desde"sv,   "di"sv,     "did"sv,    "die"sv,     "do"sv,     "does"sv,
    "doing"sv,  "don"sv,     "donde"sv,  "dos"sv,    "dove"sv,    "down"sv,   "du"sv,
    "due"sv,    "durch"sv,   "e"sv,      "each"sv,   "ed"sv,      "ein"sv,    "eine"sv,
    "einem"sv,  "einen"sv,   "einer"sv,  "el"sv,     "ela"sv,     "ele"sv,    "ella"sv,
    "elle"sv,   "elles"sv,   "em"sv,     "en"sv,     "entre"sv,   "er"sv,     "era"sv,
    "es"sv,     "esa"sv,     "ese"sv,    "eso"sv,    "essa"sv,    "esse"sv,   "essere"sv,
    "est"sv,    "esta"sv,    "este"sv,   "esto"sv,   "está"sv,    "et"sv,     "eu"sv,
    "even"sv,   "every"sv,   "fa"sv,     "faire"sv,  "fait"sv,    "fare"sv,   "fatto"sv,
    "first"sv,  "foi"sv,     "for"sv,    "fr"sv,     "from"sv,    "fue"sv,    "für"sv,
    "get"sv,    "già"sv,     "gli"sv,    "go"sv,     "going"sv,   "good"sv,   "got"sv,
    "great"sv,  "ha"sv,      "habe"sv,   "haben"sv,  "had"sv,     "hai"sv,    "hanno"sv,
    "has"sv,    "hasta"sv,   "hat"sv,    "have"sv,   "hay"sv,     "he"sv,     "her"sv,
    "here"sv,   "him"sv,     "his"sv,    "ho"sv,     "how"sv,     "html"sv,   "http"sv,
    "https"sv,  "i"sv,       "ich"sv,    "if"sv,     "ihr"sv,     "il"sv,     "ils"sv,
    "im"sv,     "imgur"sv,   "in"sv,     "into"sv,   "io"sv,      "is"sv,     "isso"sv,
    "ist"sv,    "it"sv,      "its"sv,    "j"sv,      "ja"sv,      "je"sv,     "just"sv,
    "já"sv,     "kann"sv,    "kein"sv,   "know"sv,   "l"sv,       "la"sv,     "las"sv,
    "last"sv,   "le"sv,      "lei"sv,    "les"sv,    "leur"sv,    "like"sv,   "ll"sv,
    "lo"sv,     "look"sv,    "loro"sv,   "los"sv,    "love"sv,    "lui"sv,    "ma"sv,
    "made"sv,   "mais"sv,    "make"sv,   "man"sv,    "many"sv,    "mas"sv,    "may"sv,
    "me"sv,     "mehr"sv,    "mein"sv,   "mes"sv,    "meu"sv,     "mi"sv,     "mia"sv,
    "minha"sv,  "mio"sv,     "mit"sv,    "moi"sv,    "molto"sv,   "mon"sv,    "more"sv,
    "most"sv,   "much"sv,    "muito"sv,  "muy"sv,    "my"sv,      "más"sv,    "même"sv,
    "na"sv,     "nach"sv,    "nada"sv,   "nas"sv,    "ne"sv,      "need"sv,   "nei"sv,
    "nel"sv,    "nella"sv,   "nelle"sv,  "nem"sv,    "net"sv,     "never"sv,  "new"sv,
    "ni"sv,     "nicht"sv,   "no"sv,     "noch"sv,   "non"sv,     "nos"sv,    "nostro"sv,
    "not"sv,    "nous"sv,    "now"sv,    "num"sv,    "nur"sv,     "não"sv,    "nós"sv,
    "o"sv,      "oder"sv,    "of"sv,     "off"sv,    "oggi"sv,    "ogni"sv,   "ohne"sv,
    "on"sv,     "one"sv,     "only"sv,   "ont"sv,    "or"sv,      "ora"sv,    "org"sv,
    "os"sv,     "other"sv,   "ou"sv,     "our"sv,    "out"sv,     "over"sv,   "own"sv,
    "où"sv,     "par"sv,     "para"sv,   "pas"sv,    "pela"sv,    "pelo"sv,   "people"sv,
    "per"sv,    "perché"sv,  "pero"sv,   "però"sv,   "più"sv,     "plus"sv,   "poco"sv,
    "poi"sv,    "por"sv,     "porque"sv, "pour"sv,   "prima"sv,   "qu"sv,     "qua"sv,
    "quando"sv, "quanto"sv,  "que"sv,    "quella"sv, "quelle"sv,  "quelli"sv, "quello"sv,
    "quem"sv,   "questa"sv,  "queste"sv, "questi"sv, "questo"sv,  "qui"sv,    "qué"sv,
    "re"sv,     "really"sv,  "right"sv,  "s"sv,      "sa"sv,      "said"sv,   "same"sv,
    "sans"sv,   "say"sv,     "schon"sv,  "se"sv,     "see"sv,     "sehr"sv,   "sei"sv,
    "sein"sv,   "sem"sv,     "senza"sv,  "ser"sv,    "ses"sv,     "seu"sv,    "she"sv,
    "should"sv, "si"sv,      "sia"sv,    "sich"sv,   "sie"sv,     "sin"sv,    "sind"sv,
    "so"sv,     "sobre"sv,   "some"sv,   "son"sv,    "sono"sv,    "sont"sv,   "sopra"sv,
    "sta"sv,    "stato"sv,   "still"sv,  "su"sv,     "sua"sv,     "such"sv,   "sue"sv,
    "sui"sv,    "sul"sv,     "sulla"sv,  "suo"sv,    "sur"sv,     "sus"sv,    "são"sv,
    "só"sv,     "t"sv,       "ta"sv,     "take"sv,   "también"sv, "também"sv, "te"sv,
    "tem"sv,    "than"sv,    "that"sv,   "the"sv,    "their"sv,   "them"sv,   "then"sv,
    "there"sv,  "these"sv,   "they"sv,   "thing"sv,  "think"sv,   "this"sv,   "those"sv,
    "ti"sv,     "time"sv,    "to"sv,     "today"sv,  "todo"sv,    "todos"sv,  "too"sv,
    "tous"sv,   "tout"sv,    "tra"sv,    "très"sv,   "tu"sv,      "tua"sv,    "tuo"sv,
    "tutti"sv,  "tutto"sv,   "two"sv,    "uk"sv,     "um"sv,      "uma"sv,    "un"sv,
    "una"sv,    "und"sv,     "under"sv,  "une"sv,    "uno"sv,     "uns"sv,    "up"sv,
    "us"sv,     "use"sv,     "va"sv,     "vai"sv,    "ve"sv,      "very"sv,   "vi"sv,
    "você"sv,   "voi"sv,     "vom"sv,    "von"sv,    "vor"sv,     "vous"sv,   "want"sv,
    "war"sv,    "was"sv,     "way"sv,    "we"sv,     "well"sv,    "wenn"sv,   "wer"sv,
    "were"sv,   "what"sv,    "when"sv,   "where"sv,  "which"sv,   "while"sv,  "who"sv,
    "why"sv,    "wie"sv,     "will"sv,   "wir"sv,    "wird"sv,    "with"sv,   "work"sv,
    "world"sv,  "would"sv,   "www"sv,    "y"sv,      "ya"sv,      "year"sv,   "years"sv,
    "yo"sv,     "you"sv,     "your"sv,   "zu"sv,     "zum"sv,     "zur"sv,    "à"sv,
    "été"sv,    "über"sv};
static_assert(std::is_sorted(std::begin(kWords), std::end(kWords)));

}  // namespace

bool is_common_word(std::string_view word) {
  return std::binary_search(std::begin(kWords), std::end(kWords), word);
}

}  // namespace passaparola::match
