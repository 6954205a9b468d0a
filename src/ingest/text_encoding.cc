#include "ingest/text_encoding.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/fold.h"

namespace passaparola::ingest {
namespace {

constexpr std::string_view kUtf8 = "utf-8";
constexpr std::string_view kWestern = "windows-1252";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// The name in `<?xml … encoding="NAME"?>` in small letters; empty when there is none.
std::string declared_encoding(std::string_view document) {
  constexpr std::size_t kLongestDeclaration = 256;
  constexpr std::size_t kLongestName = 40;
  const std::size_t start = document.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return {};
  std::string_view head = document.substr(start, kLongestDeclaration);
  if (!head.starts_with("<?xml")) return {};
  head = head.substr(0, head.find("?>"));
  const std::size_t key = head.find("encoding");
  if (key == std::string_view::npos) return {};
  const std::size_t open = head.find_first_of("\"'", key);
  if (open == std::string_view::npos) return {};
  const std::size_t close = head.find(head[open], open + 1);
  if (close == std::string_view::npos || close - open > kLongestName) return {};
  std::string name(head.substr(open + 1, close - open - 1));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return name;
}

// The encoding that the first bytes give away; empty when they do not.
std::string_view marked_encoding(std::string_view document) {
  if (document.starts_with("\xFE\xFF")) return "utf-16be";
  if (document.starts_with("\xFF\xFE")) return "utf-16le";
  if (document.starts_with("\xEF\xBB\xBF")) return kUtf8;
  if (document.starts_with(std::string_view("\0<", 2))) return "utf-16be";
  if (document.starts_with(std::string_view("<\0", 2))) return "utf-16le";
  return {};
}

std::optional<std::string_view> converted(std::string_view document, const std::string& from,
                                          std::string& buffer) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!std::all_of(from.begin(), from.end(), is_plain)) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(
      ucnv_open(from.c_str(), &status), &ucnv_close);
  if (U_FAILURE(status)) return std::nullopt;
  const icu::UnicodeString text(document.data(), static_cast<std::int32_t>(document.size()),
                                converter.get(), status);
  if (U_FAILURE(status)) return std::nullopt;
  buffer.clear();
  text.toUTF8String(buffer);
  return std::string_view(buffer);
}

}  // namespace

std::optional<std::string_view> xml_as_utf8(std::string_view document, std::string& buffer) {
  std::string encoding(marked_encoding(document));
  if (encoding.empty()) encoding = declared_encoding(document);
  if (encoding == "iso-8859-1" || encoding == "latin1" || encoding == "us-ascii") {
    encoding = kWestern;
  }
  // A declaration in plain letters cannot be in 16-bit units.
  if (encoding == "utf-16" || encoding == "ucs-2" || encoding == "utf8") encoding = kUtf8;
  if (encoding.empty()) encoding = is_valid_utf8(document) ? kUtf8 : kWestern;
  std::optional<std::string_view> text =
      encoding == kUtf8 ? document : converted(document, encoding, buffer);
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text && text->starts_with(kMark)) text->remove_prefix(kMark.size());
  return text;
}

}  // namespace passaparola::ingest
