#include "make_corpus/people.h"

#include <algorithm>
#include <array>

namespace passaparola::make_corpus {
namespace {

struct RoleFacts {
  std::string_view name;
  std::size_t per_brand;  // in a cast of 2,000 who write 20,000 posts
};

constexpr std::array<RoleFacts, kRoleCount> kRoles{{
    {"ordinary", 0},
    {"advocate_recommender", 4},
    {"advocate_helper", 3},
    {"advocate_defender", 2},
    {"advocate_reviewer", 3},
    {"advocate_laconic", 2},
    {"advocate_quiet", 2},
    {"advocate_collaborator", 2},
    {"advocate_speaker", 2},
    {"at_risk", 2},
    {"defender", 3},
    {"loyal", 5},
    {"influencer_labelled", 3},
    {"influencer_unlabelled", 3},
    {"code_pusher", 2},
    {"incentivised", 3},
    {"ring", 4},
    {"review_buyer", 2},
    {"detractor", 5},
    {"bot", 1},
    {"copycat", 7},
    {"brand_account", 1},
    {"staff", 2},
    {"seeker", 6},
    {"referral_partner", 2},
}};

constexpr std::string_view kFirstNames[] = {
    "anna",   "luca",    "sara",    "paolo",  "chiara", "davide", "elena",  "fabio", "gaia",
    "irene",  "jacopo",  "katia",   "lorena", "mirko",  "nadia",  "oscar",  "pia",   "rocco",
    "silvia", "tommaso", "ugo",     "vera",   "walter", "zoe",    "amelia", "ben",   "cora",
    "dylan",  "edith",   "freddie", "grace",  "harry",  "isla",   "jonah",  "keira", "liam",
    "maeve",  "noel",    "olive",   "perry",  "quinn",  "rhys",   "sonia",  "theo"};
constexpr std::string_view kNicks[] = {"prove",   "bosco", "pixel", "luna",  "vespa", "gatto",
                                       "river",   "stone", "panda", "sole",  "notte", "lime",
                                       "quercia", "maple", "radio", "carta", "wren",  "zaino"};
constexpr std::string_view kBios[] = {"",
                                      "",
                                      "mamma di due, poco tempo e troppi libri",
                                      "corro piano e parlo forte",
                                      "ingegnere di giorno, pizzaiolo la domenica",
                                      "studio storia, colleziono mappe",
                                      "dad, gardener, bad guitarist",
                                      "opinions mine, spelling also mine",
                                      "maps, rain, long walks",
                                      "nurse on nights"};

std::string digits(Random& random, std::size_t count) {
  std::string out(1, static_cast<char>('1' + random.below(9)));
  while (out.size() < count) out.push_back(static_cast<char>('0' + random.below(10)));
  return out;
}

std::string letters(Random& random, std::size_t count, std::string_view alphabet) {
  std::string out;
  while (out.size() < count) out.push_back(alphabet[random.below(alphabet.size())]);
  return out;
}

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kHex = "0123456789abcdef";

std::string pick_source(Random& random, Role role) {
  if (role == Role::brand_account) return "bluesky";
  if (role == Role::review_buyer) return "trustpilot";
  if (role == Role::ring) return "x";  // they must meet
  const std::uint32_t draw = random.below(100);
  if (role == Role::ordinary && draw < 12) return "trustpilot";
  if (draw < 42) return "bluesky";
  if (draw < 62) return "mastodon";
  return draw < 82 ? "x" : "reddit";
}

std::string make_id(const Person& person, Random& random) {
  if (person.source == "bluesky") return "did:plc:" + letters(random, 24, kBase32);
  if (person.source == "reddit") return "t2_" + letters(random, 8, kBase32);
  if (person.source == "trustpilot") return letters(random, 24, kHex);
  return digits(random, person.source == "x" ? 16 : 12);
}

std::string compact(std::string_view brand) {
  std::string out;
  std::copy_if(brand.begin(), brand.end(), std::back_inserter(out),
               [](char c) { return c != '_'; });
  return out;
}

// Who speaks for the brand says so: the account by its handle, staff in their bio.
void speak_for_brand(Person& person, Random& random) {
  const auto brand =
      Phrasebook::built_in().list(std::string(kBrands[person.brand]) + ".brand", person.language);
  if (person.role == Role::brand_account) {
    person.handle = compact(kBrands[person.brand]) + ".example";
    person.name = brand.front();
    person.bio = person.language == Language::italian ? "Il profilo ufficiale di " + brand.front()
                                                      : "Official account of " + brand.front();
    person.followers = 20'000;
    return;
  }
  constexpr std::string_view kItalian[] = {"lavoro in ", "responsabile qualità @ ",
                                           "designer per "};
  constexpr std::string_view kEnglish[] = {"product manager at ", "engineer @ ", "I work at "};
  const std::string_view opening =
      person.language == Language::italian ? random.pick(kItalian) : random.pick(kEnglish);
  person.bio = std::string(opening) + brand.front();
}

std::int64_t draw_followers(Role role, Random& random) {
  if (role == Role::influencer_labelled || role == Role::influencer_unlabelled)
    return random.between(4'000, 180'000);
  const std::int64_t reach = random.between(1, 100);
  return reach * reach * random.between(1, 10) / 10;
}

Person make_person(Role role, std::size_t brand, Timestamp start, Random& random) {
  Person person;
  person.role = role;
  person.brand = brand;
  person.language = random.chance(65) ? Language::italian : Language::english;
  person.source = pick_source(random, role);
  person.id = make_id(person, random);
  const std::string first(random.pick(kFirstNames));
  person.handle = first + "_" + std::string(random.pick(kNicks)) + digits(random, 3);
  if (person.source == "bluesky") {
    std::replace(person.handle.begin(), person.handle.end(), '_', '-');
    person.handle += ".example";
  }
  person.name = static_cast<char>(first[0] - 'a' + 'A') + first.substr(1);
  person.bio = random.pick(kBios);
  person.followers = draw_followers(role, random);
  person.following = random.between(10, 900);
  const bool young = role == Role::bot || role == Role::copycat || role == Role::ring;
  const std::int64_t days = random.between(20, young ? 60 : 2'500);
  person.posts = random.between(40, std::min<std::int64_t>(9'000, 40 + 12 * days));
  person.created_at = {start.milliseconds - days * kMillisecondsPerDay};
  person.careless = random.chance(30);
  person.emphatic = random.chance(25);
  if (role == Role::advocate_speaker) {
    constexpr std::string_view kItalian[] = {"relatrice e consulente", "speaker, formatore, papà",
                                             "founder, ogni tanto sul palco"};
    constexpr std::string_view kEnglish[] = {"keynote speaker, coffee first", "founder and speaker",
                                             "consultant, on stage when they let me"};
    person.bio =
        person.language == Language::italian ? random.pick(kItalian) : random.pick(kEnglish);
  }
  if (role == Role::brand_account || role == Role::staff) speak_for_brand(person, random);
  return person;
}

}  // namespace

std::string_view name_of(Role role) { return kRoles[static_cast<std::size_t>(role)].name; }

bool is_advocate(Role role) {
  return role >= Role::advocate_recommender && role <= Role::advocate_speaker;
}

bool is_paid(Role role) { return role >= Role::influencer_labelled && role <= Role::review_buyer; }

std::size_t planted_count(Role role, std::size_t authors, std::size_t posts) {
  const std::size_t wanted = kRoles[static_cast<std::size_t>(role)].per_brand;
  if (wanted == 0) return 0;
  const double scale =
      std::min(static_cast<double>(authors) / 2'000, static_cast<double>(posts) / 20'000);
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(wanted) * scale));
}

std::vector<Person> make_cast(std::size_t authors, std::size_t posts, Timestamp start,
                              Random& random) {
  std::vector<Person> cast;
  for (std::size_t brand = 0; brand < kBrandCount; ++brand) {
    for (std::size_t role = 1; role < kRoleCount; ++role) {
      const auto planted = static_cast<Role>(role);
      // A brand has one voice however large the cast is.
      const std::size_t count =
          planted == Role::brand_account ? 1 : planted_count(planted, authors, posts);
      for (std::size_t i = 0; i < count; ++i)
        cast.push_back(make_person(planted, brand, start, random));
    }
  }
  while (cast.size() < authors)
    cast.push_back(make_person(Role::ordinary, kNoBrand, start, random));
  return cast;
}

}  // namespace passaparola::make_corpus
