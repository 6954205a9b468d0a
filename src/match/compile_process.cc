// The process that wants something compiled: starts the other, listens, and kills it in time.
#include "match/compile_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/limits.h"
#include "match/compile_messages.h"
#include "match/descriptor.h"
#include "match/match.h"

extern char** environ;

namespace passaparola::match {
namespace {

using Clock = std::chrono::steady_clock;

// A file without a name that holds `bytes` and stands at its begin: who reads it need not wait for
// who writes it.
bool make_input(std::string_view bytes, Descriptor& file) {
  file.reset(::memfd_create("passaparola-compile", MFD_CLOEXEC));
  return file && write_all(file.get(), bytes) && ::lseek(file.get(), 0, SEEK_SET) == 0;
}

// Starts the program with nothing blocked, nothing ignored and nothing open but 0, 1 and 2.
int start(const std::filesystem::path& program, int in, int out, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = program.string();
  std::string command = kCompileCommand;
  char* argv[] = {name.data(), command.data(), nullptr};
  const int error = ::posix_spawn(&pid, name.c_str(), &files, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

enum class Heard : std::uint8_t { all, deadline, too_much };

// What comes through `in` until it is closed.
Heard listen(int in, Clock::time_point deadline, std::string& said) {
  std::string buffer(1 << 16, '\0');
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return Heard::deadline;
    pollfd one{in, POLLIN, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<long>(left.count(), 1'000)));
    if (ready <= 0) continue;  // the time is looked at again
    const ssize_t got = ::read(in, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Heard::all;
    said.append(buffer, 0, static_cast<std::size_t>(got));
    if (said.size() > kMaxPatternDatabaseBytes) return Heard::too_much;
  }
}

CompileOutcome unreadable(std::string reason) {
  CompileOutcome outcome;
  outcome.reason = std::move(reason);
  return outcome;
}

}  // namespace

CompileOutcome run_compile_process(const std::filesystem::path& program, const CompileTask& task,
                                   Clock::time_point deadline) {
  Descriptor input;
  int ends[2];
  if (!make_input(encode_task(task), input) || ::pipe2(ends, O_CLOEXEC) != 0) {
    return unreadable(std::string("no descriptors for it: ") + std::strerror(errno));
  }
  const Descriptor listening(ends[0]);
  Descriptor talking(ends[1]);
  pid_t pid = -1;
  const int error = start(program, input.get(), talking.get(), pid);
  talking.reset(-1);
  if (error != 0) return unreadable(std::string("it cannot be started: ") + std::strerror(error));
  std::string said;
  const Heard heard = listen(listening.get(), deadline, said);
  if (heard != Heard::all) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (heard == Heard::too_much) return unreadable("its answer is too large");
  CompileOutcome outcome = read_messages(said, task);
  if (heard == Heard::deadline) outcome.end = CompileOutcome::End::deadline;
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  outcome.out_of_time = signal == SIGPROF || signal == SIGXCPU || signal == SIGKILL;
  return outcome;
}

}  // namespace passaparola::match
