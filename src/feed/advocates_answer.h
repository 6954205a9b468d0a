// The people of a brand over HTTP. Any thread of the jobs pool; blocks.
#pragma once

#include "feed/api.h"

namespace passaparola::feed {

Outcome advocates_answer(Context& context, const Target& target);
Outcome revisions_answer(Context& context, const Target& target);

}  // namespace passaparola::feed
