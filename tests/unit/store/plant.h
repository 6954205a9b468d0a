// What a bug would do: writes into the database behind the store's back.
#pragma once

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>

#include "store/database.h"
#include "support.h"

namespace passaparola::store {

// Closes `store`, lets `write` fill a batch, and opens the store again.
template <typename Write>
void plant_into(std::unique_ptr<Store>& store, const TemporaryFolder& folder, Write write) {
  store.reset();
  StoreOptions options = small_options();
  options.create = false;
  {
    const auto database = Database::open(folder.path(), options);
    ASSERT_TRUE(database) << database.error().message;
    rocksdb::WriteBatch batch;
    write(**database, batch);
    ASSERT_TRUE((*database)->db().Write({}, &batch).ok());
  }
  store = open_store(folder.path());
}

}  // namespace passaparola::store
