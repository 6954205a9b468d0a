#include "ingest/lemmy.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ingest/draft.h"
#include "ingest/each_object.h"
#include "ingest/feed_time.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kSource = "lemmy";

// "feddit.example" of "https://feddit.example/u/anna".
std::string_view host_of(std::string_view address) {
  constexpr std::string_view kScheme = "://";
  const std::size_t at = address.find(kScheme);
  if (at == std::string_view::npos) return {};
  address.remove_prefix(at + kScheme.size());
  return address.substr(0, address.find('/'));
}

// Names are unique on their server only.
std::string_view handle_of(std::string_view name, std::string_view address, Draft& draft) {
  const std::string_view host = host_of(address);
  if (name.empty() || host.empty() || name.size() + host.size() >= kMaxNameBytes) return {};
  return draft.join({name, "@", host}, kMaxNameBytes);
}

void read_creator(JsonObject view, Draft& draft) {
  const auto creator = object_in(view, "creator");
  if (!creator) return;
  const auto [address, name, display_name, bio, published] =
      find_all<"actor_id", "name", "display_name", "bio", "published">(*creator);
  AuthorView& author = draft.post.author;
  author.id = draft.keep_whole(as_string(address), kMaxIdBytes);
  author.handle = handle_of(as_string(name), as_string(address), draft);
  author.name = draft.keep_start(as_string(display_name), kMaxNameBytes);
  author.bio = draft.keep_start(as_string(bio), kMaxBioBytes);
  author.created_at = parse_time_or_utc(as_string(published));
}

// What posts and comments have alike. `thing` is the post or comment inside of `view`.
void read_common(JsonObject view, JsonObject thing, Draft& draft) {
  PostView& post = draft.post;
  post.source = kSource;
  const auto [id, published, updated] = find_all<"ap_id", "published", "updated">(thing);
  // The address that all servers know it by.
  draft.require(post.id, id, kMaxIdBytes);
  if (post.id.starts_with("https://") || post.id.starts_with("http://")) post.url = post.id;
  read_creator(view, draft);
  draft.require_time(published);
  if (updated) post.op = PostOp::update;
  // By its author, or by a moderator.
  const bool gone = true_in(thing, "deleted") || true_in(thing, "removed");
  if (gone) post.op = PostOp::remove;
}

void finish(Draft& draft) {
  if (draft.post.op == PostOp::remove) draft.become_removal();
  draft.finish(Wordless::rejected);
}

std::optional<std::int64_t> count_in(JsonObject view, std::string_view key) {
  const auto counts = object_in(view, "counts");
  return counts ? integer_in(*counts, key) : std::nullopt;
}

void decode_post(JsonObject view, JsonObject thing, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  read_common(view, thing, draft);
  draft.check_string(thing, "name");
  draft.check_string(thing, "body");
  post.title = draft.keep_start(string_in(thing, "name"), kMaxTitleBytes);
  draft.set_text(string_in(thing, "body"));
  LinkList links;
  links.add(string_in(thing, "url"));
  post.links = links.keep(draft.arena());
  post.engagement.likes = count_in(view, "score");
  post.engagement.replies = count_in(view, "comments");
  finish(draft);
}

// The comments of one answer, by the ids that the server that was asked has for them.
class Siblings {
 public:
  explicit Siblings(std::optional<JsonArray> views) {
    if (!views) return;
    for (const Json view : *views) {
      const auto object = as_object(view);
      const auto comment = object ? object_in(*object, "comment") : std::nullopt;
      const auto id = comment ? integer_in(*comment, "id") : std::nullopt;
      if (id) addresses_.emplace_back(std::to_string(*id), string_in(*comment, "ap_id"));
    }
    std::sort(addresses_.begin(), addresses_.end());
  }

  // Empty when it is not among them.
  std::string_view address_of(std::string_view id) const {
    const auto found = std::lower_bound(
        addresses_.begin(), addresses_.end(), id,
        [](const auto& known, std::string_view wanted) { return known.first < wanted; });
    return found != addresses_.end() && found->first == id ? found->second : std::string_view();
  }

 private:
  std::vector<std::pair<std::string, std::string_view>> addresses_;
};

// The path of a comment is "0.5.9": 0 for the post, then the comments from it down to this one. The
// last but one is "5", or "0" of a comment on the post itself.
std::string_view parent_in(std::string_view path) {
  const std::size_t last = path.rfind('.');
  if (last == std::string_view::npos) return {};
  path = path.substr(0, last);
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

void decode_comment(JsonObject view, JsonObject thing, const Siblings& siblings, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  read_common(view, thing, draft);
  post.kind = PostKind::reply;
  draft.check_string(thing, "content");
  draft.set_text(string_in(thing, "content"));
  if (const auto below = object_in(view, "post")) {
    post.thread = draft.keep_whole(string_in(*below, "ap_id"), kMaxIdBytes);
  }
  const std::string_view parent = parent_in(string_in(thing, "path"));
  const bool top = parent == "0";
  post.reply_to_id = top ? post.thread : draft.keep_whole(siblings.address_of(parent), kMaxIdBytes);
  post.engagement.likes = count_in(view, "score");
  post.engagement.replies = count_in(view, "child_count");
  finish(draft);
}

void decode_view(JsonObject view, const Siblings& siblings, RecordSink& sink) {
  if (const auto comment = object_in(view, "comment")) {
    return decode_comment(view, *comment, siblings, sink);
  }
  if (const auto post = object_in(view, "post")) return decode_post(view, *post, sink);
  sink.reject(RejectReason::missing_field);
}

bool is_view(JsonObject object) {
  const auto thing = object_in(object, "comment");
  const auto named = thing ? thing : object_in(object, "post");
  return named && find(*named, "ap_id") && object_in(object, "creator");
}

}  // namespace

void decode_lemmy(Json record, RecordSink& sink) {
  const auto answer = as_object(record);
  const auto comments = answer ? array_in(*answer, "comments") : as_array(record);
  const Siblings siblings(comments);
  decode_page(record, comments ? "comments" : "posts", sink,
              [&](JsonObject view) { decode_view(view, siblings, sink); });
}

bool is_lemmy(JsonObject record) {
  const auto post = first_object_in(record, "posts");
  return is_view(post ? *post : first_object_in(record, "comments").value_or(record));
}

}  // namespace passaparola::ingest
