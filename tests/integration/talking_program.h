// Another program that is talked with line by line over its standard input and output; what it
// complains of goes where the tests' own complaints go.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace passaparola::testing {

class TalkingProgram {
 public:
  // The first word is looked for in PATH. Settings (NAME=value) win over the inherited environment.
  explicit TalkingProgram(const std::vector<std::string>& words,
                          const std::vector<std::string>& settings = {},
                          const std::string& folder = ".");
  ~TalkingProgram();  // kills it
  TalkingProgram(const TalkingProgram&) = delete;
  TalkingProgram& operator=(const TalkingProgram&) = delete;

  void say(const std::string& line);
  // The next line without its end; nullopt: there is no more, or none came within a minute.
  std::optional<std::string> hear();
  // Everything up to its end.
  std::string hear_all();
  int wait();  // its exit code; -1: killed, or still there after a minute

 private:
  bool read_more();

  pid_t pid_ = -1;
  int socket_ = -1;
  std::string heard_;
};

}  // namespace passaparola::testing
