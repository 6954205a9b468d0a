// Opening: the folder, its format, what is kept in memory, and opening again after an error.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include "core/crash_point.h"
#include "store/bytes.h"
#include "store/desk_codec.h"
#include "store/erasure.h"
#include "store/format_file.h"
#include "store/migrate.h"
#include "store/state.h"

namespace passaparola::store {
namespace {

namespace fs = std::filesystem;

template <typename T>
std::string fixed_bytes(T value) {
  std::string bytes(sizeof value, '\0');
  ByteWriter(bytes.data()).fixed(value);
  return bytes;
}

template <typename T>
Result<T> fixed_from(const std::optional<std::string>& bytes, std::string_view name) {
  ByteReader in(bytes ? std::string_view(*bytes) : std::string_view());
  const T value = in.fixed<T>();
  if (!in.done()) return fail(ErrorCode::corrupt, fmt::format("the store has no {}", name));
  return value;
}

Result<void> make_folder(const fs::path& path) {
  const auto made = make_private_folder(path);
  if (!made) return made.error();
  return write_format_file(path / kUnfinishedFile);
}

// From now on the folder is a store of this format, and one without its database is a damaged one.
Result<void> finish_folder(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path / kFormatFile, error)) {
    const auto format = check_format_file(path);
    if (!format) return format.error();
    return *format == kFormat ? Result<void>() : write_format_file(path / kFormatFile);
  }
  sync_to_disk(path / kUnfinishedFile);
  fs::rename(path / kUnfinishedFile, path / kFormatFile, error);
  if (error) return fail(ErrorCode::io, "cannot finish the store: " + error.message());
  sync_to_disk(path);
  return {};
}

// Whether the store is still to be made.
Result<bool> prepare_folder(const fs::path& path, bool create) {
  std::error_code error;
  if (fs::exists(path / kFormatFile, error)) {
    const auto checked = check_format_file(path);
    if (!checked) return checked.error();
    return false;
  }
  if (!create) {
    return fail(ErrorCode::not_found, fmt::format("there is no store at {}", path.string()));
  }
  if (fs::exists(path / "CURRENT", error) && !fs::exists(path / kUnfinishedFile, error)) {
    return fail(ErrorCode::corrupt,
                fmt::format("{} holds a database that names no store format", path.string()));
  }
  const auto made = make_folder(path);
  if (!made) return made.error();
  return true;
}

Result<void> put_format(Database& database) {
  rocksdb::WriteOptions write;
  write.sync = true;
  const auto status = database.db().Put(write, database.family(Family::meta), to_slice(kFormatKey),
                                        fixed_bytes(kFormat));
  return status.ok() ? Result<void>() : to_error(status, "bringing the store to its format");
}

}  // namespace

Result<void> Store::State::make(Database& database) {
  key = random_key();
  const HashKey random = random_key();
  std::memcpy(&id, random.data(), sizeof id);
  id |= 1;  // zero would look like no store at all
  rocksdb::WriteBatch batch;
  const auto put = [&](std::string_view name, std::string_view value) {
    batch.Put(database.family(Family::meta), to_slice(name), to_slice(value));
  };
  put(kFormatKey, fixed_bytes(kFormat));
  put(kStoreIdKey, fixed_bytes(id));
  put(kHashKeyKey, {reinterpret_cast<const char*>(key.data()), key.size()});
  put(kLastSeqKey, fixed_bytes(std::uint64_t{0}));
  rocksdb::WriteOptions write;
  write.sync = true;
  const auto status = database.db().Write(write, &batch);
  if (!status.ok()) return to_error(status, "making the store " + path.string());
  return {};
}

