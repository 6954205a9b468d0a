// A store of years: mentions by authors about 20 brands, then the identification job, one person's
// history, the bytes on disk, and how fast it all was written beside RocksDB's own batches.
//   advocates_bench [mentions=1000000] [authors=mentions/10] [folder]
// With a folder the store is kept there, and one of the same size that is there is only asked.
// The top of the ranking is compared with everybody's scores before anything is timed.
#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "advocacy/advocacy.h"
#include "core/check.h"
#include "core/fingerprint.h"
#include "core/json.h"
#include "store/store.h"

namespace passaparola {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBrands = 20, kMentionsPerCommit = 2000, kTop = 100;
constexpr Timestamp kBegin{1'764'547'200'000};  // 2025-12-01
constexpr std::int64_t kSpan = 360 * kMillisecondsPerDay;
constexpr int kRounds = 9;

double seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

struct Times {
  double median = 0, worst = 0;  // milliseconds
};

Times times_of(int rounds, const std::function<void(int)>& work) {
  std::vector<double> all;
  for (int i = 0; i < rounds; ++i) all.push_back(1e3 * seconds([&] { work(i); }));
  std::sort(all.begin(), all.end());
  return {all[all.size() / 2], all.back()};
}

// What is the same for a number every time.
struct Workload {
  std::uint64_t mentions, authors;

  // A hundredth of the authors write a fifth of the mentions; a mention of one of them mostly does
  // something for the brand. Of all others four fifths say nothing of it (BASE_RATES).
  struct Drawn {
    std::uint64_t author, answered;
    std::size_t brand;
    bool is_fan, has_label;
    Label label;
    std::optional<Act> act;
    std::mt19937_64 random;
  };
  Drawn drawn(std::uint64_t number) const {
    Drawn d{0, 0, 0, false, false, Label::neutral, {}, std::mt19937_64(number)};
    const std::uint64_t fans = std::max<std::uint64_t>(authors / 100, 1);
    d.is_fan = d.random() % 5 == 0;
    d.author = d.is_fan ? d.random() % fans : d.random() % authors;
    d.answered = d.random() % authors;
    // Most people speak of few brands.
    d.brand = (d.author * 7 + (d.random() % 4 == 0 ? d.random() : 0)) % kBrands;
    const std::uint64_t kind = d.random() % 1000;
    if (d.is_fan) {
      d.label = kind < 500 ? Label::positive : Label::neutral;
      if (kind < 250)
        d.act = Act::recommend;
      else if (kind < 330)
        d.act = Act::help;
      else if (kind < 380)
        d.act = Act::defend;
      else if (kind < 450)
        d.act = Act::testimonial;
      d.has_label = d.author % 4 == 0 && kind % 2 == 0;
    } else {
      d.label = kind < 100 ? Label::positive : kind < 180 ? Label::negative : Label::neutral;
      if (kind < 3)
        d.act = Act::recommend;
      else if (kind < 60)
        d.act = Act::praise;
      else if (kind >= 100 && kind < 150)
        d.act = Act::complain;
      else if (kind >= 980)
        d.act = Act::seek;
    }
    return d;
  }
};

std::string text_of(std::mt19937_64& random) {
  std::string text;
  while (text.size() < 146) {
    for (int i = static_cast<int>(random() % 8) + 2; i > 0; --i) {
      text += static_cast<char>('a' + random() % 26);
    }
    text += ' ';
  }
  return text;
}

// One mention as the pipeline hands it on, and the same as JSON.
class Writer {
 public:
  explicit Writer(const Workload& load) : load_(load) {}

