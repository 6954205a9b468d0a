// The feed against whatever points into it: rows, ids, posts and responses. First every mention
// asks whether those have it; only when they then have more than that are they walked themselves.
#include <fmt/format.h>
#include <rocksdb/iterator.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "core/limits.h"
#include "store/bytes.h"
#include "store/threads.h"
#include "store/verify_state.h"

namespace passaparola::store {
namespace {

std::string mention_words(std::uint64_t seq) { return fmt::format("mention {}", seq); }

std::uint64_t seq_from(std::string_view varint) {
  ByteReader in(varint);
  const std::uint64_t seq = in.varint();
  return in.done() ? seq : 0;
}

class FeedWalk {
 public:
  explicit FeedWalk(VerifyState& state) : state_(state) {}

  Result<void> run() {
    const auto scan = state_.scan(Family::feed);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      const auto taken = take(to_view(scan->key()), to_view(scan->value()));
      if (!taken) return taken.error();
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading the feed");
    const auto last = check_group();
    if (!last) return last.error();
    for (const auto part : {&FeedWalk::walk_rows, &FeedWalk::walk_ids, &FeedWalk::walk_posts,
                            &FeedWalk::walk_responses, &FeedWalk::walk_threads}) {
      const auto walked = (this->*part)();
      if (!walked) return walked.error();
    }
    return {};
  }

 private:
  Result<void> take(std::string_view key, std::string_view value) {
    ++state_.found.mentions;
    const std::uint64_t seq = seq_of(key);
    const auto mention = state_.expected(seq, value);
    if (!mention || seq == 0) {
      state_.differs("feed", mention_words(seq), std::string(kDamaged), "a mention");
      return {};
    }
    if (!mention->brand) {
      state_.differs("feed", mention_words(seq), "a brand without a number", "a known brand");
      return {};
    }
    const auto state = state_.author_state(mention->author);
    if (!state) return state.error();
    if (*state == AuthorState::deleted) {
      state_.differs("feed", mention_words(seq), "a mention of an erased author",
                     std::string(kNothing));
    }
    group_.push_back(*mention);
    return group_.size() < kVerifyGroupMentions ? Result<void>() : check_group();
  }

  // Asks family by family in the order of keys, so that the mentions of a group that lie near each
  // other are read from one block.
  Result<void> check_group() {
    const auto each = [&](auto key, auto check) -> Result<void> {
      std::sort(group_.begin(), group_.end(),
                [&](const Expected& a, const Expected& b) { return view(key(a)) < view(key(b)); });
      for (const Expected& mention : group_) {
        const auto checked = (this->*check)(mention);
        if (!checked) return checked.error();
      }
      return {};
    };
    auto done = each([](const Expected& mention) { return mention.row(); }, &FeedWalk::check_row);
    if (done) {
      done = each([](const Expected& mention) { return mention.id; }, &FeedWalk::check_id);
    }
    if (done) {
      done = each([](const Expected& mention) { return mention.post; }, &FeedWalk::check_post);
    }
    group_.clear();
    return done;
  }

  Result<void> check_row(const Expected& mention) {
    const auto value = state_.get(Family::mentions, view(mention.row()));
    if (!value) return value.error();
    const std::string words = "the row of " + mention_words(mention.seq);
    if (!*value) {
      state_.differs("mentions", words, std::string(kNothing), "a row");
      return {};
    }
    ++rows_;
    const auto row = decode_row(**value);
    if (!row) return {};  // the walk over people has said so
    if (row->post != mention.post || row->id != mention.id) {
      state_.differs("mentions", words, "another post or mention id", "those of the mention");
    }
    if (author_counters(row->facts) != mention.author_adds ||
        bucket_counters(row->facts, row->nps) != mention.bucket_adds) {
      state_.differs("mentions", words, fmt::format("label {}", name_of(row->facts.label)),
                     fmt::format("label {}, or other acts", name_of(mention.label)));
    }
    return {};
  }

  Result<void> check_id(const Expected& mention) {
    const auto value = state_.get(Family::mention_ids, view(mention.id));
    if (!value) return value.error();
    const std::uint64_t seq = *value ? seq_from(**value) : 0;
    if (seq == mention.seq) {
      ++ids_;
    } else {
      state_.differs("mention_ids", "id " + to_hex(view(mention.id)),
                     *value ? mention_words(seq) : std::string(kNothing),
                     mention_words(mention.seq));
    }
    return {};
  }

  static bool lists(const PostEntry& post, const Expected& mention) {
    return std::any_of(post.mentions.begin(), post.mentions.end(), [&](const PostMention& listed) {
      return listed.brand == *mention.brand && listed.seq == mention.seq;
    });
  }

