#include "pipeline/rescore.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/crash_point.h"
#include "pipeline/processor.h"

namespace passaparola::pipeline {
namespace {

// The cursor of a run that is under way is "RULESET LEXICON LAST AFTER"; empty when none is.
constexpr std::string_view kCursorName = "rescore:feed";

struct Place {
  std::uint64_t last = 0;   // the end of the feed when the run began
  std::uint64_t after = 0;  // everything up to here is done
};

std::string cursor_of(const Judges& judges, const Place& place) {
  return fmt::format("{} {} {} {}", judges.rules->hash(), judges.scorer->hash(), place.last,
                     place.after);
}

// nullopt: the cursor is of other judges, or of no run that is under way.
std::optional<Place> place_of(const Judges& judges, std::string_view cursor) {
  const std::string judged = fmt::format("{} {} ", judges.rules->hash(), judges.scorer->hash());
  if (!cursor.starts_with(judged)) return std::nullopt;
  Place place;
  const char* const end = cursor.data() + cursor.size();
  const auto last = std::from_chars(cursor.data() + judged.size(), end, place.last);
  if (last.ec != std::errc() || last.ptr == end) return std::nullopt;
  const auto after = std::from_chars(last.ptr + 1, end, place.after);
  if (after.ec != std::errc() || after.ptr != end) return std::nullopt;
  return place;
}

bool is_same(const PostView& a, const PostView& b) { return a.id == b.id && a.source == b.source; }

// How many mentions of a full page to take: more of its last post may be on the next one.
std::size_t whole_posts(const std::vector<store::StoredMention>& mentions) {
  std::size_t begin = mentions.size() - 1;
  while (begin > 0 && is_same(mentions[begin - 1]->post, mentions[begin]->post)) --begin;
  return begin == 0 ? mentions.size() : begin;
}

class Run {
 public:
  Run(const Judges& judges, store::Store& store, const RescoreOptions& options)
      : store_(store), options_(options), seat_(judges), preparer_(store.hash_key()) {}

  Result<RescoreSummary> run() {
    begin();
    while (place_.after < store_.last_seq()) {
      if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) {
        return summary_;
      }
      const auto done = judge_page();
      if (!done) return done.error();
      if (options_.progress) options_.progress({summary_.counts, place_.after, store_.last_seq()});
    }
    batch_.clear();
    const auto ended = write({});
    if (!ended) return ended.error();
    summary_.finished = true;
    return summary_;
  }

 private:
  void begin() {
    place_.last = store_.last_seq();
    if (options_.dry_run) return;
    const auto cursor = store_.source_cursor(kCursorName);
    const auto earlier = place_of(seat_.judges, cursor.value_or(""));
    if (!earlier) return;
    place_ = *earlier;
    summary_.resumed = true;
  }

  Result<void> judge_page() {
    store::FeedQuery query;
    query.after = place_.after;
    query.limit = options_.page_mentions;
    const auto page = store_.read_feed(query);
    if (!page) return page.error();
    const auto& mentions = page->mentions;
    std::size_t count = mentions.size();
    place_.after = page->next_after;
    if (count == query.limit) {
      count = whole_posts(mentions);
      place_.after = mentions[count - 1]->seq;
    }
    judge(std::span(mentions).first(count));
    return write(cursor_of(seat_.judges, place_));
  }

  // What this run has added itself, or came in by the same judges since it began, is judged.
  bool is_judged(const Mention& mention) const {
    return mention.seq > place_.last && mention.ruleset == seat_.judges.rules->hash() &&
           mention.lexicon == seat_.judges.scorer->hash();
  }

  // Mentions of one post lie together, unless an earlier run has added some.
  void judge(std::span<const store::StoredMention> stored) {
    posts_.clear();
    seqs_.clear();
    for (const store::StoredMention& mention : stored) {
      if (is_judged(*mention)) continue;
      if (!posts_.empty() && is_same(posts_.back(), mention->post)) continue;
      posts_.push_back(mention->post);
      seqs_.push_back(mention->seq);
    }
    arena_.reset();
    batch_.clear();
    matches_.clear();
    seat_.matcher.find(posts_, arena_, matches_);
    auto match = matches_.begin();
    for (std::size_t i = 0; i < posts_.size(); ++i) {
      mentions_.clear();
      for (; match != matches_.end() && match->post == i; ++match) {
        mentions_.push_back(make_mention(seat_.judges, posts_[i], *match, arena_));
      }
      preparer_.prepare_again(posts_[i], seqs_[i], mentions_, batch_);
    }
  }

  // What is in the batch, with the place in the feed.
  Result<void> write(std::string cursor) {
    batch_.cursors.push_back({std::string(kCursorName), std::move(cursor)});
    const auto outcome = store_.rescore(batch_, options_.dry_run);
    if (!outcome) return outcome.error();
    RescoreCounts& counts = summary_.counts;
    counts.looked_at += outcome->looked_at;
    counts.changed += outcome->rescored;
    counts.removed += outcome->deleted;
    counts.added += outcome->mentions;
    if (!options_.dry_run) crash_point("rescore.written");
    return {};
  }

  store::Store& store_;
  const RescoreOptions& options_;
  Seat seat_;
  const store::Preparer preparer_;
  Place place_;
  RescoreSummary summary_;
  store::PreparedBatch batch_;
  Arena arena_;
  std::vector<PostView> posts_;
  std::vector<std::uint64_t> seqs_;
  std::vector<match::PostMatch> matches_;
  std::vector<Mention> mentions_;
};

}  // namespace

Result<RescoreSummary> rescore(const Judges& judges, store::Store& store,
                               const RescoreOptions& options) {
  return Run(judges, store, options).run();
}

}  // namespace passaparola::pipeline
