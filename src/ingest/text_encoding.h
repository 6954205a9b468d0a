// The encoding of an XML document whose writer may have been wrong about it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace passaparola::ingest {

// `document` as UTF-8 without a byte order mark: itself, or a conversion in `buffer`. The encoding
// is told by the byte order mark, else by the XML declaration (ICU knows some two hundred;
// ISO-8859-1 and US-ASCII are read as Windows-1252, as browsers do), else it is UTF-8 when that is
// valid and Windows-1252 when not. A document that declares UTF-8 is returned as it is, valid or
// not. nullopt: an encoding that ICU does not know.
std::optional<std::string_view> xml_as_utf8(std::string_view document, std::string& buffer);

}  // namespace passaparola::ingest
