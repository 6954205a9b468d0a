// The desk family: what people and the server keep beside the mentions (docs/STORE_FORMAT.md,
// "Desk"). Internal. Decoding anything is safe: nullopt when the bytes are not what encoding makes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/triage.h"
#include "store/keys.h"
#include "store/state.h"
#include "store/store.h"

namespace passaparola::store {

// The first byte of a key of triage; those of records are the values of RecordKind.
inline constexpr char kTriageKind = 't';

std::string triage_key(const MentionId& id);
void encode_triage(const Triage& triage, std::string& out);
std::optional<Triage> decode_triage(std::string_view value);

// What people did with a mention; nullopt: nothing. Errors: corrupt, io.
Result<std::optional<Triage>> triage_of(const Store::State& state, const Database& database,
                                        const Mention& mention);

// Puts what people did with `mention`, if they did anything, beside it. Errors: corrupt, io.
Result<void> add_triage(const Store::State& state, const Database& database,
                        StoredMention& mention);

}  // namespace passaparola::store
