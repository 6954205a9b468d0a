// A store of its own for each test of advocacy.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "store/store.h"

namespace passaparola::advocacy {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> count{0};
    folder_ =
        std::filesystem::temp_directory_path() /
        ("passaparola_advocacy_" + std::to_string(::getpid()) + "_" + std::to_string(++count));
    std::filesystem::remove_all(folder_);
    open();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Closes it first when it is open.
  void open() {
    store_.reset();
    store::StoreOptions options;
    options.memory_bytes = 16 << 20;
    options.min_free_bytes = 1 << 20;
    options.sync = false;
    auto opened = store::Store::open(folder_, options);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  void commit(const PostView& post, std::span<const Mention> mentions) {
    store::PreparedBatch batch;
    store::Preparer(store_->hash_key()).prepare(post, mentions, batch);
    const store::PreparedBatch* batches[] = {&batch};
    const auto committed = store_->commit(batches);
    ASSERT_TRUE(committed) << committed.error().message;
  }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace passaparola::advocacy
