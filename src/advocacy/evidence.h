// One mention as evidence for or against an author, as every report shows it. Inside of the
// advocacy module.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "advocacy/advocacy.h"
#include "core/time.h"

namespace passaparola::advocacy {

// Points into the StoredMention.
struct EvidenceItem {
  std::string mention_id;
  std::uint64_t seq = 0;
  const Mention* mention = nullptr;  // p, lexicon hits, copies, rules, penalties are shown from it
  std::string_view url;
  Timestamp created_at;
  std::string_view act;       // what it does: an act, or for paid words the signal, or "copy"
  std::string_view cue;       // the words of the text that say so; may be empty
  Field field = Field::text;  // where the cue is
  std::uint32_t begin = 0, end = 0;  // and in which bytes; both 0 without a cue
  std::string_view excerpt;          // of the text around the cue, at most kExcerptBytes
  double value = 0;                  // what it contributes to the score; 0 for counter-evidence
};

inline constexpr std::size_t kExcerptBytes = 160;

std::vector<EvidenceItem> evidence_items(const RankedAuthor& author);
std::vector<EvidenceItem> counter_evidence_items(const RankedAuthor& author);

// "author":{…}
void write_author(JsonWriter& writer, const store::AuthorRecord& author);

// What an author is called: name and handle as far as there are any, else the id.
std::string display_name(const store::AuthorRecord& author);

}  // namespace passaparola::advocacy