  void prepare(const store::Preparer& preparer, std::uint64_t number, store::PreparedBatch& batch,
               std::string* json) const {
    Workload::Drawn d = load_.drawn(number);
    const std::string id = "at://did:plc:abcdefghij/app.bsky.feed.post/" + std::to_string(number);
    const std::string author = author_id(d.author), handle = author.substr(8) + ".example";
    const std::string brand = "brand_" + std::to_string(d.brand), rule = brand + ".mention";
    const std::string text = text_of(d.random), answered = author_id(d.answered);
    const RuleHit rules[] = {{rule, 1, {}, {}}};
    const Match matches[] = {{rule, "moka nera", Field::text, 0, 10, 19}};
    const SentimentHit hits[] = {{"adoro", Field::text, 0, 5, 0.8, false}};
    const ActHit act{d.act.value_or(Act::seek), true, 0.9, "ve la consiglio", Field::text, 20, 35};
    const Penalty label{Signal::explicit_label, 1, "#adv", Field::text, 0, 4};
    Mention mention;
    mention.brand = brand;
    mention.rules = rules;
    mention.matches = matches;
    mention.sentiment.label = d.label;
    if (d.label != Label::neutral) mention.sentiment.hits = hits;
    mention.sentiment.score = d.label == Label::positive   ? 0.7
                              : d.label == Label::negative ? -0.7
                                                           : 0;
    mention.sentiment.confidence = 0.8;
    if (d.act) mention.acts = {&act, 1};
    if (d.has_label) {
      mention.authenticity.penalties = {&label, 1};
      mention.authenticity.score = 0;
    }
    mention.quality.depth = 0.6;
    mention.lang = "it";
    mention.fingerprint = d.random() | kNearFingerprint;
    mention.ruleset = "0123456789abcdef0123456789abcdef";
    mention.lexicon = "fedcba9876543210fedcba9876543210";
    PostView& post = mention.post;
    post.source = "bluesky";
    post.id = id;
    post.author.id = author;
    post.author.handle = handle;
    post.author.followers = 312;
    if (d.random() % 100 < 64) post.reply_to_author_id = answered;
    post.text = text;
    post.lang = "it";
    post.created_at = created_at(number);
    post.url = id;
    preparer.prepare(post, {&mention, 1}, batch);
    if (json == nullptr) return;
    json->clear();
    JsonWriter writer(*json);
    write_mention(writer, mention, 1);
  }

  static std::string author_id(std::uint64_t number) {
    return "did:plc:author" + std::to_string(number);
  }

 private:
  Timestamp created_at(std::uint64_t number) const {
    const double share = static_cast<double>(number) / static_cast<double>(load_.mentions);
    return {kBegin.milliseconds + static_cast<std::int64_t>(share * static_cast<double>(kSpan))};
  }

