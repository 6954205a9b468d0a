#include "deliver/mail.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "core/base64.h"
#include "core/terminal.h"

namespace passaparola::deliver {
namespace {

constexpr std::size_t kColumns = 76;       // of base64, as MIME wants it
constexpr std::size_t kSubjectBytes = 39;  // of one encoded word, with which a line has 76 at most
constexpr std::size_t kTextShown = 600;    // columns of a post

std::string lines_of_base64(std::string_view text) {
  const std::string all = base64(text);
  std::string out;
  for (std::size_t at = 0; at < all.size(); at += kColumns) {
    out += all.substr(at, kColumns) + "\r\n";
  }
  return out;
}

// Lines as they end in mail.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// As encoded words (RFC 2047), none of which cuts a character.
std::string encoded_subject(std::string_view subject) {
  std::string out;
  while (!subject.empty()) {
    std::size_t size = std::min(subject.size(), kSubjectBytes);
    while (size < subject.size() && (static_cast<unsigned char>(subject[size]) & 0xC0U) == 0x80U) {
      --size;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(subject.substr(0, size)) + "?=";
    subject.remove_prefix(size);
  }
  return out;
}

// "Fri, 27 Nov 2026 10:00:00 +0000"
std::string date_of(Timestamp at) {
  constexpr std::array<std::string_view, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = format_rfc3339(at);  // "2026-11-27T10:00:00.000Z"
  const auto month = static_cast<std::size_t>(std::stoul(text.substr(5, 2)) - 1);
  const auto day = static_cast<std::size_t>((day_of(at) % 7 + 7) % 7);
  return fmt::format("{}, {} {} {} {} +0000", kDays[day], text.substr(8, 2), kMonths[month],
                     text.substr(0, 4), text.substr(11, 8));
}

std::string shown(const Mention& mention) {
  const PostView& post = mention.post;
  const std::string_view who =
      post.author.name.empty() ? (post.author.handle.empty() ? post.author.id : post.author.handle)
                               : post.author.name;
  std::string acts;
  for (const ActHit& hit : mention.acts) acts += fmt::format(", {}", name_of(hit.act));
  const std::string text = terminal_safe(post.text.empty() ? post.title : post.text);
  const bool fits = display_width(text) <= kTextShown;
  return fmt::format("{}: {}{}\n{}, {}, {}\n{}\n{}\n\n", mention.brand,
                     name_of(mention.sentiment.label), acts, terminal_safe(who),
                     terminal_safe(post.source), format_rfc3339(post.created_at),
                     fits ? text : fit_columns(text, kTextShown), terminal_safe(post.url));
}

}  // namespace

std::string mail(const Envelope& envelope, std::string_view subject, std::string_view text) {
  std::string to;
  for (const std::string& one : envelope.to) to += (to.empty() ? "" : ",\r\n ") + one;
  const std::string domain = envelope.from.substr(envelope.from.find('@') + 1);
  return fmt::format(
             "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{}@{}>\r\n"
             "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
             "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
             envelope.from, to, encoded_subject(terminal_safe(subject)), date_of(envelope.at),
             envelope.id, domain) +
         lines_of_base64(with_crlf(text));
}

std::string mail_of_mentions(const Envelope& envelope, std::string_view delivery,
                             std::span<const store::StoredMention> mentions) {
  std::string text;
  for (const store::StoredMention& mention : mentions) text += shown(*mention);
  const std::string subject = mentions.size() == 1
                                  ? fmt::format("1 mention ({})", delivery)
                                  : fmt::format("{} mentions ({})", mentions.size(), delivery);
  return mail(envelope, subject, text);
}

std::string mail_of_alert(const Envelope& envelope, std::string_view alert_json) {
  const simdjson::padded_string padded(alert_json);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view brand, level, before;
  simdjson::dom::array reasons;
  std::string text;
  if (!parser.parse(padded).get(root) && !root["brand"].get(brand) && !root["level"].get(level) &&
      !root["before"].get(before) && !root["reasons"].get(reasons)) {
    for (const simdjson::dom::element reason : reasons) {
      std::string_view words;
      if (!reason.get(words)) text += fmt::format("- {}\n", terminal_safe(words));
    }
  }
  return mail(envelope, fmt::format("{}: {} (before: {})", brand, level, before), text);
}

}  // namespace passaparola::deliver
