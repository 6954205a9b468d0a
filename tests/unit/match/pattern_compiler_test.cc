// What Hyperscan compiles, as bytes: sealed, kept, handed over, and never trusted.
#include "match/pattern_compiler.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "core/hash.h"
#include "core/limits.h"
#include "match/compile_messages.h"
#include "match/pattern_cache.h"
#include "match/sealed.h"

namespace passaparola::match {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using End = CompileOutcome::End;

const std::string kKey = content_hash_hex("a key");

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "passaparola-cache-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    path_ = pattern;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<SoughtPattern> some_patterns() {
  return {{7, 3, false, "mok[ab]+"}, {2, 5, true, "nera|rossa"}, {4, 1, false, "(^a|b)+x$y"}};
}

TEST(Sealed, GivesBackWhatWasSealed) {
  for (const std::string& payload : {std::string(), std::string("abc"), std::string(99, '\0')}) {
    const std::string sealed = seal(kKey, payload);
    const auto opened = unseal(kKey, sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(*opened, payload);
  }
}

TEST(Sealed, RefusesEveryFlippedBitAndEverySize) {
  std::mt19937 random(1);
  std::string payload(300, '\0');
  for (char& c : payload) c = static_cast<char>(random());
  const std::string sealed = seal(kKey, payload);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = sealed;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      EXPECT_FALSE(unseal(kKey, flipped).has_value()) << i << "." << bit;
    }
    EXPECT_FALSE(unseal(kKey, sealed.substr(0, i)).has_value()) << i;
  }
  EXPECT_FALSE(unseal(kKey, sealed + '\0').has_value());
  EXPECT_FALSE(unseal(content_hash_hex("another"), sealed).has_value());
}

TEST(ByteReader, IsEmptyBehindTheEnd) {
  std::string bytes;
  put_u32(bytes, 7);
  put_u64(bytes, std::uint64_t{1} << 63);  // a size beyond everything
  ByteReader reader(bytes);
  EXPECT_EQ(reader.take_u32(), 7U);
  EXPECT_EQ(reader.take_bytes(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.take_u32(), 0U);
  EXPECT_FALSE(reader.at_end());
}

TEST(PatternDatabases, SurviveTheirBytes) {
  const auto made = compile_patterns({}, some_patterns());
  ASSERT_TRUE(made.has_value());
  EXPECT_THAT(made->refused, ElementsAre(RefusedPattern{4, Refusal::unknown_to_it}));
  const std::string bytes = encode(*made);
  const auto read = decode(bytes, some_patterns());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->refused, made->refused);
  EXPECT_TRUE(read->databases[0]);
  EXPECT_TRUE(read->databases[1]);
  EXPECT_EQ(encode(*read), bytes);
}

TEST(PatternDatabases, MustFitTheirRequest) {
  const auto refused = [](std::vector<RefusedPattern> list) {
    PatternDatabases databases;
    databases.refused = std::move(list);
    return decode(encode(databases), some_patterns()).has_value();
  };
  EXPECT_TRUE(refused({{2, Refusal::too_slow}, {7, Refusal::too_large}}));
  EXPECT_FALSE(refused({{3, Refusal::too_slow}}));                          // not asked for
  EXPECT_FALSE(refused({{7, Refusal::too_slow}, {2, Refusal::too_slow}}));  // out of order
  EXPECT_FALSE(refused({{2, Refusal::too_slow}, {2, Refusal::too_slow}}));  // twice
  EXPECT_FALSE(refused({{2, static_cast<Refusal>(kLastRefusal + 1)}}));     // for no reason
  const std::string bytes = encode(PatternDatabases());
  EXPECT_FALSE(decode(bytes + "x", some_patterns()).has_value());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(decode(bytes.substr(0, i), some_patterns()).has_value()) << i;
  }
}

TEST(PatternDatabases, OfOtherRequestsHaveOtherKeys) {
  const std::string key = key_of(some_patterns());
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(key_of(some_patterns()), key);
  for (std::size_t i = 0; i < some_patterns().size(); ++i) {
    auto other = some_patterns();
    other[i].id += 10;
    EXPECT_NE(key_of(other), key);
    other = some_patterns();
    other[i].ignore_case = !other[i].ignore_case;
    EXPECT_NE(key_of(other), key);
    other = some_patterns();
    other[i].regex += "x";
    EXPECT_NE(key_of(other), key);
  }
}

