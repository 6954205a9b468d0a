#include "ingest/server_sent_events.h"

#include <algorithm>

#include "core/limits.h"

namespace passaparola::ingest {
namespace {

// The end of the line at the front of `text` without and with its line end; npos when it has none.
struct LineEnd {
  std::size_t text = std::string_view::npos;
  std::size_t next = std::string_view::npos;
};

LineEnd line_end(std::string_view text) {
  const std::size_t at = text.find_first_of("\r\n");
  if (at == std::string_view::npos) return {};
  const bool pair = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
  return {at, at + (pair ? 2 : 1)};
}

}  // namespace

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

ServerSentEvents::ServerSentEvents(std::string_view chunk, std::string& joined)
    : rest_(without_mark(chunk)), joined_(joined) {}

bool ServerSentEvents::take_line(std::string_view& line) {
  const LineEnd end = line_end(rest_);
  if (end.text == std::string_view::npos) {
    // A last line without an end belongs to an event that will never be whole, unless it is a
    // comment that was cut.
    cut_short_ = cut_short_ || (!rest_.empty() && rest_.front() != ':') || first_line_ != 0;
    rest_ = {};
    return false;
  }
  line = rest_.substr(0, end.text);
  rest_.remove_prefix(end.next);
  ++line_;
  return true;
}

void ServerSentEvents::add_data(std::string_view value) {
  if (++data_lines_ == 1) {
    data_ = value;
    return;
  }
  if (data_lines_ == 2) joined_.assign(data_);
  joined_.push_back('\n');
  joined_.append(value);
}

void ServerSentEvents::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value;
  if (colon != std::string_view::npos) value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (first_line_ == 0) first_line_ = line_;
  if (name == "event") name_ = value;
  if (name == "data") add_data(value);
}

bool ServerSentEvents::next(ServerSentEvent& event) {
  name_ = {};
  data_lines_ = 0;
  first_line_ = 0;
  std::string_view line;
  while (take_line(line)) {
    if (line.starts_with(':')) {
      ++comments_;
    } else if (!line.empty()) {
      read_field(line);
    } else if (data_lines_ > 0) {
      if (data_lines_ > 1) {
        joined_.reserve(joined_.size() + kInputPaddingBytes);
        data_ = joined_;
      }
      event = {name_.empty() ? std::string_view("message") : name_, data_, first_line_};
      return true;
    } else {
      name_ = {};
      first_line_ = 0;
    }
  }
  return false;
}

bool looks_like_events(std::string_view head) {
  head = without_mark(head);
  const std::size_t start = head.find_first_not_of("\r\n");
  if (start == std::string_view::npos) return false;
  head.remove_prefix(start);
  if (head.starts_with(':')) return true;
  const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  const std::string_view name = line.substr(0, line.find(':'));
  return name == "event" || name == "data" || name == "id" || name == "retry";
}

std::size_t whole_events(std::string_view bytes) {
  std::size_t whole = 0;
  std::size_t at = 0;
  bool open = false;
  while (at < bytes.size()) {
    const std::string_view rest = bytes.substr(at);
    const LineEnd end = line_end(rest);
    if (end.text == std::string_view::npos) break;
    at += end.next;
    if (end.text == 0) {
      open = false;
    } else if (rest.front() != ':') {
      open = true;
    }
    if (!open) whole = at;
  }
  return whole;
}

}  // namespace passaparola::ingest
