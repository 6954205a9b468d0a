#include "feed/warnings.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "advocacy/ranking.h"
#include "core/correction.h"
#include "core/facts.h"
#include "core/limits.h"

namespace passaparola::feed {
namespace {

constexpr std::int64_t kDaysRead = 57;  // eight weeks, and a day for the marks of days
constexpr std::size_t kMentionsAtOnce = 1'000;
constexpr std::int64_t kClockSkew = 5 * 60 * kMillisecondsPerSecond;
constexpr double kAuthenticEnough = 0.5;
constexpr std::uint64_t kPlacesAhead = 16;  // more than are stored while an alert is kept

std::string key_of(std::uint64_t number) { return fmt::format("{:020}", number); }

bool has_act(const Mention& mention, std::initializer_list<Act> wanted) {
  return std::any_of(mention.acts.begin(), mention.acts.end(), [&](const ActHit& hit) {
    return std::find(wanted.begin(), wanted.end(), hit.act) != wanted.end();
  });
}

Label label_of(const Mention& mention) {
  return mention.correction != nullptr ? mention.correction->label : mention.sentiment.label;
}

bool is_of_brand(const Mention& mention) {
  return mention.correction == nullptr || mention.correction->about_brand.value_or(true);
}

// The first tag that says what is spoken of.
std::string aspect_of(const Mention& mention) {
  for (const RuleHit& rule : mention.rules) {
    for (const std::string_view tag : rule.tags) {
      for (const std::string_view prefix : kTopicPrefixes) {
        if (tag.starts_with(prefix)) return std::string(tag.substr(prefix.size()));
      }
    }
  }
  return {};
}

// The middle of the times of a page: what is older than that by hours will not come in numbers.
Timestamp middle_of(const store::FeedPage& page) {
  std::vector<std::int64_t> times;
  times.reserve(page.mentions.size());
  for (const store::StoredMention& mention : page.mentions) {
    times.push_back(mention->post.created_at.milliseconds);
  }
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return {*middle};
}

std::string to_json(const KeptAlert& kept, const warning::Alert& alert,
                    const std::vector<std::string>& mentions, std::uint32_t store) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("alert_id", fmt::format("{}-{}", store, kept.number));
  writer.field("number", kept.number);
  writer.field("place", kept.place);
  writer.field("told_by", kept.told_by);
  writer.field("cursor", encode_cursor({store, kept.place}));
  writer.field("brand", kept.brand);
  writer.field("before", name_of(alert.before));
  writer.field("level", name_of(alert.level));
  writer.field("at", format_rfc3339(alert.at));
  writer.field("since", format_rfc3339(alert.since));
  writer.key("reasons");
  writer.StartArray();
  for (const std::string& reason : alert.reasons) writer.string(reason);
  writer.EndArray();
  write_picture(writer, alert.picture);
  writer.key("mentions");
  writer.StartArray();
  for (const std::string& id : mentions) writer.string(id);
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::optional<KeptAlert> read_kept(std::string_view json) {
  const simdjson::padded_string padded(json);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view brand;
  KeptAlert kept;
  if (parser.parse(padded).get(root) || root["number"].get(kept.number) ||
      root["place"].get(kept.place) || root["brand"].get(brand)) {
    return std::nullopt;
  }
  // Those of earlier versions have none.
  if (root["told_by"].get(kept.told_by)) kept.told_by = kept.place;
  kept.brand = brand;
  kept.json = json;
  return kept;
}

// The level and its beginning that the last alert of a brand told.
void resume(warning::BrandWatch& watch, std::string_view json) {
  const simdjson::padded_string padded(json);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view level, since;
  if (parser.parse(padded).get(root) || root["level"].get(level) || root["since"].get(since)) {
    return;
  }
  const auto began = parse_rfc3339(since);
  for (std::size_t i = 0; i < warning::kLevelCount; ++i) {
    const auto known = static_cast<warning::Level>(i);
    if (name_of(known) == level && began) watch.resume(known, *began);
  }
}

}  // namespace

warning::BrandWatch& Warnings::watch_of(std::string_view brand) {
  const auto found = watches_.find(brand);
  if (found != watches_.end()) return found->second;
  return watches_.emplace(brand, settings_).first->second;
}

Result<void> Warnings::begin(Timestamp at) {
  const auto place = store_.stored_before(at, kDaysRead);
  if (!place) return place.error();
  std::map<std::string, std::string> last;
  std::uint64_t number = 0;
  const auto visited = visit_alerts(store_, 0, [&](KeptAlert&& kept) {
    number = kept.number;
    last[kept.brand] = std::move(kept.json);
    return true;
  });
  if (!visited) return visited.error();
  for (const auto& [brand, json] : last) resume(watch_of(brand), json);
  place_ = *place;
  number_ = number;
  has_begun_ = true;
  return {};
}

Result<void> Warnings::look(Timestamp at, const std::atomic<bool>& is_stopping) {
  if (!has_begun_) {
    if (auto begun = begin(at); !begun) return begun;
  }
  if (auto done = read(at, is_stopping); !done || is_stopping) return done;
  std::vector<std::pair<std::string, warning::Alert>> alerts;
  for (auto& [brand, watch] : watches_) {
    if (auto alert = watch.evaluate(at)) alerts.emplace_back(brand, *std::move(alert));
  }
  std::vector<BrandStanding> standing;
  for (auto& [brand, watch] : watches_) {
    standing.push_back({brand, watch.level(), watch.since(), watch.picture(at)});
  }
  {
    // Before anybody is told: whoever is, may ask.
    const std::lock_guard lock(mutex_);
    standing_ = std::move(standing);
  }
  for (const auto& [brand, alert] : alerts) {
    if (auto raised = raise(brand, alert); !raised) return raised;
  }
  return {};
}

Result<void> Warnings::read(Timestamp at, const std::atomic<bool>& is_stopping) {
  store::FeedQuery query;
  query.limit = kMentionsAtOnce;
  const std::uint64_t last = store_.last_seq();
  while (place_ < last && !is_stopping) {
    query.after = place_;
    const auto page = store_.read_feed(query);
    if (!page) return page.error();
    for (const store::StoredMention& mention : page->mentions) {
      if (auto seen = observe(*mention, at); !seen) return seen;
    }
    place_ = page->next_after;
    if (page->mentions.size() < kMentionsAtOnce) continue;  // what is left is of the last hours
    const Timestamp middle = std::min(middle_of(*page), at);
    for (auto& [brand, watch] : watches_) watch.advance(middle);
  }
  return {};
}

Result<void> Warnings::observe(const Mention& mention, Timestamp at) {
  const PostView& post = mention.post;
  if (post.created_at.milliseconds > at.milliseconds + kClockSkew) return {};
  if (post.created_at.milliseconds < at.milliseconds - kDaysRead * kMillisecondsPerDay) return {};
  if (!is_of_brand(mention)) return {};
  const KeyedHash author = keyed_hash(store_.hash_key(), post.source, post.author.id);
  warning::Observation seen;
  seen.seq = mention.seq;
  seen.at = post.created_at;
  std::copy_n(author.data(), sizeof seen.author, reinterpret_cast<char*>(&seen.author));
  seen.source = post.source;
  seen.is_negative = label_of(mention) == Label::negative ||
                     has_act(mention, {Act::complain, Act::anti_recommend, Act::churn});
  seen.is_authentic = mention.authenticity.score >= kAuthenticEnough;
  seen.defends = has_act(mention, {Act::defend});
  if (seen.is_negative) {
    seen.aspect = aspect_of(mention);
    const auto rank = store_.rank(mention.brand, author);
    if (!rank) return rank.error();
    seen.was_advocate =
        *rank && advocacy::listing_of((*rank)->list).relation == advocacy::RelationClass::advocate;
  }
  watch_of(mention.brand).observe(seen);
  return {};
}

Result<void> Warnings::raise(const std::string& brand, const warning::Alert& alert) {
  std::vector<std::string> ids;
  const auto mentions = store_.mentions(alert.picture.mentions);
  if (!mentions) return mentions.error();
  for (const store::StoredMention& one : *mentions) {
    ids.push_back(mention_id(one->post.source, one->post.id, one->brand));
  }
  KeptAlert kept{number_ + 1, place_, 0, brand, {}};
  std::uint64_t ahead = kPlacesAhead;
  const auto is_in_time = [&] { return store_.last_seq() <= kept.told_by; };
  do {
    kept.told_by = store_.last_seq() + ahead;
    kept.json = to_json(kept, alert, ids, store_.id());
    const auto put = store_.put_record(store::RecordKind::alert, key_of(kept.number), kept.json);
    if (!put) return put.error();
    number_ = kept.number;
    ahead *= 4;
  } while (!news_.post_if(is_in_time, Channel::alerts, brand, "\"alert\":" + kept.json));
  if (number_ > kMaxAlertsKept) {
    const std::string oldest = key_of(number_ - kMaxAlertsKept);
    const auto gone = store_.delete_records(store::RecordKind::alert, {&oldest, 1});
    if (!gone) return gone.error();
  }
  return {};
}

std::vector<BrandStanding> Warnings::standing() const {
  const std::lock_guard lock(mutex_);
  return standing_;
}

Result<void> visit_alerts(const store::Store& store, std::uint64_t after,
                          const std::function<bool(KeptAlert&&)>& visit) {
  bool is_damaged = false;
  const auto visited = store.visit_records(store::RecordKind::alert, key_of(after),
                                           [&](std::string_view, std::string_view value) {
                                             auto kept = read_kept(value);
                                             is_damaged = !kept;
                                             return kept && visit(*std::move(kept));
                                           });
  if (!visited) return visited.error();
  if (is_damaged) return fail(ErrorCode::corrupt, "an alert in the store is damaged");
  return {};
}

Result<std::uint64_t> last_alert(const store::Store& store) {
  std::uint64_t last = 0;  // of the keys alone: what they say need not be read for it
  const auto visited = store.visit_records(
      store::RecordKind::alert, "", [&last](std::string_view key, std::string_view) {
        return std::from_chars(key.data(), key.data() + key.size(), last).ec == std::errc{};
      });
  if (!visited) return visited.error();
  return last;
}

void write_picture(JsonWriter& writer, const warning::Picture& picture) {
  writer.field("critics", std::uint64_t{picture.critics});
  writer.field("usual", rounded(picture.usual));
  writer.field("z", rounded(picture.z));
  writer.field("growth", rounded(picture.growth));
  writer.key("sources");
  writer.StartObject();
  for (const auto& [source, critics] : picture.sources) {
    writer.field(source, std::uint64_t{critics});
  }
  writer.EndObject();
  writer.key("new_aspects");
  writer.StartArray();
  for (const std::string& aspect : picture.new_aspects) writer.string(aspect);
  writer.EndArray();
  writer.field("turned_advocates", std::uint64_t{picture.turned_advocates});
  writer.field("defenders", std::uint64_t{picture.defenders});
  writer.field("set_aside", std::uint64_t{picture.set_aside});
  writer.key("defence_ratio");
  if (picture.critics == 0) {
    writer.Null();
  } else {
    writer.Double(
        rounded(static_cast<double>(picture.defenders) / static_cast<double>(picture.critics)));
  }
}

}  // namespace passaparola::feed