  const Workload& load_;
};

void check(const rocksdb::Status& status) { CHECK(status.ok(), "RocksDB takes the batch"); }

// The records that one mention comes to, as bytes under keys that are as random as ours: what
// RocksDB itself takes for them, without anything being looked up, encoded or added up.
void put_records(std::uint64_t number, std::string_view value, rocksdb::WriteBatch& batch) {
  const std::uint64_t seq = __builtin_bswap64(number);
  check(batch.Put({reinterpret_cast<const char*>(&seq), sizeof seq}, {value.data(), value.size()}));
  // A row, a profile, a post, an id, a response (STORE_FORMAT): bytes of key and value.
  constexpr std::pair<std::size_t, std::size_t> kRecords[] = {
      {36, 88}, {20, 60}, {16, 66}, {16, 4}, {36, 13}};
  std::mt19937_64 random(number);
  std::array<std::uint64_t, 16> bytes;
  for (std::uint64_t& word : bytes) word = random();
  const auto* const data = reinterpret_cast<const char*>(bytes.data());
  for (std::size_t i = 0; i < std::size(kRecords); ++i) {
    check(batch.Put({data + i, kRecords[i].first}, {data + 36, kRecords[i].second}));
  }
}

// Writes the store, and beside it the same records into a RocksDB as it comes.
void ingest(const Workload& load, const fs::path& folder, const fs::path& plain) {
  store::StoreOptions options;
  options.sync = false;
  auto opened = store::Store::open(folder, options);
  CHECK(opened.has_value(), "the store opens");
  store::Store& store = **opened;
  rocksdb::Options raw_options;
  raw_options.create_if_missing = true;
  raw_options.compression = rocksdb::kLZ4Compression;
  rocksdb::DB* raw = nullptr;
  check(rocksdb::DB::Open(raw_options, plain.string(), &raw));
  const std::unique_ptr<rocksdb::DB> database(raw);
  const store::Preparer preparer(store.hash_key());
  const Writer writer(load);
  store::PreparedBatch batch;
  const store::PreparedBatch* const batches[] = {&batch};
  double of_store = 0, of_batch = 0;
  for (std::uint64_t done = 0; done < load.mentions; done += kMentionsPerCommit) {
    batch.clear();
    for (std::size_t i = 0; i < kMentionsPerCommit; ++i) {
      writer.prepare(preparer, done + i, batch, nullptr);
    }
    of_store += seconds([&] {
      const auto outcome = store.commit(batches);
      CHECK(outcome && outcome->front().mentions == kMentionsPerCommit, "every mention is stored");
    });
    rocksdb::WriteBatch raw_batch;
    for (std::size_t i = 0; i < batch.mentions.size(); ++i) {
      put_records(done + i, batch.mentions[i].value, raw_batch);
    }
    of_batch += seconds([&] { check(database->Write(rocksdb::WriteOptions(), &raw_batch)); });
  }
  const auto rate = [&](double time) { return static_cast<double>(load.mentions) / time; };
  std::printf(
      "ingest    %8.0f mentions/s with all indexes; RocksDB alone takes their records at "
      "%8.0f: %.2f\n",
      rate(of_store), rate(of_batch), of_batch / of_store);
}

// Bytes a mention as JSON and in SQLite with the same three indexes, of a part.
void print_sizes(const Workload& load, const fs::path& folder, double store_bytes) {
  const std::uint64_t rows = std::min<std::uint64_t>(load.mentions, 300'000);
  const fs::path file = folder.string() + ".sqlite";
  fs::remove(file);
  sqlite3* database = nullptr;
  const auto run = [&](const char* sql) {
    CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql);
  };
  CHECK(sqlite3_open(file.c_str(), &database) == SQLITE_OK, "SQLite opens");
  run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
      "CREATE TABLE mention(seq INTEGER PRIMARY KEY, id TEXT, brand INTEGER, author TEXT,"
      " created INTEGER, body TEXT); BEGIN");
  sqlite3_stmt* insert = nullptr;
  CHECK(sqlite3_prepare_v2(database, "INSERT INTO mention VALUES(?,?,?,?,?,?)", -1, &insert,
                           nullptr) == SQLITE_OK,
        "SQLite prepares");
  const Writer writer(load);
  const store::Preparer preparer({});
  store::PreparedBatch batch;
  std::string json;
  double json_bytes = 0;
  for (std::uint64_t i = 0; i < rows; ++i) {
    batch.clear();
    writer.prepare(preparer, i, batch, &json);
    json_bytes += static_cast<double>(json.size() + 1);
    const auto& id = batch.mentions.front().id;
    const Workload::Drawn d = load.drawn(i);
    const std::string author = Writer::author_id(d.author);
    sqlite3_bind_int64(insert, 1, static_cast<sqlite3_int64>(i + 1));
    sqlite3_bind_blob(insert, 2, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    sqlite3_bind_int(insert, 3, static_cast<int>(d.brand));
    sqlite3_bind_text(insert, 4, author.data(), static_cast<int>(author.size()), SQLITE_STATIC);
    sqlite3_bind_int64(insert, 5, batch.events.front().created_at.milliseconds);
    sqlite3_bind_text(insert, 6, json.data(), static_cast<int>(json.size()), SQLITE_STATIC);
    CHECK(sqlite3_step(insert) == SQLITE_DONE, "SQLite takes the row");
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  run("COMMIT; CREATE UNIQUE INDEX by_id ON mention(id);"
      "CREATE INDEX by_author ON mention(brand, author, created);"
      "CREATE INDEX by_time ON mention(brand, created)");
  sqlite3_close(database);
  std::printf("on disk   %.0f bytes a mention; as JSON %.0f; in SQLite with its indexes %.0f\n",
              store_bytes / static_cast<double>(load.mentions),
              json_bytes / static_cast<double>(rows),
              static_cast<double>(fs::file_size(file)) / static_cast<double>(rows));
  fs::remove(file);
}

advocacy::IdentifyReport identify(store::Store& store, std::size_t brand, bool by_ranking) {
  advocacy::IdentifyQuery query;
  query.brand = "brand_" + std::to_string(brand);
  query.top = kTop;
  query.as_of = {kBegin.milliseconds + kSpan};
  query.is_now = by_ranking;
  auto report = advocacy::identify(store, query, advocacy::default_config());
  CHECK(report.has_value(), "the advocates can be asked for");
  return *std::move(report);
}

// What the file system keeps of the store's files is given up, so that they are read from disk.
void drop_from_cache(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const int file = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    ::fsync(file);
    ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    ::close(file);
  }
}

void ask(const Workload& load, const fs::path& folder) {
  auto opened = store::Store::open(folder, {});
  CHECK(opened.has_value(), "the store opens again");
  std::unique_ptr<store::Store> store = std::move(*opened);
  const Times first = times_of(static_cast<int>(kBrands), [&](int brand) {
    identify(*store, static_cast<std::size_t>(brand), true);
  });
  std::printf("ranking   a brand's people ranked for the first time in %.0f ms (worst %.0f)\n",
              first.median, first.worst);
  double everybody = 0;
  std::size_t found = 0;
  for (const std::size_t brand : {0U, 7U}) {
    const advocacy::IdentifyReport quick = identify(*store, brand, true);
    advocacy::IdentifyReport slow;
    everybody = 1e3 * seconds([&] { slow = identify(*store, brand, false); });
    CHECK(quick.authors.size() == slow.authors.size() && !slow.authors.empty(),
          "as many advocates");
    for (std::size_t i = 0; i < slow.authors.size(); ++i) {
      CHECK(quick.authors[i].author.id == slow.authors[i].author.id &&
                quick.authors[i].score.score_low == slow.authors[i].score.score_low,
            "the ranking equals everybody's scores");
    }
    found = slow.authors.size();
  }
  const auto top_of = [&](int brand) {
    const std::string json =
        to_json(identify(*store, static_cast<std::size_t>(brand) % kBrands, true), true);
    CHECK(json.size() > 1000, "the report has people");
  };
  const Times warm = times_of(3 * static_cast<int>(kBrands), top_of);
  store.reset();
  std::vector<double> all;
  for (int round = 0; round < kRounds; ++round) {
    drop_from_cache(folder);
    auto again = store::Store::open(folder, {});
    CHECK(again.has_value(), "the store opens again");
    store = std::move(*again);
    all.push_back(1e3 * seconds([&] { top_of(round); }));
    if (round + 1 < kRounds) store.reset();
  }
  std::sort(all.begin(), all.end());
  const Times cold{all[all.size() / 2], all.back()};
  std::printf(
      "top %zu   of %zu warm %.1f ms (worst %.1f), cold %.1f ms (worst %.1f); by everybody's "
      "scores %.0f ms\n",
      kTop, found, warm.median, warm.worst, cold.median, cold.worst, everybody);
  const Times page = times_of(500, [&](int i) {
    const std::uint64_t author = load.drawn(static_cast<std::uint64_t>(i) * 997).author;
    const auto history = store->history("bluesky", Writer::author_id(author), "");
    CHECK(history.has_value(), "an author has a history");
    std::vector<std::uint64_t> seqs;
    for (const auto& [brand, of] : *history) {
      for (auto m = of.mentions.rbegin(); m != of.mentions.rend() && seqs.size() < 20; ++m) {
        seqs.push_back(m->seq);
      }
    }
    CHECK(store->mentions(seqs).value().size() == seqs.size(), "every mention is there");
  });
  std::printf("history   a person's last 20 mentions in %.2f ms (worst of 500: %.2f)\n",
              page.median, page.worst);
}

void make(const Workload& load, const fs::path& folder) {
  const fs::path plain = folder.string() + ".plain";
  fs::remove_all(plain);
  std::printf("%lu mentions by %lu authors about %zu brands\n", load.mentions, load.authors,
              kBrands);
  ingest(load, folder, plain);
  fs::remove_all(plain);
  double bytes = 0;
  {
    auto store = store::Store::open(folder, {});
    CHECK(store.has_value(), "the store opens again");
    bytes = static_cast<double>((*store)->disk_bytes());
  }
  print_sizes(load, folder, bytes);
}

}  // namespace
}  // namespace passaparola

int main(int count, char** arguments) {
  namespace fs = std::filesystem;
  passaparola::Workload load{1'000'000, 0};
  if (count > 1) load.mentions = std::stoul(arguments[1]);
  load.authors =
      count > 2 ? std::stoul(arguments[2]) : std::max(load.mentions / 10, std::uint64_t{1});
  const bool is_kept = count > 3;
  const fs::path folder =
      is_kept ? fs::path(arguments[3]) : fs::temp_directory_path() / "passaparola_advocates_bench";
  if (!is_kept) fs::remove_all(folder);
  if (!fs::exists(folder)) passaparola::make(load, folder);
  passaparola::ask(load, folder);
  if (!is_kept) fs::remove_all(folder);
}
