// passaparola forget: erases one author or many, with proof.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <span>

#include "app/author_list.h"
#include "app/cli.h"
#include "app/server_client.h"
#include "core/limits.h"
#include "feed/erasures.h"

namespace passaparola::app {
namespace {

using Authors = std::span<const store::AuthorId>;

struct ForgetArguments {
  StoreFlags store;
  std::string source, author, people;
  bool list = false;
};

Result<std::string> forget_one(const ForgetArguments& arguments) {
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    return client->del(fmt::format("/api/v1/authors/{}/{}", url_encoded(arguments.source),
                                   url_encoded(arguments.author)));
  }
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  auto proof = (*store)->forget(arguments.source, arguments.author);
  if (!proof) return proof.error();
  return feed::erasure_json(*proof);
}

// The proofs of a group, a line each.
Result<std::string> forget_group(ServerClient& client, Authors group) {
  const auto answer =
      client.post("/api/v1/authors:forget", feed::erasures_request(group), "application/json");
  if (!answer) return answer.error();
  simdjson::dom::parser parser;
  simdjson::dom::array proofs;
  if (parser.parse(*answer)["erasures"].get(proofs) != simdjson::SUCCESS ||
      proofs.size() != group.size()) {
    return fail(ErrorCode::io, "the server's answer to an erasure is not understood");
  }
  std::string lines;
  for (const simdjson::dom::element proof : proofs) lines += simdjson::minify(proof) + '\n';
  return lines;
}

Result<std::string> forget_group(store::Store& store, Authors group) {
  const auto proofs = store.forget(group);
  if (!proofs) return proofs.error();
  std::string lines;
  for (std::size_t i = 0; i < group.size(); ++i) {
    lines += feed::erasure_json(group[i], (*proofs)[i]) + '\n';
  }
  return lines;
}

// Proofs are printed group by group: what a later error ends was proven as far as it went.
template <typename From>
Result<void> forget_all(From& from, Authors authors) {
  auto out = OutputFile::open("-");
  if (!out) return out.error();
  while (!authors.empty()) {
    const std::size_t count = std::min(authors.size(), kMaxErasedTogether);
    const auto lines = forget_group(from, authors.first(count));
    if (!lines) return lines.error();
    if (auto written = out->write(*lines); !written) return written;
    if (auto flushed = out->flush(); !flushed) return flushed;
    authors = authors.subspan(count);
  }
  return out->close();
}

Result<void> forget_people(const ForgetArguments& arguments) {
  const auto authors = read_author_list(arguments.people);
  if (!authors) return authors.error();
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    return forget_all(*client, *authors);
  }
  auto store = open_existing_store(arguments.store.store);
  if (!store) return store.error();
  return forget_all(**store, *authors);
}

Result<void> list_of(const store::Store& store, OutputFile& out) {
  Result<void> written;
  const auto visited = store.visit_erasures([&](const store::ErasureProof& proof) {
    written = out.write(feed::erasure_json(proof) + '\n');
    return bool(written);
  });
  return visited ? written : visited;
}

Result<void> list_of(ServerClient& client, OutputFile& out) {
  std::string target = "/api/v1/erasures";
  for (bool more = true; more;) {
    const auto answer = client.get(target);
    if (!answer) return answer.error();
    simdjson::dom::parser parser;
    simdjson::dom::array proofs;
    const auto page = parser.parse(*answer);
    if (page["erasures"].get(proofs) || page["more"].get(more)) {
      return fail(ErrorCode::io, "the server's list of erasures is not understood");
    }
    for (const simdjson::dom::element proof : proofs) {
      if (auto written = out.write(simdjson::minify(proof) + '\n'); !written) return written;
      std::string_view author;
      if (proof["author"].get(author) == simdjson::SUCCESS) {
        target = fmt::format("/api/v1/erasures?after={}", author);
      }
    }
  }
  return {};
}

Result<void> list(const ForgetArguments& arguments) {
  auto out = OutputFile::open("-");
  if (!out) return out.error();
  Result<void> listed;
  if (!arguments.store.server.empty()) {
    auto client = ServerClient::connect(arguments.store.server);
    if (!client) return client.error();
    listed = list_of(*client, *out);
  } else {
    auto store = open_existing_store(arguments.store.store);
    if (!store) return store.error();
    listed = list_of(**store, *out);
  }
  return listed ? out->close() : listed;
}

Result<void> forget(const ForgetArguments& arguments) {
  if (arguments.list) return list(arguments);
  if (!arguments.people.empty()) return forget_people(arguments);
  if (arguments.source.empty() || arguments.author.empty()) {
    return fail(ErrorCode::invalid_argument,
                "say who: --source and --author, or --authors FILE; or --list");
  }
  const auto proof = forget_one(arguments);
  if (!proof) return proof.error();
  fmt::print("{}\n", *proof);
  return {};
}

}  // namespace

void add_forget(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ForgetArguments>();
  CLI::App* command = app.add_subcommand(
      "forget", "Erase everything of an author, here and on disk, and print the proof");
  add_store_flags(*command, arguments->store);
  auto* source =
      command->add_option("--source", arguments->source, "the author's network, such as bluesky");
  auto* author = command->add_option("--author", arguments->author, "the author's id there");
  auto* people =
      command
          ->add_option("--authors", arguments->people,
                       "many at once: a file, or -, with a source, a tab and an id a line, or "
                       R"({"source":…,"id":…}; prints a proof a line)")
          ->excludes(source)
          ->excludes(author);
  command->add_flag("--list", arguments->list, "erase nobody; print the proofs of all erasures")
      ->excludes(source)
      ->excludes(author)
      ->excludes(people);
  command->final_callback([arguments, &exit_code] {
    const auto done = forget(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
