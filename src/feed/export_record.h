// An export job as it is kept on disk. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "feed/exports.h"

namespace passaparola::feed {

std::string to_record(const ExportJob& job);
std::optional<ExportJob> read_export(std::string_view record);  // nullopt: damaged

// The job as GET /exports tells of it.
void write_export(JsonWriter& writer, const ExportJob& job, std::uint32_t store);

}  // namespace passaparola::feed