  Result<void> check_post(const Expected& mention) {
    const auto value = state_.get(Family::posts, view(mention.post));
    if (!value) return value.error();
    const auto post = *value ? decode_post(**value) : std::nullopt;
    const std::string words = "the post of " + mention_words(mention.seq);
    if (!post || post->tombstone) {
      state_.differs("posts", words,
                     std::string(!*value ? kNothing
                                 : !post ? kDamaged
                                         : std::string_view("a tombstone")),
                     "a post");
      return {};
    }
    if (lists(*post, mention)) {
      ++listed_;
    } else {
      state_.differs("posts", words, "a list without the mention", "a list with it");
    }
    if (post->author != mention.author || post->created_at != mention.created_at) {
      state_.differs("posts", words, "another author or time", "those of the mention");
    }
    if (const auto done = check_references(mention, *post); !done) return done.error();
    const auto response = state_.response_of(mention, *post);
    if (!response) return response.error();
    if (!*response) return {};
    const auto stored = state_.get(Family::responses, view(**response));
    if (!stored) return stored.error();
    if (*stored && decode_response(**stored)) {
      ++responses_;
    } else {
      state_.differs("responses", "the answer that is " + mention_words(mention.seq),
                     std::string(*stored ? kDamaged : kNothing), "a response");
    }
    return {};
  }

  Result<void> check_references(const Expected& mention, const PostEntry& post) {
    const auto same = same_references(mention.references, post);
    if (!same) return same.error();
    if (!*same) {
      state_.differs("posts", "the post of " + mention_words(mention.seq),
                     "references to other posts", "those of the mention");
    }
    std::vector<std::pair<KeyedHash, std::uint8_t>> wanted;
    each_reference(post.references, [&](const KeyedHash& referred, std::uint8_t kinds) {
      wanted.emplace_back(referred, kinds);
    });
    for (const auto& [referred, kinds] : wanted) {
      const auto stored = state_.get(Family::threads, view(thread_key(referred, mention.seq)));
      if (!stored) return stored.error();
      if (*stored && thread_kinds(**stored) == kinds) {
        ++references_;
      } else {
        state_.differs("threads", reference_words(mention.seq, referred),
                       std::string(!*stored                  ? kNothing
                                   : !thread_kinds(**stored) ? kDamaged
                                                             : std::string_view("another kind")),
                       "a reference");
      }
    }
    return {};
  }

  static std::string reference_words(std::uint64_t seq, const KeyedHash& referred) {
    return fmt::format("the reference of {} to post {}", mention_words(seq),
                       to_hex(view(referred)));
  }

  // A mention says what its post refers to, unless that was taken out of its text because it names
  // somebody who was erased.
  Result<bool> same_references(const PostReferences& said, const PostEntry& post) {
    const PostReferences& stored = post.references;
    for (const auto reference :
         {&PostReferences::parent, &PostReferences::quoted, &PostReferences::original}) {
      if (said.*reference == stored.*reference) continue;
      if (is_known(said.*reference)) return false;
      const auto erased = was_erased(post.reply_author, stored.*reference);
      if (!erased || !*erased) return erased;
    }
    return true;
  }

  Result<bool> was_erased(const KeyedHash& answered, const KeyedHash& referred) {
    if (is_known(answered)) {
      const auto state = state_.author_state(answered);
      if (!state) return state.error();
      if (*state == AuthorState::deleted) return true;
    }
    const auto value = state_.get(Family::posts, view(referred));
    if (!value) return value.error();
    const auto summary = *value ? summary_of_post(**value) : std::nullopt;
    return summary && summary->tombstone;
  }

  // Calls `take` with every key and value of a family.
  Result<void> walk(
      Family family,
      const std::function<Result<void>(std::string_view key, std::string_view value)>& take) const {
    const auto scan = state_.scan(family);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      const auto taken = take(to_view(scan->key()), to_view(scan->value()));
      if (!taken) return taken.error();
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading the store");
    return {};
  }

  Result<void> walk_rows() {
    if (state_.rows == rows_) return {};
    return walk(Family::mentions, [&](std::string_view key, std::string_view) -> Result<void> {
      const auto row = parse_row_key(key);
      if (!row) return {};
      const auto mention = state_.in_feed(row->seq);
      if (!mention) return mention.error();
      if (*mention && (*mention)->brand && view((*mention)->row()) == key) return {};
      if (!*mention && state_.may_be_gone(row->seq)) return {};
      state_.differs("mentions",
                     fmt::format("the row of {} in {}", mention_words(row->seq),
                                 state_.brand_name(row->brand)),
                     "a row", *mention ? "a mention that stands elsewhere" : "no such mention");
      return {};
    });
  }

