// The real program as a child process, for tests that run and kill it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace passaparola::testing {

// A fresh folder that disappears with this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Finished {
  int exit_code = -1;  // -1: ended by a signal
  int signal = 0;      // which
  std::string out;
  std::string err;
};

// One running passaparola. Standard output and error go to files in `folder`. `environment`:
// "NAME=value", added to this process's. `descriptors`: how many it may have; 0: as many as this.
class Program {
 public:
  Program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment = {}, std::size_t descriptors = 0);
  ~Program();  // kills it when it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool running();
  void signal(int number) const;
  pid_t id() const { return pid_; }
  // Until it ends; after five minutes it is killed.
  Finished wait();
  std::string out() const;  // what it has printed so far
  // Waits until standard output holds `text`; false when the program ended or 60 s passed before.
  bool wait_for_output(const std::string& text);

 private:
  std::filesystem::path out_, err_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

Finished run_program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                     const std::vector<std::string>& environment = {});

// Until `holds`; false: it did not come about within `limit`.
bool wait_until(const std::function<bool()>& holds,
                std::chrono::seconds limit = std::chrono::seconds(60));

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

// The port in "listening on http://ADDRESS:PORT/".
std::string listening_url(const std::string& output);

}  // namespace passaparola::testing
