// One item of an RSS or Atom feed as its elements were read, and the post that it makes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ingest/record_sink.h"

namespace passaparola::ingest {

// Text that is HTML unless its feed says that it is plain.
struct FeedText {
  std::string value;
  bool plain = false;
};

struct FeedItem {
  std::string id;         // guid, atom:id, or what rdf:about names
  std::string link;       // the page of the item
  std::string creator;    // a name
  std::string mailbox;    // RSS 2.0's author: an address, often with a name in parentheses
  std::string published;  // as written
  std::string updated;
  FeedText title;
  FeedText summary;
  FeedText content;  // the whole of what the summary is about
  // Of a customer review of the App Store only:
  std::string rating;
  std::string votes;
  std::string account;  // the address of the author's reviews
  std::string related;  // the page of what is reviewed
  std::uint64_t line = 1;

  void clear();
};

// What an item inherits from its feed.
struct FeedDefaults {
  std::string time;
  std::string language;
  std::string id;
};

void finish_item(const FeedItem& item, const FeedDefaults& defaults, RecordSink& sink);

}  // namespace passaparola::ingest
