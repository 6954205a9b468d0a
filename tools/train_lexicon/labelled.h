// Texts whose sentiment people have labelled: the sets of ../shared/data/sentiment, our own
// sentences (tests/golden/acts) and real mentions (tests/golden/mentions). What is held out of
// learning is decided here, once, for the trainer and for the bench that judges it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mention.h"
#include "core/post.h"

namespace passaparola::labelled {

struct Row {
  std::string id;  // "en_apple_dfe:17", "en012", "t3_10edot"
  std::string text;
  std::string title;
  std::string lang;
  PostKind kind = PostKind::post;
  bool is_reply = false;
  std::vector<Match> targets;  // where the brand stands; empty: the sentence as a whole is labelled
  std::string brand;
  Label gold = Label::neutral;
  std::optional<Label> gold_of_text;  // where the text as a whole is labelled apart from the brand
  double valence = 0;                 // of sets that give a mean rating, -4 to 4
  bool about_brand = true;
  bool held_out = false;  // never learned from
  std::string acts;       // "recommend_others,praise" or "-"; empty where acts are not labelled
  std::string disclosure;

  PostView post() const;
};

struct Set {
  std::string name;
  std::vector<Row> rows;
};

// A set of ../shared/data/sentiment by its file name without ending. Ratings within 0.2 of zero on
// the scale of -4 to 4 are neutral. With `towards_brand`, rows of the two sets that name a product
// get it as their target. Held out: one row in five, by a hash of its letters, so that copies stay
// together. Throws std::runtime_error when a file cannot be read.
Set read_sentences(const std::filesystem::path& data, std::string_view name, bool towards_brand);

// tests/golden/acts/<lang>.tsv. Held out: the half marked `judge`.
Set read_own_sentences(const std::filesystem::path& golden, std::string_view lang);

// tools/train_lexicon/sentences/<lang>.tsv, written to be learned from: kind, brand, sentiment
// towards it, sentiment of the text as a whole, acts, text. Nothing is held out.
Set read_written_sentences(const std::filesystem::path& folder, std::string_view lang);

// tests/golden/disclosure/<lang>.tsv: only disclosures are labelled. Held out: the half marked
// `judge`.
Set read_disclosures(const std::filesystem::path& golden, std::string_view lang);

// tests/golden/mentions/real_<lang>.tsv with the texts of ../shared/data/feeds. Held out: the half
// marked `judge`. Rows whose text is not there are left out and counted in `missing`.
Set read_mentions(const std::filesystem::path& golden, const std::filesystem::path& data,
                  std::string_view lang, std::size_t& missing);

}  // namespace passaparola::labelled
