#include "store/desk_codec.h"

#include "core/check.h"
#include "store/bytes.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kVersion = 1;

void encode_step(const TriageStep& step, ByteWriter& to) {
  to.signed_varint(step.at.milliseconds);
  to.text(step.by);
  to.byte(static_cast<std::uint8_t>(step.state));
  to.text(step.assignee);
  to.text(step.note);
}

TriageStep decode_step(ByteReader& in) {
  TriageStep step;
  step.at.milliseconds = in.signed_varint();
  step.by = in.text();
  step.state = static_cast<TriageState>(in.below(kTriageStateCount));
  step.assignee = in.text();
  step.note = in.text();
  return step;
}

}  // namespace

std::string triage_key(const MentionId& id) { return std::string(1, kTriageKind).append(view(id)); }

void encode_triage(const Triage& triage, std::string& out) {
  std::size_t most = 1 + 3 * kMaxVarintBytes;
  for (const TriageStep& step : triage.steps) {
    most += 1 + 4 * kMaxVarintBytes + step.by.size() + step.assignee.size() + step.note.size();
  }
  const std::size_t before = out.size();
  out.resize(before + most);
  ByteWriter to(out.data() + before);
  to.byte(kVersion);
  to.varint(triage.version);
  to.signed_varint(triage.state_since.milliseconds);
  to.varint(triage.steps.size());
  for (const TriageStep& step : triage.steps) encode_step(step, to);
  out.resize(static_cast<std::size_t>(to.position() - out.data()));
}

std::optional<Triage> decode_triage(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kVersion) return std::nullopt;
  Triage triage;
  triage.version = in.varint();
  triage.state_since.milliseconds = in.signed_varint();
  const std::uint64_t steps = in.varint();
  for (std::uint64_t i = 0; i < steps && in.ok(); ++i) triage.steps.push_back(decode_step(in));
  if (!in.done() || steps == 0 || triage.version < steps) return std::nullopt;
  return triage;
}

Result<std::optional<Triage>> triage_of(const Store::State& state, const Database& database,
                                        const Mention& mention) {
  if (!state.has_triage) return std::optional<Triage>();
  const auto id = parse_mention_id(mention_id(mention.post.source, mention.post.id, mention.brand));
  CHECK(id.has_value(), "a mention id is 32 hexadecimal digits");
  const auto value = database.get(Family::desk, triage_key(*id));
  if (!value) return value.error();
  if (!*value) return std::optional<Triage>();
  auto triage = decode_triage(**value);
  if (!triage) {
    return fail(ErrorCode::corrupt,
                "the triage of a mention in the store is damaged; restore it from a backup");
  }
  return triage;
}

Result<void> add_triage(const Store::State& state, const Database& database,
                        StoredMention& mention) {
  auto triage = triage_of(state, database, *mention);
  if (!triage) return triage.error();
  if (*triage) mention.set_triage(**std::move(triage));
  return {};
}

}  // namespace passaparola::store
