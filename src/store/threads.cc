#include "store/threads.h"

#include <rocksdb/iterator.h>

#include <algorithm>

#include "core/limits.h"
#include "store/bytes.h"
#include "store/state.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

ThreadValue thread_value(std::uint8_t kinds) { return {kVersion, static_cast<char>(kinds)}; }

std::optional<std::uint8_t> thread_kinds(std::string_view value) {
  ByteReader in(value);
  const std::uint8_t version = in.byte();
  const std::uint8_t kinds = in.below(2 * kReposts);
  if (!in.done() || version != kVersion || kinds == 0) return std::nullopt;
  return kinds;
}

PostReferences references_of(const HashKey& key, const PostView& post) {
  const auto hash = [&](std::string_view id) {
    return id.empty() || id == post.id ? KeyedHash{} : keyed_hash(key, post.source, id);
  };
  return {hash(post.reply_to_id), hash(post.quote_id), hash(post.repost_of)};
}

Result<std::vector<Referring>> Store::referring_to(std::string_view source,
                                                   std::string_view post_id, std::uint64_t after,
                                                   std::size_t limit) const {
  const Gate::Lease lease(state_->gate);
  if (lease.database() == nullptr) return lease.error();
  const KeyedHash post = keyed_hash(state_->key, source, post_id);
  const auto scan = lease.database()->scan(Family::threads);
  std::vector<Referring> found;
  for (scan->Seek(to_slice(view(thread_key(post, after + 1))));
       scan->Valid() && scan->key().starts_with(to_slice(view(post))) &&
       found.size() < std::min(limit, kMaxThreadMentions);
       scan->Next()) {
    const auto seq = thread_seq(to_view(scan->key()));
    const auto kinds = thread_kinds(to_view(scan->value()));
    if (!seq || !kinds) return fail(ErrorCode::corrupt, "the index of threads is damaged");
    found.push_back(
        {*seq, (*kinds & kAnswers) != 0, (*kinds & kQuotes) != 0, (*kinds & kReposts) != 0});
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading a thread");
  return found;
}

}  // namespace passaparola::store
