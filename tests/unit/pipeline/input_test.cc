#include "pipeline/input.h"

#include <gtest/gtest.h>

#include <fstream>

#include "core/limits.h"

namespace passaparola::pipeline {
namespace {

class InputFiles : public ::testing::Test {
 protected:
  InputFiles() {
    std::string pattern = ::testing::TempDir() + "input-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~InputFiles() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  // Everything that is read, chunk ends marked, and the last chunk's numbers.
  std::vector<std::string> read(std::vector<Input> inputs, ingest::Format format) {
    ChunkPool pool;
    ChunkReader reader(std::move(inputs), format, pool);
    std::vector<std::string> chunks;
    while (true) {
      auto chunk = reader.next();
      EXPECT_TRUE(chunk);
      if (!chunk || !*chunk) return chunks;
      for (std::size_t i = 0; i < kInputPaddingBytes; ++i) {
        EXPECT_EQ((*chunk)->buffer[(*chunk)->size + i], '\0');
      }
      chunks.emplace_back((*chunk)->bytes());
      skipped_ += (*chunk)->skipped;
      last_offset_ = (*chunk)->end_offset;
      pool.give_back(std::move(*chunk));
    }
  }

  std::filesystem::path folder_;
  std::uint64_t skipped_ = 0;
  std::uint64_t last_offset_ = 0;
};

TEST_F(InputFiles, CutsWholeLinesAndLosesNothing) {
  std::string text;
  for (int i = 0; text.size() < 3 * kChunkBytes; ++i) {
    text += "{\"n\":" + std::to_string(i) + ",\"pad\":\"" + std::string(1 + i % 900, 'x') + "\"}\n";
  }
  text += "{\"last\":\"without a line end\"}";
  auto inputs = open_inputs({write("a.ndjson", text)});
  ASSERT_TRUE(inputs);
  const auto chunks = read(*inputs, ingest::Format::native);
  ASSERT_GE(chunks.size(), 3U);
  std::string joined;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    joined += chunks[i];
    if (i + 1 < chunks.size()) {
      EXPECT_EQ(chunks[i].back(), '\n');
    }
    EXPECT_LE(chunks[i].size(), kChunkBytes);
  }
  EXPECT_EQ(joined, text);
  EXPECT_EQ(last_offset_, text.size());
}

TEST_F(InputFiles, ARecordOverItsLimitIsSkippedAloneAndCounted) {
  const std::string monster(2 * kChunkBytes, 'x');
  auto inputs = open_inputs({write("a.ndjson", "{\"a\":1}\n" + monster + "\n{\"b\":2}\n")});
  ASSERT_TRUE(inputs);
  std::string joined;
  for (const std::string& chunk : read(*inputs, ingest::Format::native)) joined += chunk;
  EXPECT_EQ(joined, "{\"a\":1}\n{\"b\":2}\n");
  EXPECT_EQ(skipped_, 1U);
}

TEST_F(InputFiles, AnEndlessRecordAtTheEndIsCountedToo) {
  auto inputs = open_inputs({write("a.ndjson", std::string(3 * kChunkBytes, 'x'))});
  ASSERT_TRUE(inputs);
  read(*inputs, ingest::Format::native);
  EXPECT_EQ(skipped_, 1U);
}

TEST_F(InputFiles, BeginsWhereACursorSays) {
  auto inputs = open_inputs({write("a.ndjson", "{\"a\":1}\n{\"b\":2}\n")});
  ASSERT_TRUE(inputs);
  inputs->front().start = 8;
  const auto chunks = read(*inputs, ingest::Format::native);
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0], "{\"b\":2}\n");
  EXPECT_EQ(last_offset_, 16U);
}

TEST_F(InputFiles, AFolderIsItsFilesInOrder) {
  write("d/b.ndjson", "{\"b\":2}\n");
  write("d/a.ndjson", "{\"a\":1}\n");
  write("d/sub/c.ndjson", "{\"c\":3}\n");
  write("d/empty.ndjson", "");
  auto inputs = open_inputs({(folder_ / "d").string()});
  ASSERT_TRUE(inputs);
  EXPECT_EQ(inputs->size(), 4U);
  EXPECT_EQ(read(*inputs, ingest::Format::native),
            (std::vector<std::string>{"{\"a\":1}\n", "{\"b\":2}\n", "{\"c\":3}\n"}));
}

TEST_F(InputFiles, AMissingFileIsNamed) {
  const auto inputs = open_inputs({(folder_ / "none").string()});
  ASSERT_FALSE(inputs);
  EXPECT_EQ(inputs.error().code, ErrorCode::not_found);
  EXPECT_NE(inputs.error().message.find("none"), std::string::npos);
}

}  // namespace
}  // namespace passaparola::pipeline
