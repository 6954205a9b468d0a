#include "feed/page_answer.h"

#include <algorithm>
#include <string>
#include <variant>

#include "feed/access.h"
#include "feed/inflate.h"
#include "feed/page.h"

namespace passaparola::feed {
namespace {

// Another name is given to what is other bytes, so nobody need ask again.
Answer file_for_ever(std::string_view type, std::string_view bytes) {
  Answer out;
  out.content_type = type;
  out.body = bytes;
  out.fields.emplace_back("Content-Encoding", "gzip");
  out.fields.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  out.fields.emplace_back("Vary", "Accept-Encoding");
  return out;
}

// "gzip" or "gzip;q=0.8", and not "gzip;q=0".
bool takes_gzip(const Head& head) {
  const auto members = list_members(head.field("accept-encoding"));
  return std::any_of(members.begin(), members.end(), [](std::string_view member) {
    if (!member.starts_with("gzip")) return false;
    const std::string_view rest = member.substr(4);
    if (rest.empty()) return true;
    const std::size_t quality = rest.find("q=");
    return rest.find_first_not_of(" \t;") == quality && quality != std::string_view::npos &&
           rest.find_first_of("123456789", quality) != std::string_view::npos;
  });
}

}  // namespace

Answer page_answer() {
  Answer out;
  out.content_type = "text/html; charset=utf-8";
  out.body = page_html();
  out.fields.emplace_back("Cache-Control", "no-cache");
  out.fields.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
      "require-trusted-types-for 'script'; trusted-types 'none'");
  return out;
}

Outcome page_file_answer(const Target& target) {
  const std::string& name = target.path.back();
  if (!name.empty() && name == page_script_name()) {
    return file_for_ever("text/javascript; charset=utf-8", page_script());
  }
  if (!name.empty() && name == page_style_name()) {
    return file_for_ever("text/css; charset=utf-8", page_style());
  }
  return Problem{404, "not-found", "the page has no such file: load it again"};
}

void suit_encoding(const Exchange& exchange, Answer& answer) {
  const auto encoding =
      std::find_if(answer.fields.begin(), answer.fields.end(),
                   [](const auto& field) { return field.first == "Content-Encoding"; });
  if (encoding == answer.fields.end() || takes_gzip(exchange.head)) return;
  auto plain = inflate_gzip(answer.body);
  if (!std::holds_alternative<std::string>(plain)) return;  // it is ours: it can be inflated
  answer.body = std::get<std::string>(std::move(plain));
  answer.fields.erase(encoding);
}

}  // namespace passaparola::feed
