// Files, folders and standard input as sources.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "connect/file_place.h"
#include "core/limits.h"
#include "unit/connect/site.h"

namespace passaparola::connect {
namespace {

std::string line(int number) {
  return fmt::format(
      R"({{"source":"test","id":"p{}","author":{{"id":"a"}},"text":"Adoro la Moka Nera {}",)"
      R"("created_at":"2026-11-01T10:00:00Z"}})",
      number, number);
}

std::string lines(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += line(i) + "\n";
  return text;
}

class FilesSourceTest : public SourceTest {
 protected:
  FilesSourceTest() : inbox_(folder_ / "inbox") { std::filesystem::create_directory(inbox_); }

  SourceConfig config(const std::string& type = "files") const {
    SourceConfig config;
    config.name = "exports";
    config.type = type;
    if (type == "files") {
      config.settings["path"] = {inbox_};
      config.settings["interval_seconds"] = {"1"};
    }
    return config;
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(inbox_ / name) << text;
  }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream(inbox_ / name, std::ios::app) << text;
  }

  // False: it did not come to so many posts, each once.
  bool has_stored(std::size_t count) {
    const bool has = wait_until([&] { return stored().size() >= count; });
    const auto posts = stored();
    return has && posts.size() == count &&
           std::all_of(posts.begin(), posts.end(), [](const auto& one) { return one.second == 1; });
  }

  const std::filesystem::path inbox_;
};

TEST_F(FilesSourceTest, ReadsAFolderAndWhatIsPutThereLater) {
  write("a.ndjson", lines(0, 10));
  write(".hidden", lines(100, 5));
  write("b.ndjson.part", lines(200, 5));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(10)) << status().last_error;
  std::filesystem::create_directory(inbox_ / "below");
  write("below/c.ndjson", lines(10, 10));
  ASSERT_TRUE(has_stored(20)) << status().last_error;
  std::filesystem::rename(inbox_ / "b.ndjson.part", inbox_ / "b.ndjson");
  ASSERT_TRUE(has_stored(25)) << status().last_error;
  EXPECT_EQ(status().duplicates, 0U);
}

TEST_F(FilesSourceTest, FollowsAFileThatGrowsAndGoesOnAfterAStop) {
  write("log", lines(0, 10) + line(10).substr(0, 20));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(10)) << status().last_error;
  append("log", line(10).substr(20) + "\n" + lines(11, 9));
  ASSERT_TRUE(has_stored(20)) << status().last_error;
  stop();
  append("log", lines(20, 5));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(25)) << status().last_error;
  EXPECT_EQ(status().records, 5U) << "only what is new was read";
}

TEST_F(FilesSourceTest, ALastLineWithoutItsEndIsReadWhenTheFileRests) {
  write("log", lines(0, 3) + line(3));
  start(config(), 0.01);
  EXPECT_TRUE(has_stored(4)) << status().last_error;
}

TEST_F(FilesSourceTest, KnowsAFileThatIsRenamedAndOneThatBeginsAnew) {
  write("log", lines(0, 10));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(10)) << status().last_error;
  std::filesystem::rename(inbox_ / "log", inbox_ / "log.1");
  write("log", lines(10, 5));
  ASSERT_TRUE(has_stored(15)) << status().last_error;
  EXPECT_EQ(status().records, 15U);
  // In its place, with the same number: others, and longer.
  std::ofstream(inbox_ / "log", std::ios::trunc) << lines(20, 10);
  ASSERT_TRUE(has_stored(25)) << status().last_error;
}

TEST_F(FilesSourceTest, DocumentsAreReadWholeAndAgainWhenTheyHaveChanged) {
  const auto feed = [](int count) {
    std::string text = "<?xml version=\"1.0\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">";
    for (int i = 0; i < count; ++i) {
      text += fmt::format(
          "<entry><id>urn:{}</id><author><name>a</name></author><title>Adoro la Moka Nera {}"
          "</title><updated>2026-11-01T10:00:00Z</updated></entry>",
          i, i);
    }
    return text + "</feed>";
  };
  write("feed.xml", feed(3));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(3)) << status().last_error;
  write("feed.xml", feed(5));
  ASSERT_TRUE(has_stored(5)) << status().last_error;
}

