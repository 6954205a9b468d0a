// The index of authors' brands against profiles and answers, both ways.
#include <fmt/format.h>
#include <rocksdb/iterator.h>

#include "store/verify_state.h"

namespace passaparola::store {
namespace {

std::string words_of(const VerifyState& state, const KeyedHash& author, BrandNumber brand) {
  return fmt::format("author {} of {}", to_hex(view(author)), state.brand_name(brand));
}

// Whoever has a row in `family` must be in the index.
Result<void> check_authors(VerifyState& state, Family family) {
  const auto scan = state.scan(family);
  std::string last;
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    const std::string_view key = to_view(scan->key());
    if (key.size() < sizeof(AuthorKey) || (!last.empty() && key.starts_with(last))) continue;
    last = key.substr(0, sizeof(AuthorKey));
    AuthorKey author;
    std::memcpy(author.data(), last.data(), author.size());
    const KeyedHash person = keyed_hash_at(last, sizeof(BrandNumber));
    if (!is_known(person)) continue;
    const AuthorBrandKey wanted = author_brand_key(author);
    const auto stored = state.get(Family::author_brands, view(wanted));
    if (!stored) return stored.error();
    if (*stored) continue;
    state.differs("author_brands", words_of(state, person, *brand_of_author(view(wanted))),
                  std::string(kNothing), family == Family::mentions ? "mentions" : "answers");
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the authors of the store");
  return {};
}

// Whoever is in the index must have a row.
Result<void> check_index(VerifyState& state) {
  const auto scan = state.scan(Family::author_brands);
  const auto answers = state.scan(Family::responses);
  for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
    ++state.found.author_brands;
    const std::string_view key = to_view(scan->key());
    const auto brand = brand_of_author(key);
    if (!brand || !scan->value().empty()) {
      state.differs("author_brands", "key " + to_hex(key), std::string(kDamaged), "no such key");
      continue;
    }
    const KeyedHash author = keyed_hash_at(key, 0);
    const AuthorKey wanted = author_key(*brand, author);
    const auto profile = state.get(Family::mentions, view(wanted));
    if (!profile) return profile.error();
    if (*profile) continue;
    answers->Seek(to_slice(view(wanted)));
    if (answers->Valid() && answers->key().starts_with(to_slice(view(wanted)))) continue;
    if (!answers->status().ok()) return to_error(answers->status(), "reading answers");
    state.differs("author_brands", words_of(state, author, *brand), "an author of the brand",
                  std::string(kNothing));
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the brands of authors");
  return {};
}

}  // namespace

Result<void> verify_author_brands(VerifyState& state) {
  auto done = check_authors(state, Family::mentions);
  if (done) done = check_authors(state, Family::responses);
  if (done) done = check_index(state);
  return done;
}

}  // namespace passaparola::store
