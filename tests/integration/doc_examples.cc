#include "integration/doc_examples.h"

#include <re2/re2.h>

#include <sstream>

namespace passaparola::testing {
namespace {

enum class Part { none, head, body, answer_head, answer };

bool begins_request(const std::string& line, DocExchange& exchange) {
  static const re2::RE2 kRequest("(GET|POST|PUT|PATCH|DELETE) (/\\S*)");
  return re2::RE2::FullMatch(line, kRequest, &exchange.method, &exchange.target);
}

bool is_status(const std::string& line, int& status) {
  static const re2::RE2 kStatus("([1-5][0-9][0-9])");
  return re2::RE2::FullMatch(line, kStatus, &status);
}

bool is_field(const std::string& line) {
  static const re2::RE2 kField("[A-Za-z-]+: .*");
  return re2::RE2::FullMatch(line, kField);
}

void append_line(const std::string& line, std::string& text) {
  if (line.empty() && text.empty()) return;
  text += text.empty() ? line : "\n" + line;
}

void trim_end(std::string& text) {
  while (text.ends_with('\n')) text.pop_back();
}

// What a line of an exchange is; the part that the next one belongs to.
Part take_line(const std::string& line, Part part, DocExchange& exchange) {
  if (is_status(line, exchange.status)) return Part::answer_head;
  if (part == Part::head && is_field(line)) {
    exchange.fields.push_back(line);
    return part;
  }
  if (part == Part::answer_head && is_field(line)) {
    exchange.answer_fields.push_back(line.substr(0, line.find(':')));
    return part;
  }
  const bool asks = part == Part::head || part == Part::body;
  append_line(line, asks ? exchange.body : exchange.answer);
  return asks ? Part::body : Part::answer;
}

}  // namespace

std::vector<DocExample> fenced_blocks(const std::string& markdown, const std::string& file) {
  std::vector<DocExample> blocks;
  std::istringstream lines(markdown);
  std::string line;
  bool is_inside = false;
  std::size_t indent = 0;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin != std::string::npos && line.compare(begin, 3, "```") == 0) {
      is_inside = !is_inside;
      indent = begin;
      if (is_inside) blocks.push_back({file + ":" + std::to_string(number), ""});
    } else if (is_inside) {
      append_line(line.size() > indent ? line.substr(indent) : "", blocks.back().text);
    }
  }
  return blocks;
}

std::vector<DocExample> quoted_spans(const std::string& markdown, const std::string& file) {
  std::vector<DocExample> spans;
  std::istringstream lines(markdown);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.find("```") != std::string::npos) continue;
    for (std::size_t begin = line.find('`'); begin != std::string::npos;) {
      const std::size_t end = line.find('`', begin + 1);
      if (end == std::string::npos) break;
      spans.push_back(
          {file + ":" + std::to_string(number), line.substr(begin + 1, end - begin - 1)});
      begin = line.find('`', end + 1);
    }
  }
  return spans;
}

std::vector<std::string> first_column(const std::string& markdown, const std::string& head) {
  std::vector<std::string> words;
  std::istringstream lines(markdown.substr(std::min(markdown.find(head), markdown.size())));
  std::string line;
  std::getline(lines, line);
  std::getline(lines, line);
  static const re2::RE2 kWord("`([^`]*)`");
  while (std::getline(lines, line) && line.starts_with("| ")) {
    const std::string cell = line.substr(2, line.find(" |", 2) - 2);
    re2::StringPiece rest(cell);
    std::string word;
    bool is_quoted = false;
    while (re2::RE2::FindAndConsume(&rest, kWord, &word)) {
      words.push_back(word);
      is_quoted = true;
    }
    if (!is_quoted) words.push_back(cell);
  }
  return words;
}

std::vector<DocExchange> exchanges_of(const std::string& block) {
  std::vector<DocExchange> exchanges;
  std::istringstream lines(block);
  std::string line;
  Part part = Part::none;
  while (std::getline(lines, line)) {
    DocExchange next;
    if (begins_request(line, next)) {
      exchanges.push_back(std::move(next));
      part = Part::head;
    } else if (part == Part::none) {
      return {};
    } else {
      part = take_line(line, part, exchanges.back());
    }
  }
  for (DocExchange& exchange : exchanges) {
    trim_end(exchange.body);
    trim_end(exchange.answer);
  }
  return exchanges;
}

}  // namespace passaparola::testing
