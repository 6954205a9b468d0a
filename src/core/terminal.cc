#include "core/terminal.h"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <cstdint>

namespace passaparola {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";
constexpr std::string_view kEllipsis = "…";

// The code point at `offset`, which moves behind it; negative for bytes that are not UTF-8.
UChar32 take(std::string_view text, std::size_t& offset) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  auto at = static_cast<std::int64_t>(offset);
  UChar32 c = 0;
  U8_NEXT(bytes, at, size, c);
  offset = static_cast<std::size_t>(at);
  return c;
}

bool breaks_lines(UChar32 c) {
  return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_dangerous(UChar32 c) {
  const bool is_tag = c >= 0xE0000 && c <= 0xE007F;
  return c < 0 || u_charType(c) == U_CONTROL_CHAR || u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL) ||
         is_tag;
}

std::size_t width_of(UChar32 c) {
  if (c < 0) return 1;
  const auto type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK ||
      u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
    return 0;
  }
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

std::string terminal_safe(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t begin = offset;
    const UChar32 c = take(text, offset);
    if (breaks_lines(c)) {
      safe.push_back(' ');
    } else if (is_dangerous(c)) {
      safe.append(kReplacement);
    } else {
      safe.append(text.substr(begin, offset - begin));
    }
  }
  return safe;
}

std::string terminal_safe_json(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  std::size_t offset = 0, kept = 0;  // all before `kept` is in `safe`
  const auto escape = [&safe](unsigned unit) { safe += fmt::format("\\u{:04x}", unit); };
  while (offset < json.size()) {
    const auto byte = static_cast<unsigned char>(json[offset]);
    if (byte < 0x7f) {  // JSON has escaped what is below a blank
      ++offset;
      continue;
    }
    const std::size_t begin = offset;
    const UChar32 c = take(json, offset);
    if (c < 0 || (!is_dangerous(c) && !breaks_lines(c))) continue;
    safe.append(json.substr(kept, begin - kept));
    kept = offset;
    if (c > 0xffff) escape(U16_LEAD(c));
    escape(c > 0xffff ? U16_TRAIL(c) : static_cast<unsigned>(c));
  }
  return safe.append(json.substr(kept));
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  std::size_t offset = 0;
  while (offset < text.size()) width += width_of(take(text, offset));
  return width;
}

std::string fit_columns(std::string_view text, std::size_t columns) {
  std::size_t width = display_width(text);
  std::string fitted(text);
  if (width > columns) {
    width = 0;
    std::size_t offset = 0;
    std::size_t end = 0;
    while (offset < text.size()) {
      const std::size_t next = width + width_of(take(text, offset));
      if (next + 1 > columns) break;
      width = next;
      end = offset;
    }
    fitted.assign(text.substr(0, end));
    if (columns > 0) {
      fitted.append(kEllipsis);
      ++width;
    }
  }
  fitted.append(columns - width, ' ');
  return fitted;
}

}  // namespace passaparola
