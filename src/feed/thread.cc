#include "feed/thread.h"

#include <algorithm>
#include <vector>

#include "core/cursor.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/answers.h"

namespace passaparola::feed {
namespace {

constexpr std::size_t kReadAtOnce = 100;

// The store finds mentions by post and brand, so each brand is asked.
Result<void> write_parent(JsonWriter& writer, const store::Store& store, const PostView& post,
                          const Caller& caller) {
  writer.key("parent");
  writer.StartArray();
  if (!post.reply_to_id.empty()) {
    for (const std::string& brand : store.brands()) {
      if (!caller.sees(brand)) continue;
      const auto found = store.mention(mention_id(post.source, post.reply_to_id, brand));
      if (found) write_mention(writer, **found, store.id());
      if (!found && found.error().code != ErrorCode::not_found) return found.error();
    }
  }
  writer.EndArray();
  return {};
}

void write_item(JsonWriter& writer, const store::Referring& how, const Mention& mention,
                std::uint32_t store) {
  writer.StartObject();
  writer.field("answers", how.answers);
  writer.field("quotes", how.quotes);
  writer.field("reposts", how.reposts);
  writer.key("mention");
  write_mention(writer, mention, store);
  writer.EndObject();
}

// Writes those of `some` that are still there until `out` is full; gives the
// seq of the last one that was dealt with.
Result<std::uint64_t> write_items(JsonWriter& writer, const std::string& out,
                                  const store::Store& store,
                                  const std::vector<store::Referring>& some, const Caller& caller) {
  std::vector<std::uint64_t> seqs;
  for (const store::Referring& how : some) seqs.push_back(how.seq);
  const auto mentions = store.mentions(seqs);
  if (!mentions) return mentions.error();
  auto mention = mentions->begin();
  for (const store::Referring& how : some) {
    if (mention == mentions->end() || (*mention)->seq != how.seq) continue;  // gone or hidden
    const Mention& found = **mention++;
    if (!caller.sees(found.brand)) continue;
    write_item(writer, how, found, store.id());
    if (out.size() >= kMaxPageBytes) return how.seq;
  }
  return some.back().seq;
}

}  // namespace

Result<std::string> thread_json(const store::Store& store, std::string_view wanted,
                                std::uint64_t after, std::size_t limit, const Caller& caller) {
  const auto root = store.mention(wanted);
  if (!root) return root.error();
  if (!caller.sees((*root)->brand)) return unknown_mention();
  const PostView& post = (*root)->post;
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  if (const auto written = write_parent(writer, store, post, caller); !written)
    return written.error();
  writer.key("items");
  writer.StartArray();
  bool more = true;
  for (std::size_t left = limit; more && left > 0 && out.size() < kMaxPageBytes;) {
    const std::size_t count = std::min(left, kReadAtOnce);
    const auto some = store.referring_to(post.source, post.id, after, count);
    if (!some) return some.error();
    more = some->size() == count;
    left -= some->size();
    if (some->empty()) break;
    const auto last = write_items(writer, out, store, *some, caller);
    if (!last) return last.error();
    more = more || *last < some->back().seq;
    after = *last;
  }
  writer.EndArray();
  writer.field("cursor", encode_cursor({store.id(), after}));
  writer.field("more", more);
  writer.EndObject();
  return out;
}

}  // namespace passaparola::feed
