// Every platform that is polled, as its server answers: listings of the same items in the words of
// each.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "peers/listing_peer.h"

namespace passaparola::connect {

using peers::ListingAnswer;
using peers::ListingPeer;
using peers::ListingRequest;

inline constexpr std::size_t kItems = 90;            // ten pages are all that some platforms show
inline constexpr const char* kSecret = "Geheimnis";  // in every token that there is

// What item `i` says, and when it was written, in seconds.
std::string text_of(std::size_t i);
std::int64_t seconds_of(std::size_t i);

// One platform: how it is configured, and what it answers.
struct Platform {
  std::string type;
  std::map<std::string, std::vector<std::string>, std::less<>> settings;
  std::string token;  // empty: it needs none
  std::function<bool(const ListingRequest&)> is_look;
  std::function<ListingAnswer(const ListingRequest&, std::size_t)> answer;
  std::function<std::string(std::size_t)> post_id;
  bool logs_in = false;   // at "/login", for a token that expires
  std::size_t more = 15;  // items, with each look
};

Platform rss();
Platform mastodon();
Platform reddit();
Platform hackernews();
Platform youtube();
Platform lemmy();
Platform appstore();
Platform trustpilot();
Platform googleplaces();
Platform googlebusiness();
Platform googleplay();

inline constexpr Platform (*kPlatforms[])() = {rss,          mastodon,       reddit,    hackernews,
                                               youtube,      lemmy,          appstore,  trustpilot,
                                               googleplaces, googlebusiness, googleplay};

}  // namespace passaparola::connect
