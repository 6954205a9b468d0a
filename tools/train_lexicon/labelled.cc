#include "train_lexicon/labelled.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "core/fold.h"
#include "core/hash.h"
#include "core/limits.h"
#include "ingest/ingest.h"

namespace passaparola::labelled {
namespace {

namespace fs = std::filesystem;

constexpr double kNeutralRating = 0.2;  // 0.05 of the scale, as the published comparisons cut it

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
  return cells;
}

std::ifstream open(const fs::path& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot open " + path.string());
  return in;
}

bool is_letter(unsigned char c) { return c > 127 || (c >= 'a' && c <= 'z'); }

// Every place of `name` in `text` as whole words, whatever the case.
void find_brand(std::string_view text, Field field, std::string_view name, Row& row) {
  const Folded haystack = fold_with_origin(text);
  const std::string needle = folded(name);
  if (needle.empty()) return;
  const auto letter_at = [&](std::size_t at) {
    return at < haystack.text.size() && is_letter(static_cast<unsigned char>(haystack.text[at]));
  };
  for (std::size_t at = haystack.text.find(needle); at != std::string::npos;
       at = haystack.text.find(needle, at + needle.size())) {
    if ((at > 0 && letter_at(at - 1)) || letter_at(at + needle.size())) continue;
    row.targets.push_back({.field = field,
                           .begin = haystack.original_begin(at),
                           .end = haystack.original_end(at + needle.size())});
  }
}

// Every place of the brand in the text as it is written, even inside a handle or a link.
void find_as_written(Row& row) {
  for (std::size_t at = 0; (at = row.text.find(row.brand, at)) != std::string::npos; ++at) {
    row.targets.push_back({.begin = static_cast<std::uint32_t>(at),
                           .end = static_cast<std::uint32_t>(at + row.brand.size())});
  }
}

// Copies of one text share their fate: links, handles and all but letters are left out.
bool is_held_out(std::string_view text) {
  std::string letters;
  std::istringstream in(folded(text));
  for (std::string word; in >> word;) {
    if (word.starts_with("http") || word.starts_with("@")) continue;
    std::copy_if(word.begin(), word.end(), std::back_inserter(letters),
                 [](char c) { return is_letter(static_cast<unsigned char>(c)); });
  }
  return content_hash64(letters) % 5 == 0;
}

// What the rows of the two brand sets are about: their product, or whichever is named.
std::vector<std::string> names_of(std::string_view set, const std::string& product) {
  if (set == "en_apple_dfe") return {"apple", "aapl"};
  std::vector<std::string> names;
  for (const char* name : {"ipad", "ipad2", "iphone", "apple", "google", "android"}) {
    if (product.empty() || folded(product).find(name) != std::string::npos) names.push_back(name);
  }
  if (product.empty() || folded(product).find("app") != std::string::npos) {
    names.insert(names.end(), {"app", "apps"});
  }
  return names;
}

Label label_of(double valence, bool rating) {
  const double edge = rating ? kNeutralRating : 0.5;
  if (valence > edge) return Label::positive;
  return valence < -edge ? Label::negative : Label::neutral;
}

std::string unescaped(std::string text) {
  for (std::size_t at = 0; (at = text.find("\\n", at)) != std::string::npos;) {
    text.replace(at, 2, "\n");
  }
  return text;
}

void set_kind(const std::string& kind, Row& row) {
  row.is_reply = kind == "reply";
  row.kind = kind == "review" ? PostKind::review : PostKind::post;
  if (row.is_reply) row.kind = PostKind::reply;
}

Label golden_label(const std::string& name) { return parse_label(name).value_or(Label::neutral); }

struct Found {
  std::string text;
  std::string title;
  PostKind kind = PostKind::post;
};

std::map<std::string, Found> posts_of(const fs::path& file) {
  std::stringstream bytes;
  bytes << open(file).rdbuf();
  std::string text = bytes.str();
  const std::size_t size = text.size();
  text.append(kInputPaddingBytes, '\0');
  ingest::PostBatch batch;
  ingest::Decoder().decode(ingest::Format::autodetect, {text.data(), size}, batch);
  std::map<std::string, Found> posts;
  for (const PostView& post : batch.posts) {
    posts[std::string(post.id)] = {std::string(post.text), std::string(post.title), post.kind};
  }
  return posts;
}

}  // namespace

PostView Row::post() const {
  PostView post;
  post.text = text;
  post.title = title;
  post.lang = lang;
  post.kind = kind;
  if (is_reply) post.reply_to_id = "parent";
  return post;
}

