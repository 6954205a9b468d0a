#include "integration/sample.h"

#include <simdjson.h>

#include "core/json.h"
#include "integration/program.h"

namespace passaparola::testing {

std::filesystem::path write_sample_rules(const std::filesystem::path& folder) {
  write_file(folder / "rules" / "moka.rules",
             "brand moka_nera \"Moka Nera\" {\n"
             "  terms    \"moka nera\", mokanera\n"
             "  hashtags mokanera\n"
             "}\n");
  return folder / "rules";
}

std::string sample_posts(std::uint64_t first, std::uint64_t count, std::uint64_t match_every) {
  std::string lines;
  for (std::uint64_t i = first; i < first + count; ++i) {
    const std::string id = std::to_string(i);
    const std::string author = "author-" + std::to_string(i % 97);
    const std::string text = i % match_every == 0
                                 ? "Adoro la moka nera, ve la consiglio! Numero " + id
                                 : "Oggi piove e non ho voglia di uscire. Numero " + id;
    PostView post;
    post.source = "test";
    post.id = id;
    post.author.id = author;
    post.text = text;
    post.lang = "it";
    post.created_at.milliseconds = 1'700'000'000'000 + static_cast<std::int64_t>(i) * 1000;
    JsonWriter writer(lines);
    write_post(writer, post);
    lines.push_back('\n');
  }
  return lines;
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
