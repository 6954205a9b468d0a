// Corpus: the sample feed as NDJSON of native posts, and the truth that was planted in it.
#pragma once

#include <string>
#include <vector>

#include "make_corpus/people.h"
#include "make_corpus/story.h"

namespace passaparola::make_corpus {

struct CorpusOptions {
  std::uint64_t seed = 1;
  std::size_t authors = 2'000;
  StoryOptions story;
};

struct Corpus {
  std::string feed;   // one native post a line, in the order of time
  std::string truth;  // one JSON document
};

// Pure: the same options give the same bytes everywhere.
Corpus make_corpus(const CorpusOptions& options);

}  // namespace passaparola::make_corpus
