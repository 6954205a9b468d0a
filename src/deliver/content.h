// What a message says to whom it goes, in the words that they take.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "deliver/deliver.h"

namespace passaparola::deliver {

// As the store has it now: what was deleted or erased is not in it. nullopt: nothing is left to be
// told. Errors: io, corrupt.
Result<std::optional<std::string>> content_of(const Delivery& delivery, const Services& services,
                                              const Message& message);

}  // namespace passaparola::deliver
