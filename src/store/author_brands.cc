#include "store/author_brands.h"

#include <rocksdb/iterator.h>

namespace passaparola::store {

Result<std::vector<BrandNumber>> brands_of_author(const Database& database,
                                                  const KeyedHash& author) {
  std::vector<BrandNumber> brands;
  const rocksdb::Slice prefix = to_slice(view(author));
  const auto scan = database.scan(Family::author_brands);
  for (scan->Seek(prefix); scan->Valid() && scan->key().starts_with(prefix); scan->Next()) {
    const auto brand = brand_of_author(to_view(scan->key()));
    if (!brand) return fail(ErrorCode::corrupt, "the index of authors' brands is damaged");
    brands.push_back(*brand);
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the brands of an author");
  return brands;
}

}  // namespace passaparola::store
