// Damaged files of a store: the answers are those of the undamaged one, or the program says which
// file is damaged and what to do. Never other data in silence, never an abort.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>

#include "integration/campaign.h"
#include "integration/http_client.h"

namespace passaparola::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kPeople = 60, kRegulars = 20, kGroup = 20;

// Several table files, deletes, an edit, ranks, and a log with many commits that nobody has closed.
void make_store(const Site& site) {
  std::uint64_t posts = 0;
  for (; posts < 400; posts += 100) site.add(praising_posts(posts, 100, kPeople, kRegulars));
  site.add(R"({"op":"delete","source":"test","id":"30"})"
           "\n"
           R"({"op":"delete_author","source":"test","author":{"id":"author-7"}})"
           "\n");
  const Finished ranked = site.run({"advocates", "--store", site.store(), "--brand", "moka_nera"});
  ASSERT_EQ(ranked.exit_code, 0) << ranked.err;
  Program server(site.folder(), site.serve(site.store()));
  ASSERT_TRUE(server.wait_for_output("listening on ")) << server.wait().err;
  for (int push = 0; push < 30; ++push, posts += kGroup) {
    const auto answer = http_request(listening_url(server.out()), "POST", "/api/v1/posts",
                                     praising_posts(posts, kGroup, kPeople, kRegulars) +
                                         R"({"op":"delete","source":"test","id":")" +
                                         std::to_string(posts - 9) + "\"}\n");
    ASSERT_TRUE(answer && answer->status == 200);
  }
  server.signal(SIGKILL);
  server.wait();
}

// What people ask a store.
std::vector<std::vector<std::string>> questions(const std::string& store) {
  const auto of = [&](std::vector<std::string> words) {
    words.insert(words.begin() + 1, {"--store", store});
    return words;
  };
  return {of({"feed"}),
          of({"history", "--source", "test", "--author", "author-3"}),
          of({"advocates", "--brand", "moka_nera", "--format", "json", "--as-of", praise_end()}),
          of({"advocates", "--brand", "moka_nera", "--format", "csv"}),
          {"verify", store}};
}

// The part of an answer that does not depend on when it was asked for.
std::string lasting(const std::vector<std::string>& question, const Finished& finished) {
  const bool is_ranked = question[0] == "advocates" && question.back() == "csv";
  if (is_ranked) return csv_column(finished.out, 2);
  std::string text = finished.out;
  // How a person scores now.
  for (std::size_t at = 0; (at = text.find("\"standing\":{", at)) != std::string::npos;) {
    text.erase(at, text.find('}', at) + 1 - at);
  }
  return text;
}

struct Damage {
  fs::path file;
  std::string done;
};

class Vandal {
 public:
  explicit Vandal(std::uint64_t seed) : random_(seed) {}

  // Damages one file of `store` by one of its kinds.
  Damage damage(const fs::path& store, std::size_t number) {
    static constexpr std::array<const char*, 10> kKinds{".log",   ".sst",     "MANIFEST", ".log",
                                                        ".sst",   "MANIFEST", "CURRENT",  "OPTIONS",
                                                        "FORMAT", "IDENTITY"};
    const fs::path file = pick(store, kKinds[number % kKinds.size()]);
    const std::string before = read_file(file);
    std::string bytes = before;
    while (bytes == before) bytes = spoilt(before);
    write_file(file, bytes);
    return {file, done_};
  }

 private:
  fs::path pick(const fs::path& store, const std::string& kind) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(store)) {
      const std::string name = entry.path().filename();
      if (name.find(kind) != std::string::npos && entry.file_size() > 0) {
        files.push_back(entry.path());
      }
    }
    EXPECT_FALSE(files.empty()) << kind;
    std::sort(files.begin(), files.end());
    return files[random_() % files.size()];
  }

  std::string spoilt(std::string bytes) {
    constexpr std::size_t kPage = 4096;
    const std::size_t at = random_() % bytes.size();
    switch (random_() % 4) {
      case 0:
        done_ = "cut at " + std::to_string(at);
        bytes.resize(at);
        break;
      case 1: {
        const std::size_t page = at / kPage * kPage;
        done_ = "zeroed from " + std::to_string(page);
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(page),
                    std::min(kPage, bytes.size() - page), '\0');
        break;
      }
      default:
        done_ = "flipped at " + std::to_string(at);
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random_() % 8));
    }
    return bytes;
  }

  std::mt19937_64 random_;
  std::string done_;
};

class Damaged : public ::testing::Test {
 protected:
  void SetUp() override {
    make_store(site_);
    fs::copy(site_.store(), place());
    for (const auto& question : questions(place())) {
      const Finished finished = site_.run(question);
      EXPECT_EQ(finished.exit_code, 0) << finished.err << finished.out;
      answers_.push_back(lasting(question, finished));
    }
    EXPECT_GT(std::count(answers_[3].begin(), answers_[3].end(), '\n'), 5) << "advocates";
  }

  std::string place() const { return site_.path("damaged"); }

  // Asks everything of a store with this damage; whether it was found.
  bool ask(const Damage& damage) {
    bool found = false;
    const auto all = questions(place());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Finished finished = site_.run(all[i]);
      const std::string which =
          damage.file.filename().string() + " " + damage.done + ", then " + all[i][0];
      EXPECT_EQ(finished.signal, 0) << which << ": " << finished.err;
      if (finished.exit_code == 0) {
        EXPECT_TRUE(lasting(all[i], finished) == answers_[i]) << which << ": not what was stored";
        continue;
      }
      found = true;
      if (all[i][0] == "verify" && finished.err.empty()) continue;  // the differences are listed
      EXPECT_NE(finished.err.find(place()), std::string::npos) << which << ": " << finished.err;
      EXPECT_TRUE(finished.err.find("backup") != std::string::npos ||
                  finished.err.find("later version") != std::string::npos)
          << which << " is told without a remedy: " << finished.err;
    }
    return found;
  }

  const Site site_;
  std::vector<std::string> answers_;
};

TEST_F(Damaged, FilesAreToldOrDoNoHarm) {
  const std::uint64_t files = size_from("PASSAPAROLA_DAMAGED_FILES", 4);
  Vandal vandal(random_seed());
  std::map<std::string, std::array<int, 2>> outcomes;  // by kind of file: harmless, told
  for (std::uint64_t i = 0; i < files; ++i) {
    fs::remove_all(place());
    fs::copy(site_.store(), place());
    const Damage damage = vandal.damage(place(), i);
    const std::string name = damage.file.filename();
    const std::string extension = damage.file.extension();
    const std::string kind = extension.empty() ? name.substr(0, name.find('-')) : extension;
    ++outcomes[kind][ask(damage) ? 1 : 0];
  }
  for (const auto& [kind, counts] : outcomes) {
    std::printf("%s: %d harmless, %d told\n", kind.c_str(), counts[0], counts[1]);
  }
}

}  // namespace
}  // namespace passaparola::testing
