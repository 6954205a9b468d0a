// Any bytes as a rule file and as a filter: parsing, checking, compiling and judging a post never
// crash, hang or grow, and what compiles says the same as the reference engine.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/arena.h"
#include "core/check.h"
#include "core/fold.h"
#include "match/compiled.h"
#include "match/reference.h"

namespace {

using namespace passaparola;
using namespace passaparola::match;

void judge(const std::shared_ptr<const Ruleset>& rules, std::string_view text) {
  PostView post;
  post.text = text;
  post.title = "moka nera #moka @moka https://moka.example/ caffè";
  Arena arena;
  std::vector<PostMatch> found;
  Matcher(rules, {}).find(std::span(&post, 1), arena, found);
  Subject subject;
  subject.reset(post, nullptr);
  const auto expected = Reference(rules->compiled().book, subject).mentions({});
  CHECK(found.size() == expected.size(), "both engines find the same brands");
  for (std::size_t i = 0; i < found.size(); ++i) {
    CHECK(found[i].matches.size() == expected[i].matches.size(), "and the same spans");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::vector<RuleFile> files{{"fuzz.rules", std::string(bytes)}};
  for (const Diagnostic& diagnostic : Ruleset::check(files)) {
    CHECK(diagnostic.line > 0 && diagnostic.column > 0, "every diagnostic has a place");
    CHECK(is_valid_utf8(to_text(diagnostic)), "and can be shown");
  }
  if (const auto rules = Ruleset::compile(files)) {
    judge(*rules, is_valid_utf8(bytes) ? bytes : "moka");
  }
  if (const auto filter = Filter::compile(bytes)) {
    Mention mention;
    mention.brand = "moka";
    mention.post.text = is_valid_utf8(bytes) ? bytes : "moka";
    (*filter)(mention);
  }
  return 0;
}