Set read_sentences(const fs::path& data, std::string_view name, bool towards_brand) {
  Set set{std::string(name), {}};
  std::ifstream in = open(data / "sentiment" / (set.name + ".tsv"));
  const bool rating = name.starts_with("en_vader");
  for (std::string line; std::getline(in, line);) {
    const auto cells = cells_of(line);
    if (cells.size() < 2) continue;
    Row& row = set.rows.emplace_back();
    row.id = set.name + ":" + std::to_string(set.rows.size());
    row.lang = name.substr(0, 2);
    row.valence = std::stod(cells[0]);
    row.gold = label_of(row.valence, rating);
    row.text = cells[1];
    row.held_out = is_held_out(row.text);
    if (!towards_brand) continue;
    row.brand = cells.size() > 2 ? cells[2] : "";
    for (const std::string& brand : names_of(name, row.brand)) {
      find_brand(row.text, Field::text, brand, row);
    }
    std::sort(row.targets.begin(), row.targets.end(),
              [](const Match& a, const Match& b) { return a.begin < b.begin; });
  }
  return set;
}

Set read_own_sentences(const fs::path& golden, std::string_view lang) {
  Set set{"own_" + std::string(lang), {}};
  std::ifstream in = open(golden / "acts" / (std::string(lang) + ".tsv"));
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    if (cells.size() < 8) throw std::runtime_error(set.name + ": a row with too few cells");
    Row& row = set.rows.emplace_back();
    row.id = cells[0];
    row.held_out = cells[1] == "judge";
    set_kind(cells[2], row);
    row.brand = cells[3];
    row.text = unescaped(cells[4]);
    row.acts = cells[5];
    row.gold = golden_label(cells[6]);
    row.disclosure = cells[7];
    row.lang = lang;
    find_as_written(row);
  }
  return set;
}

Set read_disclosures(const fs::path& golden, std::string_view lang) {
  Set set{"disclosure_" + std::string(lang), {}};
  std::ifstream in = open(golden / "disclosure" / (std::string(lang) + ".tsv"));
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    if (cells.size() < 5) throw std::runtime_error(set.name + ": a row with too few cells");
    Row& row = set.rows.emplace_back();
    row.id = cells[0];
    row.held_out = cells[1] == "judge";
    row.brand = cells[2];
    row.text = unescaped(cells[3]);
    row.disclosure = cells[4];
    row.lang = lang;
    find_as_written(row);
  }
  return set;
}

Set read_written_sentences(const fs::path& folder, std::string_view lang) {
  Set set{"written_" + std::string(lang), {}};
  std::ifstream in = open(folder / (std::string(lang) + ".tsv"));
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    const auto cells = cells_of(line);
    if (cells.size() != 6)
      throw std::runtime_error(set.name + ": a row without six cells: " + line);
    Row& row = set.rows.emplace_back();
    row.id = set.name + ":" + std::to_string(set.rows.size());
    row.lang = lang;
    set_kind(cells[0], row);
    row.brand = cells[1];
    row.gold = golden_label(cells[2]);
    row.gold_of_text = golden_label(cells[3]);
    row.acts = cells[4];
    row.text = unescaped(cells[5]);
    find_brand(row.text, Field::text, row.brand, row);
  }
  return set;
}

Set read_mentions(const fs::path& golden, const fs::path& data, std::string_view lang,
                  std::size_t& missing) {
  Set set{"real_" + std::string(lang), {}};
  std::ifstream in = open(golden / "mentions" / ("real_" + std::string(lang) + ".tsv"));
  std::map<std::string, std::map<std::string, Found>> files;
  std::string line;
  std::getline(in, line);
  missing = 0;
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    if (cells.size() < 7) throw std::runtime_error(set.name + ": a row with too few cells");
    auto file = files.find(cells[0]);
    if (file == files.end()) {
      file = files.emplace(cells[0], posts_of(data / "feeds" / cells[0])).first;
    }
    const auto post = file->second.find(cells[2]);
    Row row;
    if (post != file->second.end()) {
      row.text = post->second.text;
      row.title = post->second.title;
      row.kind = post->second.kind;
      find_brand(row.title, Field::title, cells[3], row);
      find_brand(row.text, Field::text, cells[3], row);
    }
    if (row.targets.empty()) {
      ++missing;
      continue;
    }
    row.id = cells[2];
    row.brand = cells[3];
    row.about_brand = cells[4] != "not_the_brand";
    row.gold = golden_label(cells[4]);
    row.acts = cells[5];
    row.held_out = cells[6] == "judge";
    row.lang = lang;
    set.rows.push_back(std::move(row));
  }
  return set;
}

}  // namespace passaparola::labelled
