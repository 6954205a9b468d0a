// Confusion tables: what the program says of the planted people, class by class and type by type.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace passaparola::make_corpus {

// `truth` is the truth of a feed; each of `answers` one `advocates --format json` of one brand and
// class. The tables as text, all brands of the answers together: planted roles by relation class,
// advocates of a known style by type, planted defenders by whether a defence was seen; somebody in
// no answer is in the column "none". Errors: invalid_argument.
Result<std::string> confusion(std::string_view truth, std::span<const std::string> answers);

}  // namespace passaparola::make_corpus
