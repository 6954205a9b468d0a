// What a daemon asks of its process before anything else.
#pragma once

#include <cstddef>

namespace passaparola::app {

// What this process makes is for its owner alone, and its memory, in which there are tokens and
// what people wrote, is not dumped when it dies, unless PASSAPAROLA_CORE_DUMPS is set.
void keep_private();

// Takes as many descriptors as the process may have. Gives how many connections leave enough of
// them for the store.
std::size_t connections_within_descriptors();

}  // namespace passaparola::app
