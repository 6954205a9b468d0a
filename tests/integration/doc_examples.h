// The examples of a document of ours: its fenced blocks and what stands in backquotes, cut into
// what is asked and what is answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace passaparola::testing {

struct DocExample {
  std::string name;  // of the file and line, for people
  std::string text;
  std::string first_line() const { return text.substr(0, text.find('\n')); }
};

std::vector<DocExample> fenced_blocks(const std::string& markdown, const std::string& file);
std::vector<DocExample> quoted_spans(const std::string& markdown, const std::string& file);

// The first column of the table whose head begins with `head`: every word in backquotes, or its
// bare words where there are none.
std::vector<std::string> first_column(const std::string& markdown, const std::string& head);

// A request as a block shows it, and what the block says is answered.
struct DocExchange {
  std::string method, target;
  std::vector<std::string> fields;  // "Name: value"
  std::string body;
  int status = 0;                          // 0: the block does not say
  std::vector<std::string> answer_fields;  // names
  std::string answer;                      // empty: it does not say
};

// A request begins with its method and path, its body stands behind an empty line; an answer
// begins with its status alone on a line, and fields of it may follow before an empty line. Empty:
// the block shows no requests.
std::vector<DocExchange> exchanges_of(const std::string& block);

}  // namespace passaparola::testing
