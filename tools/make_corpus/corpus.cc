#include "make_corpus/corpus.h"

#include <algorithm>
#include <array>

#include "core/hash.h"
#include "core/json.h"

namespace passaparola::make_corpus {
namespace {

// A line of the feed: a draft as it was published, or something that happened to it later.
struct Event {
  Timestamp at;
  std::size_t order;  // makes the order of equal instants one
  Operation operation;
};

std::string post_id(const Person& author, std::size_t draft, std::uint64_t seed) {
  const std::uint64_t number =
      content_hash64(author.source + "/" + std::to_string(draft) + "/" + std::to_string(seed));
  const std::string decimal =
      std::to_string(number % 900'000'000'000'000'000ULL + 100'000'000'000'000'000ULL);
  std::string base36;
  for (std::uint64_t rest = number; base36.size() < 12; rest /= 36)
    base36.push_back("0123456789abcdefghijklmnopqrstuvwxyz"[rest % 36]);
  if (author.source == "bluesky") return "at://" + author.id + "/app.bsky.feed.post/3" + base36;
  if (author.source == "reddit") return "t1_" + base36.substr(0, 9);
  if (author.source == "trustpilot") return base36 + decimal.substr(0, 12);
  return decimal;
}

std::string url_of(const Person& author, const std::string& id) {
  return "https://" + author.source + ".example/" + author.handle + "/" +
         id.substr(id.rfind('/') + 1);
}

// The first link of a text; the corpus writes at most one, at the end of a sentence or of a word.
std::string_view link_of(std::string_view text) {
  const std::size_t begin = text.find("https://");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_first_of(" \n!", begin) - begin);
}

class FeedWriter {
 public:
  FeedWriter(const std::vector<Person>& cast, const std::vector<Draft>& drafts,
             const CorpusOptions& options)
      : cast_(cast), drafts_(drafts) {
    for (std::size_t i = 0; i < drafts.size(); ++i)
      ids_.push_back(post_id(cast[drafts[i].author], i, options.seed));
  }

  void write(const Event& event, std::string& out) {
    const Operation& operation = event.operation;
    const Draft& draft = drafts_[operation.draft];
    const Person& author = cast_[draft.author];
    PostView post;
    post.op = operation.op;
    post.source = author.source;
    post.author.id = author.id;
    post.created_at = event.at;
    std::string url;
    std::string_view link;
    if (operation.op != PostOp::delete_author) post.id = ids_[operation.draft];
    if (operation.op == PostOp::create || operation.op == PostOp::update) {
      // An edit or a redelivery is still the post of that instant.
      post.created_at = draft.created_at;
      post.text = operation.op == PostOp::update ? operation.text : draft.text;
      url = url_of(author, ids_[operation.draft]);
      post.url = url;
      link = link_of(post.text);
      if (!link.empty()) post.links = {&link, 1};
      fill(post, draft, author, operation.draft);
    }
    JsonWriter writer(out);
    write_post(writer, post);
    out.push_back('\n');
  }

 private:
  void fill(PostView& post, const Draft& draft, const Person& author, std::size_t index) {
    post.author.handle = author.handle;
    post.author.name = author.name;
    post.author.bio = author.bio;
    post.author.followers = author.followers;
    post.author.following = author.following;
    post.author.posts = author.posts;
    post.author.created_at = author.created_at;
    post.kind = draft.kind;
    post.title = draft.title;
    // Some networks do not say the language, and one in ten people sets it wrong or not at all.
    Random habit(content_hash64(ids_[index]));
    if (author.source != "reddit" && !habit.chance(10)) post.lang = code_of(author.language);
    if (draft.rating > 0) post.rating = Rating{static_cast<double>(draft.rating), 5};
    if (draft.reply_to != kNoPost) {
      std::size_t root = draft.reply_to;
      while (drafts_[root].reply_to != kNoPost) root = drafts_[root].reply_to;
      post.reply_to_id = ids_[draft.reply_to];
      post.reply_to_author_id = cast_[drafts_[draft.reply_to].author].id;
      post.thread = ids_[root];
    }
    post.engagement.likes = habit.between(0, 1 + author.followers / 60);
    post.engagement.replies = habit.between(0, 6);
  }

