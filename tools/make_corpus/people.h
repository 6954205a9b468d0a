// The cast: who writes in the sample feed, and which of them were planted with a known role.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "make_corpus/phrasebook.h"

namespace passaparola::make_corpus {

// What a person truly is to one brand. Everybody not planted is `ordinary`.
enum class Role : std::uint8_t {
  ordinary,
  advocate_recommender,   // tells others to buy, over months
  advocate_helper,        // answers newcomers' questions
  advocate_defender,      // speaks up under criticism, and recommends
  advocate_reviewer,      // long two-sided testimonials
  advocate_laconic,       // three words at a time
  advocate_quiet,         // brings people in, in words that no list of cues holds
  advocate_collaborator,  // brings ideas over the whole time, and recommends
  advocate_speaker,       // speaks in public and says so, recommends there
  at_risk,                // an advocate who turned critical in the last weeks
  defender,               // spoke up once or twice, no more
  loyal,                  // buys again and praises, sends nobody
  influencer_labelled,    // paid and says so
  influencer_unlabelled,  // paid or gifted and does not say so plainly
  code_pusher,            // lives on discount codes
  incentivised,           // praises for a prize
  ring,                   // one of a group that is paid to speak at the same minutes
  review_buyer,           // five stars again and again on one day
  detractor,
  bot,
  copycat,  // one of a group that posts the same words
  brand_account,
  staff,
  seeker,
  referral_partner,  // has a code of the brand's own programme
};
inline constexpr std::size_t kRoleCount = static_cast<std::size_t>(Role::referral_partner) + 1;

std::string_view name_of(Role role);
bool is_advocate(Role role);  // the advocate_* roles
bool is_paid(Role role);      // influencers, code pushers, the incentivised, rings, bought reviews

struct Person {
  std::string source;
  std::string id;
  std::string handle;
  std::string name;
  std::string bio;
  Language language = Language::italian;
  Role role = Role::ordinary;
  std::size_t brand = kNoBrand;  // of the role
  std::int64_t followers = 0;
  std::int64_t following = 0;
  std::int64_t posts = 0;
  Timestamp created_at;
  bool careless = false;  // small letters, misspellings
  bool emphatic = false;  // emoji and exclamation marks
};

// How many people of a role one brand has, for a cast of `authors` and a feed of `posts`.
std::size_t planted_count(Role role, std::size_t authors, std::size_t posts);

// The whole cast: the planted of every brand first, then ordinary people up to `authors`.
// Fewer authors than planted people gives all the planted.
std::vector<Person> make_cast(std::size_t authors, std::size_t posts, Timestamp start,
                              Random& random);

}  // namespace passaparola::make_corpus
