// What both interfaces of X share.
#pragma once

#include <optional>
#include <string_view>

#include "ingest/draft.h"
#include "ingest/json_value.h"

namespace passaparola::ingest {

inline constexpr std::string_view kXSource = "x";

// The id of an object: `id_str` (or `<name>_str`) over the number, which some tools have rounded.
// Numbers are written into the arena.
std::string_view x_id(JsonObject object, std::string_view text_key, std::string_view number_key,
                      Arena& arena);

// https://x.com/HANDLE/status/ID; "i" stands for an unknown handle.
std::string_view x_url(Draft& draft, std::string_view handle, std::string_view id);

// The created_at of a post; an absent one is read from the id, which holds the time in milliseconds
// since 2010-11-04 (X's "Snowflake" ids).
void read_x_time(Draft& draft, std::string_view created_at, std::string_view id);

// The targets of `entities.urls` (both interfaces).
void add_x_links(std::optional<JsonObject> entities, LinkList& links);

}  // namespace passaparola::ingest