  const std::vector<Person>& cast_;
  const std::vector<Draft>& drafts_;
  std::vector<std::string> ids_;
};

std::vector<Event> in_order(const std::vector<Draft>& drafts,
                            const std::vector<Operation>& operations) {
  std::vector<Event> events;
  events.reserve(drafts.size() + operations.size());
  for (std::size_t i = 0; i < drafts.size(); ++i)
    events.push_back({drafts[i].created_at, i, {PostOp::create, i, {}, false, {}}});
  for (std::size_t i = 0; i < operations.size(); ++i)
    events.push_back({operations[i].at, drafts.size() + i, operations[i]});
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::pair(a.at, a.order) < std::pair(b.at, b.order);
  });
  return events;
}

void write_people(JsonWriter& writer, std::size_t brand, const std::vector<Person>& cast,
                  const std::vector<std::size_t>& mentions) {
  std::array<std::uint64_t, kRoleCount> counts{};
  writer.key("people");
  writer.StartArray();
  for (std::size_t i = 0; i < cast.size(); ++i) {
    if (cast[i].brand != brand) continue;
    ++counts[static_cast<std::size_t>(cast[i].role)];
    writer.StartObject();
    writer.field("source", cast[i].source);
    writer.field("author_id", cast[i].id);
    writer.field("role", name_of(cast[i].role));
    writer.field("language", code_of(cast[i].language));
    writer.field("posts", static_cast<std::uint64_t>(mentions[i]));
    writer.EndObject();
  }
  writer.EndArray();
  writer.key("counts");
  writer.StartObject();
  for (std::size_t role = 1; role < kRoleCount; ++role)
    writer.field(name_of(static_cast<Role>(role)), counts[role]);
  writer.EndObject();
}

std::string truth_of(const CorpusOptions& options, const std::vector<Person>& cast,
                     const std::vector<Draft>& drafts, const std::vector<Operation>& operations) {
  std::vector<std::size_t> mentions(cast.size());  // of the role's own brand
  std::array<std::uint64_t, kBrandCount + 1> by_brand{};
  for (const Draft& draft : drafts) {
    ++by_brand[draft.brand];
    if (draft.brand == cast[draft.author].brand) ++mentions[draft.author];
  }
  const auto count_of = [&](PostOp op) {
    return static_cast<std::uint64_t>(
        std::count_if(operations.begin(), operations.end(),
                      [op](const Operation& operation) { return operation.op == op; }));
  };
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("seed", options.seed);
  writer.field("posts", static_cast<std::uint64_t>(drafts.size()));
  writer.field("lines", static_cast<std::uint64_t>(drafts.size() + operations.size()));
  writer.field("posts_about_a_brand", drafts.size() - by_brand[kNoBrand]);
  writer.field("authors", static_cast<std::uint64_t>(cast.size()));
  writer.field("updates", count_of(PostOp::update));
  writer.field("deletes", count_of(PostOp::remove));
  writer.field("deleted_authors", count_of(PostOp::delete_author));
  writer.field("redeliveries", count_of(PostOp::create));
  writer.key("brands");
  writer.StartArray();
  for (std::size_t brand = 0; brand < kBrandCount; ++brand) {
    writer.StartObject();
    writer.field("id", kBrands[brand]);
    writer.field("posts", by_brand[brand]);
    write_people(writer, brand, cast, mentions);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  out.push_back('\n');
  return out;
}

}  // namespace

Corpus make_corpus(const CorpusOptions& options) {
  Random random(options.seed);
  const std::vector<Person> cast =
      make_cast(options.authors, options.story.posts, options.story.start, random);
  const std::vector<Draft> drafts = write_story(cast, options.story, random);
  const std::vector<Operation> operations = write_operations(cast, drafts, random);
  Corpus corpus;
  FeedWriter writer(cast, drafts, options);
  for (const Event& event : in_order(drafts, operations)) writer.write(event, corpus.feed);
  corpus.truth = truth_of(options, cast, drafts, operations);
  return corpus;
}

}  // namespace passaparola::make_corpus
