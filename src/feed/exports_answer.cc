#include "feed/exports_answer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>
#include <string>

#include "core/limits.h"
#include "feed/answers.h"
#include "feed/export_record.h"

namespace passaparola::feed {
namespace {

Problem bad_body(std::string detail) { return {400, "invalid-argument", std::move(detail)}; }
Problem no_exports() { return {404, "not-found", "this server makes no exports"}; }
Problem no_such_export() { return {404, "not-found", "there is no such export"}; }

Answer job_answer(const Context& context, const ExportJob& job) {
  Answer answer;
  JsonWriter writer(answer.body);
  write_export(writer, job, context.services.store->id());
  return answer;
}

// A place in the feed.
std::optional<Problem> read_place(const store::Store& store, std::string_view name,
                                  std::string_view text, std::uint64_t& place) {
  const auto start = parse_start_at(text);
  if (!start) return bad_body(std::string(name) + " is now, start or a cursor");
  const auto resolved = resolve_start(store, *start);
  if (const auto* problem = std::get_if<Problem>(&resolved)) return *problem;
  place = std::get<std::uint64_t>(resolved);
  return std::nullopt;
}

std::optional<Problem> read_member(const store::Store& store, std::string_view name,
                                   simdjson::dom::element value, ExportRequest& request) {
  std::string_view text;
  if (value.get(text)) return bad_body(std::string(name) + " is a string");
  if (name == "brand") {
    request.brand = text;
  } else if (name == "where") {
    request.where = text;
  } else if (name == "format") {
    if (text != "ndjson" && text != "csv") return bad_body("format is ndjson or csv");
    request.is_csv = text == "csv";
  } else if (name == "after") {
    return read_place(store, name, text, request.after);
  } else if (name == "until") {
    return read_place(store, name, text, request.until);
  } else {
    return bad_body("an export has brand, where, format, after and until, and nothing else");
  }
  return std::nullopt;
}

}  // namespace

Outcome begin_export(Context& context, const Caller& caller, std::string_view body) {
  if (!context.exports) return no_exports();
  const store::Store& store = *context.services.store;
  ExportRequest request;
  request.until = store.last_seq();
  const simdjson::padded_string padded(body);
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(padded).get(members)) return bad_body("the body is not a JSON object");
  for (const auto [name, value] : members) {
    if (auto problem = read_member(store, name, value, request)) return *std::move(problem);
  }
  const auto job = context.exports->add(request, caller);
  if (!job) return problem_of(job.error());
  Answer answer = job_answer(context, *job);
  answer.status = 202;
  answer.fields.emplace_back("Location", "/api/v1/exports/" + job->id);
  return answer;
}

Outcome exports_answer(Context& context, const Caller& caller) {
  Answer answer;
  JsonWriter writer(answer.body);
  writer.StartObject();
  writer.key("exports");
  writer.StartArray();
  if (context.exports) {
    for (const ExportJob& job : context.exports->list(caller)) {
      write_export(writer, job, context.services.store->id());
    }
  }
  writer.EndArray();
  writer.EndObject();
  return answer;
}

Outcome export_answer(Context& context, std::string_view method, const Target& target,
                      const Caller& caller) {
  const auto job = context.exports ? context.exports->find(target.path[3], caller) : std::nullopt;
  if (!job) return no_such_export();
  if (method != "DELETE") return job_answer(context, *job);
  const auto removed = context.exports->remove(job->id, caller);
  if (!removed) return problem_of(removed.error());
  Answer answer;
  answer.body = R"({"deleted":true})";
  return answer;
}

Outcome export_file_answer(Context& context, const Target& target, const Caller& caller) {
  const auto job = context.exports ? context.exports->find(target.path[3], caller) : std::nullopt;
  if (!job) return no_such_export();
  if (job->state != ExportState::done) {
    return Problem{409, "export-not-done",
                   "the export is " + std::string(name_of(job->state)) + ": there is no file"};
  }
  const std::string_view ending = job->request.is_csv ? "csv" : "ndjson";
  Answer answer;
  answer.content_type = job->request.is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  answer.fields.emplace_back(
      "Content-Disposition",
      fmt::format("attachment; filename=\"passaparola-{}.{}\"", job->id.substr(0, 8), ending));
  answer.file = context.exports->file_of(*job);
  answer.file_bytes = job->bytes;
  return answer;
}

Result<void> forget_exports(Context& context) {
  return context.exports ? context.exports->forget_all() : Result<void>();
}

}  // namespace passaparola::feed
