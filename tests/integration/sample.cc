#include "integration/sample.h"

#include <simdjson.h>

#include <array>
#include <random>

#include "core/json.h"
#include "core/time.h"
#include "integration/program.h"

namespace passaparola::testing {
namespace {

Timestamp started() {
  static const Timestamp at = now();
  return at;
}

std::string some_words(std::mt19937_64& random, int count) {
  constexpr std::array<const char*, 24> kWords{
      "casa",   "sole",  "mare",   "libro",  "gatto",  "strada", "treno",  "notte",
      "giorno", "amico", "scuola", "pane",   "vino",   "acqua",  "fiore",  "monte",
      "fiume",  "vento", "neve",   "estate", "musica", "danza",  "colore", "verde"};
  std::string words;
  for (int i = 0; i < count; ++i) words += std::string(" ") + kWords[random() % kWords.size()];
  return words;
}

void write_line(const PostView& post, std::string& lines) {
  JsonWriter writer(lines);
  write_post(writer, post);
  lines.push_back('\n');
}

}  // namespace

std::filesystem::path write_sample_rules(const std::filesystem::path& folder) {
  write_file(folder / "rules" / "moka.rules",
             "brand moka_nera \"Moka Nera\" {\n"
             "  terms    \"moka nera\", mokanera\n"
             "  hashtags mokanera\n"
             "}\n");
  return folder / "rules";
}

std::string sample_posts(std::uint64_t first, std::uint64_t count, std::uint64_t match_every,
                         std::uint64_t authors, const std::string& mark) {
  std::string lines;
  for (std::uint64_t i = first; i < first + count; ++i) {
    const std::string id = std::to_string(i);
    const std::string author = "author-" + std::to_string(i % authors);
    std::string text = i % match_every == 0 ? "Adoro la moka nera, ve la consiglio! Numero " + id
                                            : "Oggi piove e non ho voglia di uscire. Numero " + id;
    if (i == first && !mark.empty()) text += " " + mark;
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    post.text = text;
    post.lang = "it";
    post.created_at.milliseconds = 1'700'000'000'000 + static_cast<std::int64_t>(i) * 1000;
    write_line(post, lines);
  }
  return lines;
}

std::string praising_posts(std::uint64_t first, std::uint64_t count, std::uint64_t people,
                           std::uint64_t regulars) {
  constexpr std::int64_t kSpan = 80 * kMillisecondsPerDay;
  std::string lines;
  for (std::uint64_t i = first; i < first + count; ++i) {
    std::mt19937_64 random(i);
    const std::string id = std::to_string(i);
    const std::string author = "author-" + std::to_string(i < people ? i : i % regulars);
    const std::string text = some_words(random, 6) + ". Adoro la moka nera, ve la consiglio!" +
                             some_words(random, 6) + ". Numero " + id;
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    post.text = text;
    post.lang = "it";
    post.created_at.milliseconds =
        started().milliseconds - kSpan + static_cast<std::int64_t>(i) * 600'000 % kSpan;
    write_line(post, lines);
  }
  return lines;
}

std::string praise_end() { return format_rfc3339(started()); }

std::string csv_column(const std::string& csv, std::size_t column) {
  std::string values;
  for (std::size_t at = 0; at < csv.size();) {
    const std::size_t end = std::min(csv.find('\n', at), csv.size());
    std::string_view line(csv.data() + at, end - at);
    for (std::size_t i = 0; i < column; ++i) {
      line.remove_prefix(std::min(line.find(','), line.size() - 1) + 1);
    }
    values.append(line.substr(0, line.find(','))).push_back('\n');
    at = end + 1;
  }
  return values;
}

std::string post_ids(const std::string& ndjson) {
  simdjson::dom::parser parser;
  std::string ids;
  for (std::size_t at = 0; at < ndjson.size();) {
    const std::size_t end = std::min(ndjson.find('\n', at), ndjson.size());
    std::string_view id;
    if (parser.parse(ndjson.substr(at, end - at))["post"]["id"].get(id)) id = "unreadable";
    ids.append(id).push_back('\n');
    at = end + 1;
  }
  return ids;
}

}  // namespace passaparola::testing
