#include "feed/erasures.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "core/fold.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/limits.h"
#include "feed/exports_answer.h"
#include "feed/off_thread.h"
#include "feed/triage.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
using simdjson::dom::element;

Error bad_request(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

Result<store::AuthorId> author_of(element value) {
  std::string_view source, id;
  if (value["source"].get(source) != simdjson::SUCCESS ||
      value["id"].get(id) != simdjson::SUCCESS) {
    return bad_request(R"(an author is {"source":"…","id":"…"})");
  }
  store::AuthorId author{std::string(source), std::string(id)};
  const auto checked = check_author(author);
  if (!checked) return checked.error();
  return author;
}

void write_proof(JsonWriter& writer, const store::ErasureProof& proof) {
  writer.field("author", to_hex({proof.author.data(), proof.author.size()}));
  writer.field("erased_at", format_rfc3339(proof.erased_at));
  writer.field("mentions", proof.mentions);
  writer.field("brands", proof.brands);
  writer.field("finished", proof.finished);
}

Outcome erase(Context& context, const std::vector<store::AuthorId>& authors) {
  const auto proofs = context.services.forget(authors);
  const auto gone = forget_exports(context);
  if (!proofs) return problem_of(proofs.error());
  if (!gone) return problem_of(gone.error());
  Answer out;
  out.body = R"({"erasures":[)";
  for (std::size_t i = 0; i < authors.size(); ++i) {
    if (i > 0) out.body += ',';
    out.body += erasure_json(authors[i], (*proofs)[i]);
  }
  out.body += "]}";
  return out;
}

}  // namespace

std::string erasure_json(const store::ErasureProof& proof) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  write_proof(writer, proof);
  writer.EndObject();
  return out;
}

std::string erasure_json(const store::AuthorId& author,
                         const std::optional<store::ErasureProof>& proof) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("found", proof.has_value());
  if (proof) {
    write_proof(writer, *proof);
  } else {
    writer.field("source", author.source);
    writer.field("id", author.id);
  }
  writer.EndObject();
  return out;
}

Result<void> check_author(const store::AuthorId& author) {
  if (author.source.empty() || author.id.empty()) return bad_request("source or id is empty");
  if (author.source.size() > kMaxSourceBytes || author.id.size() > kMaxIdBytes) {
    return bad_request(
        fmt::format("a source has at most {} bytes and an id {}", kMaxSourceBytes, kMaxIdBytes));
  }
  if (!is_valid_utf8(author.source) || !is_valid_utf8(author.id)) {
    return bad_request("not valid UTF-8");
  }
  return {};
}

Result<store::AuthorId> read_author(std::string_view json) {
  const simdjson::padded_string padded(json);
  simdjson::dom::parser parser(kMaxRecordBytes);
  element value;
  if (parser.allocate(kMaxRecordBytes, kMaxJsonDepth) != simdjson::SUCCESS ||
      parser.parse(padded).get(value) != simdjson::SUCCESS) {
    return bad_request("not a JSON object");
  }
  return author_of(value);
}

// What holds of the body of a PATCH holds here, but for its type.
std::optional<Problem> check_erasures(const Head& head) {
  const std::string_view field = head.field("content-type");
  if (field.substr(0, field.find_first_of("; \t")) != "application/json") {
    return Problem{415, "content-type", "who is to be erased is told in application/json"};
  }
  return check_triage(head);
}

Result<std::vector<store::AuthorId>> read_erasures(std::string_view body) {
  const simdjson::padded_string padded(body);
  simdjson::dom::parser parser(kMaxErasureBodyBytes);
  simdjson::dom::array listed;
  if (body.size() > kMaxErasureBodyBytes ||
      parser.allocate(kMaxErasureBodyBytes, kMaxJsonDepth) != simdjson::SUCCESS ||
      parser.parse(padded)["authors"].get(listed) != simdjson::SUCCESS) {
    return bad_request(R"(the body is {"authors":[{"source":"…","id":"…"}]})");
  }
  std::vector<store::AuthorId> authors;
  for (const element value : listed) {
    if (authors.size() == kMaxErasedTogether) {
      return bad_request(fmt::format("at most {} authors at once", kMaxErasedTogether));
    }
    auto author = author_of(value);
    if (!author) {
      return bad_request(fmt::format("authors[{}]: {}", authors.size(), author.error().message));
    }
    authors.push_back(*std::move(author));
  }
  return authors;
}

std::string erasures_request(std::span<const store::AuthorId> authors) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.key("authors");
  writer.StartArray();
  for (const store::AuthorId& author : authors) {
    writer.StartObject();
    writer.field("source", author.source);
    writer.field("id", author.id);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return out;
}

Result<std::string> proofs_json(const store::Store& store, std::string_view after,
                                std::size_t limit) {
  std::string out = R"({"erasures":[)";
  std::size_t count = 0;
  bool is_behind = after.empty(), more = false;
  const auto visited = store.visit_erasures([&](const store::ErasureProof& proof) {
    if (!is_behind) {
      is_behind = to_hex({proof.author.data(), proof.author.size()}) == after;
      return true;
    }
    more = count == limit;
    if (more) return false;
    if (count++ > 0) out += ',';
    out += erasure_json(proof);
    return true;
  });
  if (!visited) return visited.error();
  if (!is_behind) return fail(ErrorCode::not_found, "after is not the hash of an erased author");
  out += more ? R"(],"more":true})" : R"(],"more":false})";
  return out;
}

net::awaitable<Outcome> forget_together(Context& context, std::string body) {
  Outcome outcome;
  // Reading a large body takes time that this thread's other sockets have not.
  std::function<void()> work = [&context, &body, &outcome] {
    const auto authors = read_erasures(body);
    outcome = authors ? erase(context, *authors) : Outcome(problem_of(authors.error()));
  };
  const bool has_run = co_await off_thread(context, Pool::jobs, std::move(work));
  if (!has_run) co_return Problem{503, "overloaded", "too many long questions are waiting"};
  co_return outcome;
}

}  // namespace passaparola::feed
