#include "integration/talking_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "integration/program.h"

namespace passaparola::testing {
namespace {

constexpr int kPatienceMilliseconds = 60'000;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  return pointers;
}

bool is_set_by(const std::vector<std::string>& settings, std::string_view inherited) {
  const std::string_view name = inherited.substr(0, inherited.find('=') + 1);
  return std::any_of(settings.begin(), settings.end(),
                     [name](const std::string& setting) { return setting.starts_with(name); });
}

}  // namespace

TalkingProgram::TalkingProgram(const std::vector<std::string>& words,
                               const std::vector<std::string>& settings,
                               const std::string& folder) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error("no socket to talk over");
  }
  std::vector<std::string> own_words = words, own_settings = settings;
  std::vector<char*> argv = pointers_to(own_words), envp = pointers_to(own_settings);
  argv.push_back(nullptr);
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    // Shells take the last of two settings of a name, other programs the first.
    if (!is_set_by(settings, *inherited)) envp.push_back(*inherited);
  }
  envp.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(ends[1], STDIN_FILENO);
    ::dup2(ends[1], STDOUT_FILENO);
    if (::chdir(folder.c_str()) == 0) ::execvpe(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  socket_ = ends[0];
}

TalkingProgram::~TalkingProgram() {
  if (pid_ >= 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(socket_);  // not before: it would complain
}

void TalkingProgram::say(const std::string& line) {
  const std::string text = line + "\n";
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t n = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

bool TalkingProgram::read_more() {
  pollfd ready{socket_, POLLIN, 0};
  if (::poll(&ready, 1, kPatienceMilliseconds) <= 0) return false;
  char buffer[16384];
  const ssize_t n = ::recv(socket_, buffer, sizeof buffer, 0);
  if (n <= 0) return false;
  heard_.append(buffer, static_cast<std::size_t>(n));
  return true;
}

std::optional<std::string> TalkingProgram::hear() {
  std::size_t end = 0;
  while ((end = heard_.find('\n')) == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  std::string line = heard_.substr(0, end);
  heard_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string TalkingProgram::hear_all() {
  ::shutdown(socket_, SHUT_WR);
  while (read_more()) {
  }
  return std::move(heard_);
}

int TalkingProgram::wait() {
  int status = 0;
  const auto has_ended = [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; };
  if (!wait_until(has_ended)) return -1;  // killed with this
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace passaparola::testing
