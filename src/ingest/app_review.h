// A customer review of the App Store, which two forms of one feed bring: equal reviews make equal
// posts.
#pragma once

#include <string_view>

#include "ingest/record_sink.h"

namespace passaparola::ingest {

// As written, all of it text.
struct AppReview {
  std::string_view id;
  std::string_view account;  // the address of its author's reviews
  std::string_view author;   // a name
  std::string_view title;
  std::string_view text;
  std::string_view rating;  // 1 to 5
  std::string_view votes;   // of those who found it helpful
  std::string_view time;    // of the review, else of its feed
  std::string_view page;
};

void finish_app_review(const AppReview& review, RecordSink& sink);

}  // namespace passaparola::ingest