  Result<void> walk_ids() {
    std::uint64_t ids = 0;
    const auto counted = walk(Family::mention_ids, [&](auto, auto) -> Result<void> {
      ++ids;
      return {};
    });
    if (!counted || ids == ids_) return counted;
    return walk(
        Family::mention_ids, [&](std::string_view key, std::string_view value) -> Result<void> {
          const std::uint64_t seq = seq_from(value);
          const auto mention = state_.in_feed(seq);
          if (!mention) return mention.error();
          // One with another seq was told when its mention asked.
          if (*mention && view((*mention)->id) == key) return {};
          if (!*mention && state_.may_be_gone(seq)) return {};
          state_.differs("mention_ids", "id " + to_hex(key), mention_words(seq), "no such mention");
          return {};
        });
  }

  Result<void> walk_posts() {
    std::uint64_t listed = 0;
    const auto counted =
        walk(Family::posts, [&](std::string_view key, std::string_view value) -> Result<void> {
          ++state_.found.posts;
          const auto post = decode_post(value);
          if (!post) {
            state_.differs("posts", "post " + to_hex(key), std::string(kDamaged), "a post");
          } else {
            listed += post->mentions.size();
          }
          return {};
        });
    if (!counted || listed == listed_) return counted;
    return walk(Family::posts, [&](std::string_view key, std::string_view value) -> Result<void> {
      const auto post = decode_post(value);
      if (!post) return {};
      for (const PostMention& one : post->mentions) {
        const auto mention = state_.in_feed(one.seq);
        if (!mention) return mention.error();
        if (*mention && view((*mention)->post) == key && (*mention)->brand == one.brand) continue;
        if (!*mention && state_.may_be_gone(one.seq)) continue;
        state_.differs("posts", "post " + to_hex(key),
                       fmt::format("{} of {} in its list", mention_words(one.seq),
                                   state_.brand_name(one.brand)),
                       "no such mention");
      }
      return {};
    });
  }

  Result<void> walk_responses() {
    const auto counted = walk(Family::responses, [&](auto, auto) -> Result<void> {
      ++state_.found.responses;
      return {};
    });
    if (!counted || state_.found.responses == responses_) return counted;
    return walk(Family::responses, [&](std::string_view key, std::string_view) -> Result<void> {
      const auto row = parse_row_key(key);
      const auto is_real = row ? is_response(*row, key) : Result<bool>(false);
      if (!is_real) return is_real.error();
      if (*is_real) return {};
      state_.differs("responses",
                     row ? "the answer that is " + mention_words(row->seq) : "key " + to_hex(key),
                     "a response", "no such answer");
      return {};
    });
  }

  Result<bool> is_response(const Row& row, std::string_view key) {
    const auto mention = state_.in_feed(row.seq);
    if (!mention) return mention.error();
    if (!*mention) return state_.may_be_gone(row.seq);
    if (!(*mention)->brand) return false;
    const auto value = state_.get(Family::posts, view((*mention)->post));
    if (!value) return value.error();
    const auto post = *value ? decode_post(**value) : std::nullopt;
    if (!post || post->tombstone) return false;
    const auto response = state_.response_of(**mention, *post);
    if (!response) return response.error();
    return *response && view(**response) == key;
  }

  Result<void> walk_threads() {
    const auto counted = walk(Family::threads, [&](auto, auto) -> Result<void> {
      ++state_.found.references;
      return {};
    });
    if (!counted || state_.found.references == references_) return counted;
    return walk(Family::threads, [&](std::string_view key, std::string_view) -> Result<void> {
      const auto seq = thread_seq(key);
      const auto is_real = seq ? is_reference(*seq, key) : Result<bool>(false);
      if (!is_real) return is_real.error();
      if (*is_real) return {};
      state_.differs("threads",
                     seq ? reference_words(*seq, keyed_hash_at(key, 0)) : "key " + to_hex(key),
                     "a reference", "no such reference");
      return {};
    });
  }

  Result<bool> is_reference(std::uint64_t seq, std::string_view key) {
    const auto mention = state_.in_feed(seq);
    if (!mention) return mention.error();
    if (!*mention) return state_.may_be_gone(seq);
    const auto value = state_.get(Family::posts, view((*mention)->post));
    if (!value) return value.error();
    const auto post = *value ? decode_post(**value) : std::nullopt;
    bool found = false;
    if (post) {
      each_reference(post->references, [&](const KeyedHash& referred, std::uint8_t) {
        found |= view(referred) == key.substr(0, sizeof(KeyedHash));
      });
    }
    return found;
  }

  VerifyState& state_;
  std::vector<Expected> group_;
  std::uint64_t rows_ = 0, ids_ = 0, listed_ = 0, responses_ = 0,
                references_ = 0;  // as many as the feed has
};

}  // namespace

Result<void> verify_feed(VerifyState& state) { return FeedWalk(state).run(); }

}  // namespace passaparola::store
