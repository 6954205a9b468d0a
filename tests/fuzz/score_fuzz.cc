// Any text, in any language: no crash, no promise of an enrichment broken.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "core/fold.h"
#include "sentiment/sentiment.h"
#include "unit/sentiment/enrichment_checks.h"

namespace {

using namespace passaparola;

const sentiment::Scorer& scorer() {
  static const auto loaded = sentiment::Scorer::load(PASSAPAROLA_SOURCE_DIR "/rules/lexicons");
  CHECK(loaded.has_value(), "the project's lexicons load");
  return **loaded;
}

}  // namespace

// The first byte chooses language and kind, the second splits the rest into text and title.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (!is_valid_utf8(all)) return 0;
  std::size_t cut = all.size() * data[1] / 255;
  while (cut > 0 && cut < all.size() && (static_cast<unsigned char>(all[cut]) & 0xC0) == 0x80) {
    --cut;
  }
  constexpr std::string_view kLanguages[] = {"en", "it", "", "fr"};
  PostView post;
  post.lang = kLanguages[data[0] % 4];
  post.kind = static_cast<PostKind>((data[0] / 4) % 7);
  post.text = all.substr(0, cut);
  post.title = all.substr(cut);
  post.author.bio = post.title;
  const std::string_view links[] = {post.title};
  post.links = links;
  Match match;
  match.end = static_cast<std::uint32_t>(cut);
  while (match.end > 8 && !sentiment::is_span(post.text, 0, match.end)) --match.end;
  const std::vector<std::string> words{"brand"};
  const sentiment::Target target{"Brand", words, words, {&match, 1}, false};
  Arena arena;
  const sentiment::Enrichment given = scorer().enrich(post, target, arena);
  const std::string broken = sentiment::first_broken_promise(post, given);
  CHECK(broken.empty(), broken.c_str());
  CHECK(sentiment::broken_sentiment(post, scorer().score(post.text, post.lang, arena)).empty(),
        "a sentence score keeps its promises");
  return 0;
}
