#include "ingest/app_review.h"

#include <algorithm>
#include <charconv>

#include "ingest/draft.h"
#include "ingest/feed_time.h"

namespace passaparola::ingest {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "75018210" of "https://itunes.apple.com/us/reviews/id75018210"; of other addresses nothing.
std::string_view account_number(std::string_view address) {
  constexpr std::string_view kBefore = "/reviews/id";
  const std::size_t at = address.find(kBefore);
  if (at == std::string_view::npos) return {};
  const std::string_view number = address.substr(at + kBefore.size());
  return std::all_of(number.begin(), number.end(), is_digit) ? number : std::string_view();
}

void read_author(const AppReview& review, Draft& draft) {
  AuthorView& author = draft.post.author;
  author.name = draft.keep_start(review.author, kMaxNameBytes);
  const std::string_view number = account_number(review.account);
  author.id = draft.keep_whole(number.empty() ? review.author : number, kMaxIdBytes);
}

void read_rating(std::string_view stars, Draft& draft) {
  const bool known = stars.size() == 1 && stars[0] >= '1' && stars[0] <= '5';
  if (!known) return draft.fail(RejectReason::bad_value);
  draft.post.rating = Rating{static_cast<double>(stars[0] - '0'), 5};
}

void read_votes(std::string_view votes, Draft& draft) {
  std::int64_t count = 0;
  const char* const end = votes.data() + votes.size();
  const auto [stop, error] = std::from_chars(votes.data(), end, count);
  if (error == std::errc() && stop == end) draft.post.engagement.likes = count;
}

void read_time(std::string_view text, Draft& draft) {
  if (text.empty()) return draft.fail(RejectReason::missing_field);
  const auto time = parse_feed_time(text);
  if (!time) return draft.fail(RejectReason::invalid_time);
  draft.post.created_at = *time;
}

}  // namespace

void finish_app_review(const AppReview& review, RecordSink& sink) {
  Draft draft(sink);
  PostView& post = draft.post;
  post.source = "appstore";
  post.kind = PostKind::review;
  draft.require(post.id, review.id, kMaxIdBytes);
  read_author(review, draft);
  post.title = draft.keep_start(review.title, kMaxTitleBytes);
  draft.set_text(review.text);
  read_rating(review.rating, draft);
  read_votes(review.votes, draft);
  read_time(review.time, draft);
  post.url = draft.keep_whole(review.page, kMaxUrlBytes);
  draft.finish(Wordless::allowed);
}

}  // namespace passaparola::ingest
