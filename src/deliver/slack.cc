#include "deliver/slack.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "core/json.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::deliver {
namespace {

constexpr std::size_t kTextShown = 400;    // code points of a post
constexpr std::size_t kNameShown = 60;     // of a name
constexpr std::size_t kReasonShown = 300;  // of a reason of an alert
constexpr std::size_t kReasonsShown = 8;
constexpr std::size_t kActsShown = 4;

bool goes_on(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

std::string_view first_code_points(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (!goes_on(text[at]) && seen++ == most) break;
  }
  return text.substr(0, at);
}

bool begins_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) {
    return a == ('A' <= b && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
  });
}

// Servers that take Slack's messages call people together by plain words too.
bool is_call(std::string_view behind_at) {
  constexpr std::array<std::string_view, 4> kCalls{"channel", "here", "everyone", "all"};
  return std::any_of(kCalls.begin(), kCalls.end(), [behind_at](std::string_view call) {
    return begins_with_word(behind_at, call);
  });
}

void write_section(JsonWriter& writer, const std::string& words) {
  writer.StartObject();
  writer.field("type", "section");
  writer.key("text");
  writer.StartObject();
  writer.field("type", "mrkdwn");
  writer.field("verbatim", true);  // nothing in plain words becomes a link or a call
  writer.field("text", words);
  writer.EndObject();
  writer.EndObject();
}

std::string message(const std::string& summary, const std::vector<std::string>& sections) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("text", summary);
  writer.key("blocks");
  writer.StartArray();
  for (const std::string& words : sections) write_section(writer, words);
  writer.EndArray();
  writer.EndObject();
  return out;
}

std::string shown(const Mention& mention) {
  const PostView& post = mention.post;
  const std::string_view who =
      post.author.name.empty() ? (post.author.handle.empty() ? post.author.id : post.author.handle)
                               : post.author.name;
  std::string acts;
  for (std::size_t i = 0; i < std::min(mention.acts.size(), kActsShown); ++i) {
    acts += fmt::format(", {}", name_of(mention.acts[i].act));
  }
  const std::string_view text = post.text.empty() ? post.title : post.text;
  return fmt::format("*{}* {}{} · {}, {}\n{}", slack_text(mention.brand, kNameShown),
                     name_of(mention.sentiment.label), acts,
                     slack_link(post.url, slack_text(who, kNameShown)),
                     slack_text(post.source, kNameShown), slack_text(text, kTextShown));
}

// A line for each of the first.
std::string reasons_of(simdjson::dom::element alert) {
  std::string lines;
  simdjson::dom::array reasons;
  if (alert["reasons"].get(reasons)) return lines;
  std::size_t count = 0;
  for (const simdjson::dom::element reason : reasons) {
    std::string_view text;
    if (count++ == kReasonsShown || reason.get(text)) break;
    lines += fmt::format("\n• {}", slack_text(text, kReasonShown));
  }
  return lines;
}

}  // namespace

std::string slack_text(std::string_view text, std::size_t most) {
  const std::string line = terminal_safe(text);
  const std::string_view begin = first_code_points(line, most);
  std::string out;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    switch (begin[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '@':
        out += '@';
        if (is_call(begin.substr(i + 1))) out += "\u200B";
        break;
      default:
        out += begin[i];
    }
  }
  if (begin.size() < line.size()) out += "…";
  return out;
}

std::string slack_link(std::string_view url, std::string_view words) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return std::string(words);
  std::string out = "<";
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (byte <= ' ' || byte >= 0x7F || c == '<' || c == '>' || c == '|' || c == '"') {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return fmt::format("{}|{}>", out, words);
}

std::string slack_mentions(std::string_view delivery,
                           std::span<const store::StoredMention> mentions) {
  const std::string summary = mentions.size() == 1
                                  ? fmt::format("1 mention ({})", delivery)
                                  : fmt::format("{} mentions ({})", mentions.size(), delivery);
  std::vector<std::string> sections{fmt::format("*{}*", summary)};
  const std::size_t shown_count = std::min(mentions.size(), kSlackMentionsShown);
  for (const store::StoredMention& mention : mentions.first(shown_count)) {
    sections.push_back(shown(*mention));
  }
  if (shown_count < mentions.size()) {
    sections.push_back(fmt::format("and {} more", mentions.size() - shown_count));
  }
  return message(summary, sections);
}

std::string slack_alert(std::string_view alert_json,
                        std::span<const store::StoredMention> mentions) {
  const simdjson::padded_string padded(alert_json);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view brand, level, before;
  std::string reasons;
  if (!parser.parse(padded).get(root)) {
    (void)root["brand"].get(brand);
    (void)root["level"].get(level);
    (void)root["before"].get(before);
    reasons = reasons_of(root);
  }
  const std::string summary =
      fmt::format("{}: {} (before: {})", slack_text(brand, kNameShown), level, before);
  std::vector<std::string> sections{fmt::format("*{}*{}", summary, reasons)};
  const std::size_t shown_count = std::min(mentions.size(), kSlackAlertMentionsShown);
  for (const store::StoredMention& mention : mentions.first(shown_count)) {
    sections.push_back(shown(*mention));
  }
  return message(summary, sections);
}

}  // namespace passaparola::deliver
