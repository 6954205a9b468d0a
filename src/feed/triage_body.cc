// Reading the bodies of triage requests.
#include <simdjson.h>

#include <charconv>

#include "core/limits.h"
#include "feed/triage.h"

namespace passaparola::feed {
namespace {

using simdjson::dom::element;

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

Result<void> read_correction_member(std::string_view name, element value, Correction& correction) {
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

Result<std::optional<Correction>> read_correction(element value) {
  if (value.is_null()) return std::optional<Correction>();
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
    const auto read = read_correction_member(key, member, correction);
    if (!read) return read.error();
  }
  return std::optional<Correction>(std::move(correction));
}

Result<std::string> read_text(std::string_view name, element value, std::size_t most) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS || text.size() > most) {
    return bad_body(std::string(name) + " is a text of at most " + std::to_string(most) + " bytes");
  }
  return std::string(text);
}

Result<bool> read_flag(std::string_view name, element value) {
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) {
    return bad_body(std::string(name) + " is true or false");
  }
  return flag;
}

// False: the member is none of a change.
Result<bool> read_change(std::string_view name, element value, store::TriageChange& change) {
  if (name == "state") {
    std::string_view text;
    const bool is_text = value.get(text) == simdjson::SUCCESS;
    change.state = is_text ? parse_triage_state(text) : std::nullopt;
    if (!change.state) return bad_body("state is one of new, open, waiting, done, dismissed");
  } else if (name == "assignee") {
    change.assignee.emplace();  // null: nobody
    if (value.is_null()) return true;
    auto text = read_text(name, value, kMaxNameBytes);
    if (!text) return text.error();
    change.assignee = *std::move(text);
  } else if (name == "note") {
    auto text = read_text(name, value, kMaxTriageNoteBytes);
    if (!text) return text.error();
    change.note = *std::move(text);
  } else {
    return false;
  }
  return true;
}

// Calls `read` with each member of the object that `body` is. It refuses, or gives false: nobody
// knows that member.
template <typename Read>
Result<void> read_members(std::string_view body, std::size_t most, const char* known, Read read) {
  const simdjson::padded_string padded(body);
  simdjson::dom::parser parser(most);
  simdjson::dom::object object;
  if (body.size() > most || parser.allocate(most, kMaxJsonDepth) != simdjson::SUCCESS ||
      parser.parse(padded).get(object) != simdjson::SUCCESS) {
    return bad_body("the body is not a JSON object");
  }
  if (object.size() == 0) return bad_body(std::string("the body says nothing: it has ") + known);
  for (const auto [name, value] : object) {
    const Result<bool> is_known = read(name, value);
    if (!is_known) return is_known.error();
    if (!*is_known) return bad_body(std::string("the body has ") + known + ", and nothing else");
  }
  return {};
}

Result<bool> read_ids(element value, std::vector<std::string>& ids) {
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS || array.size() > kMaxTriageTogether) {
    return bad_body("ids is a list of at most " + std::to_string(kMaxTriageTogether) + " ids");
  }
  ids.clear();  // of a member that comes twice the last counts, and not the sum
  for (const element each : array) {
    auto id = read_text("an id", each, kMaxIdBytes);
    if (!id) return id.error();
    ids.push_back(*std::move(id));
  }
  return true;
}

Result<bool> put_text(std::string_view name, element value, std::string& out) {
  auto text = read_text(name, value, kMaxFilterBytes);
  if (!text) return text.error();
  out = *std::move(text);
  return true;
}

}  // namespace

Result<TriageRequest> read_triage(std::string_view body) {
  TriageRequest request;
  const auto read = [&](std::string_view name, element value) -> Result<bool> {
    if (name == "correction") {
      auto correction = read_correction(value);
      if (!correction) return correction.error();
      request.correction = *std::move(correction);
      return true;
    }
    if (name == "lease") {
      const auto lease = read_flag(name, value);
      if (!lease) return lease.error();
      request.lease = *lease;
      return true;
    }
    return read_change(name, value, request.change);
  };
  const auto done =
      read_members(body, kMaxTriageBodyBytes, "correction, state, assignee, note, lease", read);
  if (!done) return done.error();
  return request;
}

Result<TriageTogether> read_triage_together(std::string_view body) {
  TriageTogether request;
  bool has_ids = false;
  const auto read = [&](std::string_view name, element value) -> Result<bool> {
    if (name == "ids") {
      has_ids = true;
      return read_ids(value, request.ids);
    }
    if (name == "where") return put_text(name, value, request.where.emplace());
    if (name == "brand") return put_text(name, value, request.brand);
    if (name == "after") return put_text(name, value, request.after);
    if (name == "until") return put_text(name, value, request.until);
    if (name == "dry_run") {
      const auto flag = read_flag(name, value);
      if (!flag) return flag.error();
      request.dry_run = *flag;
      return true;
    }
    return read_change(name, value, request.change);
  };
  const auto done =
      read_members(body, kMaxTriageTogetherBytes,
                   "ids or where (with brand, after, until), state, assignee, note, dry_run", read);
  if (!done) return done.error();
  if (has_ids == request.where.has_value()) return bad_body("say which: ids, or else where");
  return request;
}

Result<std::optional<std::uint64_t>> read_if_match(std::string_view field) {
  if (field.empty() || field == "*") return std::optional<std::uint64_t>();
  std::uint64_t version = 0;
  const bool is_quoted = field.size() > 2 && field.front() == '"' && field.back() == '"';
  const std::string_view digits = is_quoted ? field.substr(1, field.size() - 2) : "";
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (!is_quoted || error != std::errc() || end != digits.data() + digits.size()) {
    return bad_body(R"(If-Match has the version of the mention's triage in quotes, as "3")");
  }
  return std::optional<std::uint64_t>(version);
}

}  // namespace passaparola::feed
