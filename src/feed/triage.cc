#include "feed/triage.h"

#include <simdjson.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <mutex>

#include "core/limits.h"
#include "feed/off_thread.h"

namespace passaparola::feed {
namespace {

namespace net = boost::asio;
using simdjson::dom::element;

// What became of a correction, which may come after nobody waits any more.
struct Kept {
  std::mutex mutex;
  std::optional<Result<void>> result;  // protected by mutex
};

Error bad_body(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

Result<ActSet> read_acts(element value) {
  simdjson::dom::array names;
  if (value.get(names) != simdjson::SUCCESS) return bad_body("acts is a list of names");
  ActSet acts;
  for (const element each : names) {
    std::string_view name;
    const auto act = each.get(name) == simdjson::SUCCESS ? parse_act(name) : std::nullopt;
    if (!act) return bad_body("an act is one of recommend, complain, praise, …: see Mention.acts");
    acts.set(static_cast<std::size_t>(*act));
  }
  return acts;
}

Result<void> read_member(std::string_view name, element value, Correction& correction) {
  if (name == "acts" && !value.is_null()) {
    const auto acts = read_acts(value);
    if (!acts) return acts.error();
    correction.acts = *acts;
  } else if (name == "about_brand" && !value.is_null()) {
    bool is_about = false;
    if (value.get(is_about) != simdjson::SUCCESS) return bad_body("about_brand is true or false");
    correction.about_brand = is_about;
  } else if (name == "sampled" && !value.is_null()) {
    if (value.get(correction.sampled) != simdjson::SUCCESS) {
      return bad_body("sampled is true or false");
    }
  } else if (name != "label" && !value.is_null()) {
    return bad_body("a correction has label, acts, about_brand and sampled, and nothing else");
  }
  return {};
}

Result<Correction> read_correction(element value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return bad_body(R"(correction is an object with a label, or null)");
  }
  Correction correction;
  std::string_view name;
  const bool is_text = object["label"].get(name) == simdjson::SUCCESS;
  const auto label = is_text ? parse_label(name) : std::nullopt;
  if (!label || *label == Label::abstain) {
    return bad_body("label is one of positive, negative, neutral, mixed");
  }
  correction.label = *label;
  for (const auto [key, member] : object) {
    const auto read = read_member(key, member, correction);
    if (!read) return read.error();
  }
  return correction;
}

net::awaitable<Outcome> keep(Context& context, std::string id, std::optional<Correction> said) {
  auto kept = std::make_shared<Kept>();
  auto start = [&context, kept, &id, &said](const std::function<void()>& call) {
    context.services.correct(std::move(id), std::move(said), [kept, call](Result<void> result) {
      {
        const std::lock_guard lock(kept->mutex);
        kept->result.emplace(std::move(result));
      }
      call();
    });
  };
  co_await until_called(context, std::move(start), std::chrono::seconds(kMaxRequestSeconds));
  const std::lock_guard lock(kept->mutex);
  if (!kept->result) {
    co_return Problem{503, "triage-timed-out",
                      "the correction was not durable in time; send it again, nothing is doubled"};
  }
  if (!*kept->result) co_return problem_of(kept->result->error());
  co_return Answer{};
}

}  // namespace

std::optional<Problem> check_triage(const Head& head) {
  const std::string_view field = head.field("content-type");
  const std::string_view type = field.substr(0, field.find_first_of("; \t"));
  if (type != "application/json" && type != "application/merge-patch+json") {
    return Problem{415, "content-type", "a mention is changed by application/json"};
  }
  const std::string_view encoding = head.field("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    return Problem{415, "content-encoding", "the body comes as it is, not compressed"};
  }
  if (!head.chunked && !head.content_length) {
    return Problem{411, "length-required", "the body needs Content-Length or chunks"};
  }
  return std::nullopt;
}

Result<std::optional<Correction>> read_triage(std::string_view body) {
  const simdjson::padded_string padded(body);
  simdjson::dom::parser parser(kMaxTriageBodyBytes);
  simdjson::dom::object object;
  if (body.size() > kMaxTriageBodyBytes ||
      parser.allocate(kMaxTriageBodyBytes, kMaxJsonDepth) != simdjson::SUCCESS ||
      parser.parse(padded).get(object) != simdjson::SUCCESS) {
    return bad_body("the body is not a JSON object");
  }
  for (const auto [key, member] : object) {
    if (key != "correction") {
      return bad_body("what may be changed of a mention is its correction, and nothing else yet");
    }
  }
  element value;
  if (object["correction"].get(value) != simdjson::SUCCESS) {
    return bad_body(R"(the body is {"correction":{"label":"negative"}}, or null in its place)");
  }
  if (value.is_null()) return std::optional<Correction>();
  auto correction = read_correction(value);
  if (!correction) return correction.error();
  return std::optional<Correction>(*std::move(correction));
}

net::awaitable<Outcome> triage(Context& context, Target target, Caller by, std::string body) {
  if (!context.services.correct) {
    co_return Problem{404, "not-found", "this server's mentions cannot be corrected"};
  }
  auto said = read_triage(body);
  if (!said) co_return problem_of(said.error());
  if (*said) {
    (*said)->by = by.name;
    (*said)->at = now();
  }
  Outcome outcome;
  std::function<void()> work = [&context, &target, &by, &outcome] {
    outcome = answer(context, Route::mention, "GET", target, by);
  };
  if (by.is_limited()) {
    co_await off_thread(context, Pool::reads, work);
    if (std::holds_alternative<Problem>(outcome)) co_return outcome;
  }
  outcome = co_await keep(context, target.path[3], *std::move(said));
  if (std::holds_alternative<Problem>(outcome)) co_return outcome;
  context.tail.forget_all();  // live readers are served it as it is now
  co_await off_thread(context, Pool::reads, std::move(work));
  co_return outcome;
}

}  // namespace passaparola::feed