Result<void> Store::State::load(Database& database) {
  const auto read = [&](std::string_view name) { return database.get(Family::meta, name); };
  const auto format = read(kFormatKey);
  if (!format) return format.error();
  if (!*format && options.create) return make(database);
  const auto version = fixed_from<std::uint32_t>(*format, "format version");
  if (!version) return version.error();
  if (*version > kFormat) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("the store has format {}, this program knows up to {}", *version, kFormat));
  }
  const auto store_id = read(kStoreIdKey), hash_key = read(kHashKeyKey), seq = read(kLastSeqKey);
  for (const auto* result : {&store_id, &hash_key, &seq}) {
    if (!*result) return result->error();
  }
  const auto number = fixed_from<std::uint32_t>(*store_id, "id");
  const auto hash = fixed_from<HashKey>(*hash_key, "hash key");
  const auto last = fixed_from<std::uint64_t>(*seq, "last sequence number");
  if (!number) return number.error();
  if (!hash) return hash.error();
  if (!last) return last.error();
  id = *number;
  key = *hash;
  const auto scan = database.scan(Family::meta);
  for (scan->Seek(to_slice(kBrandPrefix)); scan->Valid(); scan->Next()) {
    const std::string_view name = to_view(scan->key());
    if (!name.starts_with(kBrandPrefix)) break;
    const auto brand = fixed_from<BrandNumber>(scan->value().ToString(), "brand number");
    if (!brand) return brand.error();
    brands.add(name.substr(kBrandPrefix.size()), *brand);
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the brands of the store");
  for (scan->Seek(to_slice(kRankedPrefix)); scan->Valid(); scan->Next()) {
    const std::string_view name = to_view(scan->key());
    if (!name.starts_with(kRankedPrefix)) break;
    const auto brand = brands.find(name.substr(kRankedPrefix.size()));
    if (brand) ranked.add(*brand);
  }
  if (!scan->status().ok()) return to_error(scan->status(), "reading the ranked brands");
  const auto states = database.scan(Family::author_states);
  hidden_people.clear();
  for (states->SeekToFirst(); states->Valid(); states->Next()) {
    if (states->key().size() != sizeof(KeyedHash)) continue;
    const KeyedHash author = keyed_hash_at(to_view(states->key()), 0);
    barred.add(author);
    if (states->value() == "\x01") {
      hidden.add(author);
      hidden_people.add(author);
    }
  }
  if (!states->status().ok()) return to_error(states->status(), "reading the states of authors");
  const auto corrections = database.scan(Family::corrections);
  corrections->SeekToFirst();
  has_corrections = corrections->Valid();
  if (!corrections->status().ok()) return to_error(corrections->status(), "reading corrections");
  last_seq.store(*last, std::memory_order_release);
  const auto desk = database.scan(Family::desk);
  desk->Seek(std::string(1, kTriageKind));
  has_triage = desk->Valid() && desk->key().starts_with(std::string(1, kTriageKind));
  if (!desk->status().ok()) return to_error(desk->status(), "reading what people did");
  if (*version == kFormat) return {};
  // Format 3 has one family more than format 2, which is made when the database is opened.
  if (*version == kFormat - 1) return put_format(database);
  return migrate(database, key, options.say);
}

Result<std::unique_ptr<Database>> Store::State::open_database() {
  if (const auto checked = witness.check_manifest(path); !checked) return checked.error();
  auto database = Database::open(path, options);
  if (!database) return database.error();
  const auto begun = witness.begin(path, (*database)->db().GetLatestSequenceNumber());
  if (!begun) return begun.error();
  const auto loaded = load(**database);
  if (!loaded) return loaded.error();
  return database;
}

Result<void> Store::State::reopen() {
  records.clear();
  copies.clear();
  bursts.clear();
  return gate.replace([this] { return open_database(); });
}

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& path,
                                           const StoreOptions& options) {
  const auto fresh = prepare_folder(path, options.create);
  if (!fresh) return fresh.error();
  auto state = std::make_unique<State>();
  state->path = path;
  state->options = options;
  state->options.create = *fresh;
  const auto opened = state->reopen();
  if (!opened) return opened.error();
  state->options.create = false;  // a database that goes missing is never replaced by an empty one
  if (*fresh) crash_point("create.made");
  const auto finished = finish_folder(path);
  if (!finished) return finished.error();
  if (*fresh) crash_point("create.finished");
  const auto resumed = resume_erasures(*state);
  if (!resumed) return resumed.error();
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() = default;

const HashKey& Store::hash_key() const { return state_->key; }
std::uint32_t Store::id() const { return state_->id; }
std::uint64_t Store::last_seq() const { return state_->last_seq.load(std::memory_order_acquire); }

void Store::on_commit(std::function<void(const FeedChange&)> listener) {
  const std::lock_guard lock(state_->listeners_mutex);
  state_->listeners.push_back(std::move(listener));
}

}  // namespace passaparola::store