TEST_F(FilesSourceTest, WhatIsTooLongIsRefusedAloneAndWhatCannotBeReadIsSaid) {
  write("a.ndjson", lines(0, 2) + std::string(2 * kChunkBytes, 'x') + "\n" + lines(2, 2));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(4)) << status().last_error;
  EXPECT_GE(status().rejected, 1U);
  stop();
  SourceConfig missing = config();
  missing.settings["path"] = {folder_ / "nowhere"};
  start(missing, 0.01);
  ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
  EXPECT_THAT(status().last_error, testing::HasSubstr("nowhere: No such file"));
}

TEST_F(FilesSourceTest, AFolderOfTooManyFilesIsRefusedInWords) {
  for (int i = 0; i <= 500; ++i) write(std::to_string(i), "");
  start(config(), 0.01);
  ASSERT_TRUE(wait_until([&] { return status().last_trouble.has_value(); }));
  EXPECT_THAT(status().last_error,
              testing::HasSubstr("has more than 500 files: move away those that are read"));
}

TEST_F(FilesSourceTest, PlacesOfFilesThatAreGoneLeaveTheCursor) {
  for (int i = 0; i < 5; ++i) write(std::to_string(i), lines(i, 1));
  start(config(), 0.01);
  ASSERT_TRUE(has_stored(5)) << status().last_error;
  EXPECT_EQ(parse_file_places(*store_->source_cursor("exports")).size(), 5U);
  for (int i = 0; i < 4; ++i) std::filesystem::remove(inbox_ / std::to_string(i));
  EXPECT_TRUE(
      wait_until([&] { return parse_file_places(*store_->source_cursor("exports")).size() == 1; }));
}

TEST(FilePlaces, AreReadAsTheyWereWrittenAndNothingElseIs) {
  const FilePlaces places{{"1:2", {3, 4, "h"}}, {"5:6", {0, -7, ""}}};
  EXPECT_EQ(parse_file_places(to_cursor(places)), places);
  for (const char* text : {"", "[", "{}", R"({"1:2":7})", R"({"1:2":[1,2]})"}) {
    EXPECT_TRUE(parse_file_places(text).empty()) << text;
  }
}

// Standard input of this process for as long as it lives.
class StandardInput {
 public:
  explicit StandardInput(int descriptor) : before_(::dup(0)) { ::dup2(descriptor, 0); }
  ~StandardInput() {
    ::dup2(before_, 0);
    ::close(before_);
  }
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  const int before_;
};

TEST_F(FilesSourceTest, StandardInputThatIsAPipeIsReadAsItComes) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const StandardInput input(ends[0]);
  start(config("stdin"));
  const std::string first = lines(0, 3) + line(3).substr(0, 30);
  ASSERT_EQ(::write(ends[1], first.data(), first.size()), static_cast<ssize_t>(first.size()));
  ASSERT_TRUE(has_stored(3)) << status().last_error;
  const std::string rest = line(3).substr(30);
  ASSERT_EQ(::write(ends[1], rest.data(), rest.size()), static_cast<ssize_t>(rest.size()));
  ::close(ends[1]);
  ::close(ends[0]);
  ASSERT_TRUE(has_stored(4)) << status().last_error;
  EXPECT_TRUE(wait_until([&] { return status().place == "standard input, which has ended"; }));
  EXPECT_FALSE(status().last_trouble.has_value());
  stop();
}

TEST_F(FilesSourceTest, StandardInputThatIsAFileIsReadToItsEnd) {
  write("in", lines(0, 2000));
  const int file = ::open((inbox_ / "in").c_str(), O_RDONLY);
  const StandardInput input(file);
  ::close(file);
  start(config("stdin"));
  ASSERT_TRUE(has_stored(2000)) << status().last_error;
  stop();
}

}  // namespace
}  // namespace passaparola::connect
