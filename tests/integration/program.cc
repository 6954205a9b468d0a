#include "integration/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

namespace passaparola::testing {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr int kLongestRunMilliseconds = 300'000;

struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() { ::close(number); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int number;
};

// Readable when process `pid` has ended.
Descriptor end_of(pid_t pid) {
  return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

// Until there is something to read from one of them.
void wait_for_either(int changes, int process) {
  std::array<pollfd, 2> each{{{changes, POLLIN, 0}, {process, POLLIN, 0}}};
  constexpr int kMilliseconds = 1000;
  ::poll(each.data(), each.size(), kMilliseconds);
  char events[4096];
  while (::read(changes, events, sizeof events) > 0) {
  }
}

void redirect(const std::filesystem::path& path, int descriptor) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ::dup2(file, descriptor) < 0) ::_exit(126);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "passaparola-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

Program::Program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment, std::size_t descriptors) {
  static std::atomic<int> number{0};
  const std::string name = "run-" + std::to_string(++number);
  out_ = folder / (name + ".out");
  err_ = folder / (name + ".err");
  std::vector<std::string> words{PASSAPAROLA_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings = environment;
  std::vector<char*> envp;
  for (std::string& setting : settings) envp.push_back(setting.data());
  for (char** inherited = environ; *inherited != nullptr; ++inherited) envp.push_back(*inherited);
  envp.push_back(nullptr);
  write_file(out_, "");  // so that one can wait for what comes
  pid_ = ::fork();
  if (pid_ != 0) return;
  redirect("/dev/null", STDIN_FILENO);
  redirect(out_, STDOUT_FILENO);
  redirect(err_, STDERR_FILENO);
  if (descriptors > 0) {
    const rlimit limit{descriptors, descriptors};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::execve(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

Program::~Program() {
  if (!running()) return;
  signal(SIGKILL);
  wait();
}

bool Program::running() {
  if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !ended_;
}

void Program::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

Finished Program::wait() {
  if (!ended_) {
    const Descriptor process = end_of(pid_);
    pollfd ended{process.number, POLLIN, 0};
    // One that hangs fails its test, and not the whole run.
    if (::poll(&ended, 1, kLongestRunMilliseconds) == 0) signal(SIGKILL);
    ::waitpid(pid_, &status_, 0);
    ended_ = true;
  }
  return {WIFEXITED(status_) ? WEXITSTATUS(status_) : -1,
          WIFSIGNALED(status_) ? WTERMSIG(status_) : 0, read_file(out_), read_file(err_)};
}

std::string Program::out() const { return read_file(out_); }

bool Program::wait_for_output(const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const Descriptor changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const Descriptor process = end_of(pid_);
  ::inotify_add_watch(changes.number, out_.c_str(), IN_MODIFY);
  while (std::chrono::steady_clock::now() < deadline) {
    if (out().find(text) != std::string::npos) return true;
    if (!running()) return out().find(text) != std::string::npos;
    wait_for_either(changes.number, process.number);
  }
  return false;
}

Finished run_program(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                     const std::vector<std::string>& environment) {
  return Program(folder, arguments, environment).wait();
}

bool wait_until(const std::function<bool()>& holds, std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string listening_url(const std::string& output) {
  const std::string lead = "listening on ";
  const std::size_t begin = output.find(lead);
  if (begin == std::string::npos) return {};
  const std::size_t end = output.find('\n', begin);
  std::string url = output.substr(begin + lead.size(), end - begin - lead.size());
  if (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace passaparola::testing