TEST(CompileTask, SurvivesItsBytesAndNothingElseIsOne) {
  const CompileTask task{some_patterns(), 1, 2, 3, 4};
  const std::string bytes = encode_task(task);
  const auto read = decode_task(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(encode_task(*read), bytes);
  EXPECT_EQ(key_of(read->patterns), key_of(task.patterns));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(decode_task(damaged).has_value()) << i;
  }
  CompileTask too_long = task;
  too_long.patterns.front().regex.assign(kMaxAtomBytes + 1, 'a');
  EXPECT_FALSE(decode_task(encode_task(too_long)).has_value());
}

// A message with its numbers.
std::string said(char what, std::initializer_list<std::uint32_t> numbers) {
  std::string message(1, what);
  for (const std::uint32_t number : numbers) put_u32(message, number);
  return message;
}

TEST(CompileMessages, SayOfWhatAProcessDied) {
  const CompileTask task{some_patterns(), 0, 1, 1, 1};
  const std::string trying = said(kTryingPattern, {0}) + said(kTryingPattern, {1});
  CompileOutcome outcome = read_messages(trying, task);
  EXPECT_EQ(outcome.end, End::pattern);
  EXPECT_EQ(outcome.culprit, 1U);
  outcome = read_messages(trying + said(kRefusingPattern, {2, 2}) + kCompilingSet, task);
  EXPECT_EQ(outcome.end, End::set);
  EXPECT_THAT(outcome.databases.refused, ElementsAre(RefusedPattern{4, Refusal::too_large}));
  EXPECT_EQ(read_messages(std::string(1, kCompilingSet) + kOutOfMemory, task).end, End::set);
}

TEST(CompileMessages, AreReadStrictly) {
  const CompileTask task{some_patterns(), 0, 1, 1, 1};
  const auto made = compile_patterns({}, some_patterns());
  const std::string good = said(kAnswer, {}) + seal(key_of(task.patterns), encode(*made));
  EXPECT_EQ(read_messages(good, task).end, End::done);
  EXPECT_EQ(read_messages(good + "x", task).end, End::unreadable);
  const std::string other = seal(kKey, encode(*made));
  for (const std::string& bad :
       {std::string(), std::string("passaparola"), said(kTryingPattern, {3}),
        said(kTryingPattern, {1}).substr(0, 3), said(kRefusingPattern, {1, kLastRefusal + 1}),
        said(kRefusingPattern, {9, 0}), said(kAnswer, {}) + other, good.substr(0, 60)}) {
    const CompileOutcome outcome = read_messages(bad, task);
    EXPECT_EQ(outcome.end, End::unreadable) << bad;
    EXPECT_FALSE(outcome.reason.empty()) << bad;
  }
}

TEST(PatternCompiler, SaysThatItsProgramCannotBeStarted) {
  const auto made = compile_patterns({"/nonexistent/program", {}}, some_patterns());
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::io);
  EXPECT_THAT(made.error().message, testing::HasSubstr("/nonexistent/program"));
}

TEST(PatternCompiler, BelievesNoProgramThatAnswersSomethingElse) {
  for (const char* program : {"/bin/echo", "/bin/true", "/bin/false"}) {
    const auto made = compile_patterns({program, {}}, some_patterns());
    ASSERT_FALSE(made.has_value()) << program;
    EXPECT_EQ(made.error().code, ErrorCode::io);
  }
}

TEST(CompileProcess, IsKilledAtItsDeadline) {
  const Folder folder;
  const fs::path script = folder / "never";
  write(script, "#!/bin/sh\nexec sleep 100000\n");
  fs::permissions(script, fs::perms::owner_all);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  const CompileOutcome outcome = run_compile_process(script, {some_patterns()}, deadline);
  EXPECT_EQ(outcome.end, End::deadline);
}

TEST(CompileProcess, InheritsNoDescriptors) {
  const Folder folder;
  const fs::path script = folder / "list";
  write(script, "#!/bin/sh\nexec ls /proc/self/fd > '" + (folder / "open").string() + "'\n");
  fs::permissions(script, fs::perms::owner_all);
  const std::ifstream open_here(script);  // with others that the test has open
  ASSERT_TRUE(open_here.is_open());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  run_compile_process(script, {some_patterns()}, deadline);
  std::istringstream open(read(folder / "open"));
  std::vector<int> numbers;
  for (int number = 0; open >> number;) numbers.push_back(number);
  EXPECT_THAT(numbers, ElementsAre(0, 1, 2, 3));  // the last is the folder that ls reads
}

