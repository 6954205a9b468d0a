// Histories for the tests of advocacy: who said what how many days ago.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "advocacy/advocacy.h"
#include "advocacy/config.h"

namespace passaparola::advocacy {

inline constexpr Timestamp kAsOf{1'795'996'800'000};  // 2026-11-30T00:00:00Z

inline Timestamp days_ago(double days) {
  return {kAsOf.milliseconds - static_cast<std::int64_t>(days * kMillisecondsPerDay)};
}

// About so many days ago, at a time of day that is the author's own: people who speak within the
// same minutes again and again are a burst.
inline Timestamp days_ago(double days, std::string_view author) {
  std::int64_t letters = 0;
  for (const char c : author) letters += static_cast<unsigned char>(c);
  return {days_ago(days).milliseconds + letters % 60 * 5 * 60'000};
}

// A positive mention with one act; confidence .9, polarity .8, depth .5 (d' = .75).
inline MentionFacts said(Act act, double age_days, bool to_others = false) {
  MentionFacts facts;
  facts.created_at = days_ago(age_days);
  facts.label = Label::positive;
  facts.polarity = 0.8F;
  facts.confidence = 1;
  facts.depth = 0.5F;
  facts.act_count = 1;
  facts.acts[0] = {act, to_others, 0.9F};
  return facts;
}

inline MentionFacts complained(double age_days) {
  MentionFacts facts = said(Act::complain, age_days);
  facts.label = Label::negative;
  facts.polarity = -0.8F;
  return facts;
}

inline MentionFacts with(MentionFacts facts, Signal signal, float authenticity) {
  facts.signals = static_cast<std::uint16_t>(facts.signals | 1U << static_cast<unsigned>(signal));
  facts.authenticity = authenticity;
  return facts;
}

// Gives every mention a seq and a text of its own where it has none yet.
inline store::AuthorHistory history_of(std::vector<MentionFacts> mentions) {
  store::AuthorHistory history;
  history.author.source = "bluesky";
  history.author.id = "did:plc:test";
  std::uint64_t seq = 0;
  for (MentionFacts& facts : mentions) {
    ++seq;
    if (facts.seq == 0) facts.seq = seq;
    if (facts.fingerprint == 0) facts.fingerprint = 1000 + seq;
  }
  history.mentions = std::move(mentions);
  return history;
}

inline void answer(store::AuthorHistory& history, std::uint64_t people, double age_days = 5) {
  for (std::uint64_t i = 0; i < people; ++i) {
    ResponseFacts response;
    response.seq = 10'000 + i;
    response.created_at = days_ago(age_days);
    response.responder = 77 + i;
    history.responses.push_back(response);
  }
}

inline AuthorScore score_of(const store::AuthorHistory& history) {
  return score_author(history, kAsOf, default_config());
}

inline AuthorScore score_of(std::vector<MentionFacts> mentions) {
  return score_of(history_of(std::move(mentions)));
}

}  // namespace passaparola::advocacy
