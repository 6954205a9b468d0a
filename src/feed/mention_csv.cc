#include "feed/mention_csv.h"

#include "core/correction.h"
#include "core/csv.h"
#include "core/cursor.h"
#include "core/json.h"

namespace passaparola::feed {
namespace {

constexpr std::string_view kHeader =
    "seq,cursor,mention_id,brand,created_at,source,post_id,kind,author_id,handle,name,followers,"
    "lang,label,score,confidence,acts,authenticity,relation_hint,corrected_label,corrected_acts,"
    "corrected_about_brand,duplicate_of,copies,rules,matched,rating,rating_max,nps,likes,reposts,"
    "replies,views,sponsored,url,reply_to,repost_of,title,text\r\n";

void add_word(std::string& words, std::string_view word, std::string_view separator = " ") {
  if (!words.empty()) words += separator;
  words += word;
}

// The acts in the order of their numbers, each once.
std::string act_words(const ActSet& acts) {
  std::string words;
  for (std::size_t i = 0; i < kActCount; ++i) {
    if (acts.test(i)) add_word(words, name_of(static_cast<Act>(i)));
  }
  return words;
}

std::string rule_words(const Mention& mention) {
  std::string words;
  for (const RuleHit& rule : mention.rules) add_word(words, rule.id);
  return words;
}

// What of the post the rules found.
std::string matched_words(const Mention& mention) {
  std::string words;
  for (const Match& match : mention.matches) {
    const std::string_view text = field_text(mention.post, match.field, match.link);
    if (match.begin > match.end || match.end > text.size()) continue;
    add_word(words, text.substr(match.begin, match.end - match.begin), " | ");
  }
  return words;
}

void add_judgement(CsvRow& row, const Mention& mention) {
  row.text(mention.lang);
  row.own(name_of(mention.sentiment.label));
  row.score(rounded(mention.sentiment.score));
  row.score(rounded(mention.sentiment.confidence));
  row.own(act_words(acts_of(mention)));
  row.score(rounded(mention.authenticity.score));
  row.own(name_of(mention.relation_hint));
  const Correction* said = mention.correction;
  row.own(said != nullptr ? name_of(said->label) : std::string_view());
  row.own(said != nullptr && said->acts ? act_words(*said->acts) : std::string());
  if (said != nullptr && said->about_brand) {
    row.flag(*said->about_brand);
  } else {
    row.own("");
  }
  row.own(mention.copies.duplicate_of);
  row.number(std::uint64_t{mention.copies.known});
  row.text(rule_words(mention));
  row.text(matched_words(mention));
}

void add_numbers(CsvRow& row, const PostView& post) {
  if (post.rating) {
    row.score(post.rating->value);
    row.score(post.rating->max);
  } else {
    row.own("");
    row.own("");
  }
  row.number(post.nps ? std::optional<std::int64_t>(*post.nps) : std::nullopt);
  row.number(post.engagement.likes);
  row.number(post.engagement.reposts);
  row.number(post.engagement.replies);
  row.number(post.engagement.views);
  row.flag(post.sponsored);
}

}  // namespace

std::string_view mention_csv_header() { return kHeader; }

void append_csv(const Mention& mention, std::uint32_t store, std::string& out) {
  const PostView& post = mention.post;
  CsvRow row(out);
  row.number(mention.seq);
  row.own(encode_cursor({store, mention.seq}));
  row.own(mention_id(post.source, post.id, mention.brand));
  row.text(mention.brand);
  row.time(post.created_at);
  row.text(post.source);
  row.text(post.id);
  row.own(name_of(post.kind));
  row.text(post.author.id);
  row.text(post.author.handle);
  row.text(post.author.name);
  row.number(post.author.followers);
  add_judgement(row, mention);
  add_numbers(row, post);
  row.text(post.url);
  row.text(post.reply_to_id);
  row.text(post.repost_of);
  row.text(post.title);
  row.text(post.text);
  row.end();
}

}  // namespace passaparola::feed
