// Occurrence: an atom of a program stands in a post. And the check that turns what a scanner saw
// into occurrences: word edges, whole tags and handles, hosts, exact bytes.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "core/mention.h"
#include "match/post_text.h"
#include "match/program.h"

namespace passaparola::match {

struct Occurrence {
  std::uint32_t atom = 0;
  Field field = Field::text;
  std::uint16_t link = 0;
  std::uint32_t begin = 0;  // half-open bytes of the original field
  std::uint32_t end = 0;
  auto operator<=>(const Occurrence&) const = default;
};

// The literal of `atom` stands at [begin, end) of the search text of `field`, or of its accentless
// form if the atom ignores accents. Appends what it proves.
void verify(const Program& program, std::uint32_t atom, PostText& text, Field field,
            std::size_t begin, std::size_t end, std::vector<Occurrence>& out);

// The same in the words of hashtags, which phrases of several words alone are sought in.
void verify_tag_words(const Program& program, std::uint32_t atom, PostText& text, Field field,
                      std::size_t begin, std::size_t end, std::vector<Occurrence>& out);

// The same for a domain at [begin, end) of the search text of the host of a link.
void verify_link(std::uint32_t atom, std::string_view link, std::uint16_t index, std::size_t begin,
                 std::size_t end, std::vector<Occurrence>& out);

}  // namespace passaparola::match
