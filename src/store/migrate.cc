#include "store/migrate.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <optional>
#include <string>

#include "core/arena.h"
#include "core/crash_point.h"
#include "store/bytes.h"
#include "store/format_file.h"
#include "store/mention_codec.h"
#include "store/row_codec.h"
#include "store/state.h"
#include "store/threads.h"

namespace passaparola::store {
namespace {

// Keys looked at for one synced write.
constexpr std::size_t kKeysAtOnce = 10'000;
// Writes between two reports of progress.
constexpr std::size_t kWritesBetweenWords = 50;

// Meta key, there while a migration is under way: u8 step, then the last key that is done.
constexpr std::string_view kMigratingKey = "migrating";

class Migration {
 public:
  Migration(const Database& database, const HashKey& key,
            const std::function<void(std::string_view)>& say)
      : database_(database), key_(key), say_(say) {}

  Result<void> run() {
    const auto mark = database_.get(Family::meta, kMigratingKey);
    if (!mark) return mark.error();
    std::size_t step = 0;
    std::string after;
    if (*mark && !(*mark)->empty()) {
      step = static_cast<unsigned char>((*mark)->front());
      after = (*mark)->substr(1);
    }
    tell(fmt::format("{} the store to format {}",
                     after.empty() && step == 0 ? "bringing" : "going on to bring", kFormat));
    for (; step < kSteps.size(); ++step) {
      const auto done = walk(static_cast<std::uint8_t>(step), after);
      if (!done) return done.error();
      after.clear();
    }
    return finish();
  }

 private:
  using Take = Result<void> (Migration::*)(std::string_view key, std::string_view value);
  struct Step {
    Family family;
    std::string_view name;
    Take take;
  };

  // Every key of a family behind `after`.
  Result<void> walk(std::uint8_t number, const std::string& after) {
    const Step& step = kSteps[number];
    const auto scan = database_.scan_all(step.family);
    scan->Seek(after);
    if (scan->Valid() && !after.empty() && scan->key() == after) scan->Next();
    std::size_t keys = 0, writes = 0;
    std::uint64_t all = 0;
    for (std::string last; scan->Valid();) {
      last = scan->key().ToString();
      const auto taken = (this->*step.take)(last, to_view(scan->value()));
      if (!taken) return taken.error();
      ++all;
      scan->Next();
      if (++keys < kKeysAtOnce && scan->Valid()) continue;
      const auto written = write(number, last);
      if (!written) return written.error();
      keys = 0;
      if (++writes % kWritesBetweenWords == 0) tell(fmt::format("{} {} are done", all, step.name));
    }
    if (!scan->status().ok()) return to_error(scan->status(), "reading the store of format 1");
    tell(fmt::format("all {} are done", step.name));
    return {};
  }

  Result<void> write(std::uint8_t step, const std::string& last) {
    out_.Put(database_.family(Family::meta), to_slice(kMigratingKey),
             std::string(1, static_cast<char>(step)) + last);
    const auto written = write_batch();
    if (written) crash_point("migrate.written");
    return written;
  }

  Result<void> write_batch() {
    rocksdb::WriteOptions options;
    options.sync = true;
    const auto status = database_.db().Write(options, &out_);
    out_.Clear();
    if (status.ok()) return {};
    return to_error(status, fmt::format("bringing the store to format {}", kFormat));
  }

  Result<void> finish() {
    std::string format(sizeof kFormat, '\0');
    ByteWriter(format.data()).fixed(kFormat);
    out_.Put(database_.family(Family::meta), to_slice(kFormatKey), format);
    out_.Delete(database_.family(Family::meta), to_slice(kMigratingKey));
    const auto written = write_batch();
    if (!written) return written.error();
    crash_point("migrate.finished");
    tell(fmt::format("the store has format {}", kFormat));
    return {};
  }

  Result<void> take_mention(std::string_view key, std::string_view value) {
    arena_.reset();
    const std::uint64_t seq = seq_of(key);
    const auto mention = decode_mention(seq, value, arena_);
    if (!mention) return mention.error();
    const PostView& post = mention->post;
    const PostReferences references = references_of(key_, post);
    if (references == PostReferences{}) return {};
    const KeyedHash name = keyed_hash(key_, post.source, post.id);
    const auto stored = database_.get(Family::posts, view(name));
    if (!stored) return stored.error();
    auto entry = *stored ? decode_post(**stored) : std::nullopt;
    if (!entry || entry->tombstone) return {};  // what `verify` is there to tell
    entry->references = references;
    std::string bytes;
    encode_post(*entry, bytes);
    out_.Put(database_.family(Family::posts), to_slice(view(name)), bytes);
    each_reference(references, [&](const KeyedHash& referred, std::uint8_t kinds) {
      out_.Put(database_.family(Family::threads), to_slice(view(thread_key(referred, seq))),
               to_slice(view(thread_value(kinds))));
    });
    return {};
  }

  // The key of a profile, or of any row of somebody's.
  Result<void> take_author(std::string_view key, std::string_view) {
    if (key.size() < sizeof(AuthorKey)) return {};  // the same
    AuthorKey author;
    std::memcpy(author.data(), key.data(), author.size());
    if (author == last_author_ || !is_known(keyed_hash_at(key, sizeof(BrandNumber)))) return {};
    last_author_ = author;
    out_.Put(database_.family(Family::author_brands), to_slice(view(author_brand_key(author))), {});
    return {};
  }

  static constexpr std::array<Step, 3> kSteps{
      {{Family::feed, "mentions", &Migration::take_mention},
       {Family::mentions, "histories", &Migration::take_author},
       {Family::responses, "answers", &Migration::take_author}}};

  const Database& database_;
  const HashKey& key_;
  const std::function<void(std::string_view)>& say_;
  rocksdb::WriteBatch out_;
  Arena arena_;
  AuthorKey last_author_{};

  void tell(std::string_view words) const {
    if (say_) say_(words);
  }
};

}  // namespace

Result<void> migrate(const Database& database, const HashKey& key,
                     const std::function<void(std::string_view)>& say) {
  return Migration(database, key, say).run();
}

}  // namespace passaparola::store
