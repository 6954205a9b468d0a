// One decoder on arbitrary bytes, with the promises that every batch must keep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/fold.h"
#include "core/limits.h"
#include "ingest/ingest.h"

namespace passaparola::ingest {

inline void check_text(std::string_view text, std::size_t limit) {
  CHECK(text.size() <= limit, "text is inside its limit");
  CHECK(is_valid_utf8(text), "text is valid UTF-8");
}

inline void check_batch(const PostBatch& batch) {
  CHECK(batch.records >= batch.rejects.size() + batch.ignored, "records are counted");
  CHECK(batch.records == batch.posts.size() + batch.rejects.size() + batch.ignored,
        "every record is a post, a reject or ignored");
  for (const PostView& post : batch.posts) {
    CHECK(!post.source.empty(), "a post has a source");
    CHECK(!post.id.empty() || !post.author.id.empty(), "a post or an author is named");
    check_text(post.source, kMaxSourceBytes);
    for (const std::string_view id : {post.id, post.author.id, post.reply_to_id, post.thread,
                                      post.reply_to_author_id, post.repost_of, post.quote_id}) {
      check_text(id, kMaxIdBytes);
    }
    check_text(post.author.handle, kMaxNameBytes);
    check_text(post.author.name, kMaxNameBytes);
    check_text(post.author.bio, kMaxBioBytes);
    check_text(post.text, kMaxTextBytes);
    check_text(post.quote_text, kMaxTextBytes);
    check_text(post.title, kMaxTitleBytes);
    check_text(post.lang, kMaxLanguageBytes);
    check_text(post.url, kMaxUrlBytes);
    if (post.rating) {
      CHECK(post.rating->value >= 0 && post.rating->value <= post.rating->max, "stars fit");
    }
    if (post.nps) CHECK(*post.nps >= 0 && *post.nps <= 10, "a score is one of eleven");
    CHECK(post.links.size() <= kMaxLinks, "links are bounded");
    for (const std::string_view link : post.links) check_text(link, kMaxUrlBytes);
  }
}

// Bytes behind the input must never change what is read: they are hostile here.
inline void decode_input(Format format, const std::uint8_t* data, std::size_t size) {
  static Decoder decoder;
  static PostBatch batch;
  std::string input(reinterpret_cast<const char*>(data), size);
  for (std::size_t i = 0; i < kInputPaddingBytes; ++i) input.push_back("\"]}0"[i % 4]);
  const std::string_view chunk(input.data(), size);
  for (const Format as : {format, Format::autodetect}) {
    batch.clear();
    decoder.decode(as, chunk, batch);
    check_batch(batch);
    CHECK(whole_records(as, chunk) <= size, "records end inside of the input");
  }
  detect(chunk);
}

}  // namespace passaparola::ingest