TEST(PatternCache, KeepsAndFinds) {
  const Folder folder;
  const PatternCache cache(folder / "a/b");
  EXPECT_EQ(cache.find(kKey), std::nullopt);
  cache.keep(kKey, "payload");
  EXPECT_EQ(cache.find(kKey), "payload");
  EXPECT_EQ(PatternCache(folder / "a/b").find(kKey), "payload");
  EXPECT_EQ(PatternCache({}).find(kKey), std::nullopt);
  const auto files = files_in(folder / "a/b");
  ASSERT_EQ(files.size(), 1U);
  struct stat status {};
  ASSERT_EQ(::stat(files.front().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((folder / "a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST(PatternCache, TrustsNoFileThatOthersCanWriteAndNoLink) {
  const Folder folder;
  const PatternCache cache(folder / "cache");
  cache.keep(kKey, "payload");
  const fs::path file = files_in(folder / "cache").front();
  ::chmod(file.c_str(), 0620);
  EXPECT_EQ(cache.find(kKey), std::nullopt);
  ::chmod(file.c_str(), 0600);
  EXPECT_EQ(cache.find(kKey), "payload");
  fs::rename(file, folder / "elsewhere");
  fs::create_symlink(folder / "elsewhere", file);
  EXPECT_EQ(cache.find(kKey), std::nullopt);
}

TEST(PatternCache, RefusesEveryFlippedByteOfARealDatabaseAndMakesItAgain) {
  const Folder folder;
  const PatternCompiler compiler{{}, folder / "cache"};
  const auto made = compile_patterns(compiler, some_patterns());
  ASSERT_TRUE(made.has_value());
  const fs::path file = files_in(folder / "cache").front();
  const std::string good = read(file);
  const std::string key = file.stem().string();
  const PatternCache cache(folder / "cache");
  ASSERT_TRUE(cache.find(key).has_value());
  std::mt19937 random(2);
  for (std::size_t i = 0; i < good.size(); i += i < 200 ? 1 : 1 + random() % 400) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << random() % 8));
    write(file, damaged);
    EXPECT_EQ(cache.find(key), std::nullopt) << i;
  }
  write(file, good.substr(0, good.size() / 2));
  const auto again = compile_patterns(compiler, some_patterns());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(encode(*again), encode(*made));
  EXPECT_EQ(read(file), good);  // made again
}

TEST(PatternCache, RemovesWhatWasUnusedForLongest) {
  const Folder folder;
  const std::string payload(1'000, 'x');
  const PatternCache cache(folder / "cache", 3'500);  // three of these with their headers
  std::vector<std::string> keys;
  for (const char* name : {"a", "b", "c"}) {
    keys.push_back(content_hash_hex(name));
    cache.keep(keys.back(), payload);
  }
  const auto now = fs::file_time_type::clock::now();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    fs::last_write_time(folder / "cache" / (keys[i] + ".patterns"),
                        now - std::chrono::hours(10 - static_cast<int>(i)));
  }
  EXPECT_TRUE(cache.find(keys[0]).has_value());  // used now
  const std::string last = content_hash_hex("d");
  cache.keep(last, payload);
  EXPECT_TRUE(cache.find(keys[0]).has_value());
  EXPECT_FALSE(cache.find(keys[1]).has_value());
  EXPECT_TRUE(cache.find(keys[2]).has_value());
  EXPECT_TRUE(cache.find(last).has_value());
  cache.keep(keys[1], std::string(5'000, 'y'));  // more than fits at all
  EXPECT_FALSE(cache.find(keys[1]).has_value());
}

TEST(PatternCache, RemovesWhatAKilledWriterLeft) {
  const Folder folder;
  const PatternCache cache(folder / "cache");
  write(folder / "cache/old.unfinished", "x");
  write(folder / "cache/new.unfinished", "x");
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(folder / "cache/old.unfinished", now - std::chrono::hours(2));
  cache.keep(kKey, "payload");
  EXPECT_FALSE(fs::exists(folder / "cache/old.unfinished"));
  EXPECT_TRUE(fs::exists(folder / "cache/new.unfinished"));  // perhaps still being written
}

TEST(PatternCache, ThatCannotBeWrittenOnlyCostsTime) {
  const Folder folder;
  write(folder / "file", "");
  const auto made = compile_patterns({{}, folder / "file/cache"}, some_patterns());
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE(made->databases[0]);
}

}  // namespace
}  // namespace passaparola::match
