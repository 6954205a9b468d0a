// Server-sent events (HTML standard, "9.2.6 Interpreting an event stream"), as one whole chunk.
// Ids and retry times are not read: no source of ours resumes by them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace passaparola::ingest {

struct ServerSentEvent {
  std::string_view name;   // "message" when the stream does not say
  std::string_view data;   // data lines joined by '\n'; followed by readable bytes, as input is
  std::uint64_t line = 1;  // of the chunk, where the event begins
};

class ServerSentEvents {
 public:
  // Both `chunk` and `joined` (memory for data of several lines) must outlive the reader.
  ServerSentEvents(std::string_view chunk, std::string& joined);

  // The next event that has data; false at the end. An event is valid until the next call.
  bool next(ServerSentEvent& event);

  std::uint64_t comments() const { return comments_; }
  // After the end: the chunk stopped inside an event, which the standard says to discard.
  bool cut_short() const { return cut_short_; }
  std::uint64_t line() const { return line_; }

 private:
  bool take_line(std::string_view& line);
  void read_field(std::string_view line);
  void add_data(std::string_view value);

  std::string_view rest_;
  std::string& joined_;
  std::string_view name_;
  std::string_view data_;
  std::size_t data_lines_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t first_line_ = 0;
  std::uint64_t comments_ = 0;
  bool cut_short_ = false;
};

// True when the first line that is not blank is one of an event stream.
bool looks_like_events(std::string_view head);

// The length of the longest prefix of `bytes` that ends where no event is open: behind a blank
// line, or behind a comment that follows one.
std::size_t whole_events(std::string_view bytes);

// `text` without a byte order mark at its front.
std::string_view without_mark(std::string_view text);

}  // namespace passaparola::ingest
