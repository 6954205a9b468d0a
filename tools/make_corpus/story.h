// The story: what everybody of the cast writes, when, and in answer to what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/post.h"
#include "make_corpus/people.h"

namespace passaparola::make_corpus {

inline constexpr std::size_t kNoPost = static_cast<std::size_t>(-1);

// What a post does, for those who may answer it.
enum class Topic : std::uint8_t { plain, criticism, question, seek, recommendation };

struct Draft {
  std::size_t author = 0;          // into the cast
  std::size_t brand = kNoBrand;    // kNoBrand: names none of ours, although it may look so
  std::size_t reply_to = kNoPost;  // into the drafts; always an earlier instant
  Timestamp created_at;
  Topic topic = Topic::plain;
  PostKind kind = PostKind::post;
  int rating = 0;  // stars of five; 0: none
  std::string text;
  std::string title;
};

struct StoryOptions {
  std::size_t posts = 20'000;
  std::uint32_t noise_percent = 60;  // posts that name no brand of ours
  Timestamp start;
  std::int64_t days = 400;
};

// What happens to a post, or to an author, after the first publishing.
struct Operation {
  PostOp op = PostOp::create;
  std::size_t draft = 0;  // for delete_author: any draft of the author
  Timestamp at;
  bool redelivered = false;  // a create that comes once more
  std::string text;          // of an update
};

// The planted people's posts first, then ordinary mentions and noise up to options.posts; the
// planted write all they have to even if that is more.
std::vector<Draft> write_story(const std::vector<Person>& cast, const StoryOptions& options,
                               Random& random);

// Edits, deletes, one author's erasure and redeliveries, over ordinary people's posts only, so
// that no planted truth goes away.
std::vector<Operation> write_operations(const std::vector<Person>& cast,
                                        const std::vector<Draft>& drafts, Random& random);

}  // namespace passaparola::make_corpus
