// The names of enumerations as they stand in JSON, rules and the command line.
#include <array>

#include "core/mention.h"
#include "core/post.h"
#include "core/triage.h"

namespace passaparola {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kPostOps{"create"sv,        "update"sv,      "delete"sv,
                              "delete_author"sv, "hide_author"sv, "show_author"sv};
constexpr std::array kPostKinds{"post"sv,   "reply"sv,  "repost"sv, "quote"sv,
                                "review"sv, "survey"sv, "answer"sv};
constexpr std::array kFields{"text"sv, "title"sv, "bio"sv, "quote"sv, "links"sv};
constexpr std::array kLabels{"neutral"sv, "positive"sv, "negative"sv, "mixed"sv, "abstain"sv};
constexpr std::array kActs{
    "recommend"sv,       "anti-recommend"sv, "seek"sv, "received"sv, "defend"sv,   "help"sv,
    "testimonial"sv,     "praise"sv,         "idea"sv, "compare"sv,  "complain"sv, "churn"sv,
    "purchase-intent"sv, "invite"sv};
constexpr std::array kSignals{
    "explicit_label"sv, "platform_paid_flag"sv, "ambiguous_label"sv, "affiliate_link"sv,
    "code"sv,           "brand_owned"sv,        "employee_bio"sv,    "gift"sv,
    "giveaway"sv,       "declared_bot"sv,       "copy_cluster"sv,    "burst"sv};
constexpr std::array kParentNeeds{""sv, "criticism"sv, "question"sv};
constexpr std::array kRelationHints{""sv, "influencer"sv, "incentivised"sv, "affiliated"sv,
                                    "inauthentic"sv};
constexpr std::array kTriageStates{"new"sv, "open"sv, "waiting"sv, "done"sv, "dismissed"sv};
static_assert(kActs.size() == kActCount && kTriageStates.size() == kTriageStateCount);

template <typename Enum, std::size_t N>
std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <typename Enum, std::size_t N>
std::optional<Enum> parse_in(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(PostOp op) { return name_in(kPostOps, op); }
std::string_view name_of(PostKind kind) { return name_in(kPostKinds, kind); }
std::string_view name_of(Field field) { return name_in(kFields, field); }
std::string_view name_of(Label label) { return name_in(kLabels, label); }
std::string_view name_of(Act act) { return name_in(kActs, act); }
std::string_view name_of(Signal signal) { return name_in(kSignals, signal); }
std::string_view name_of(RelationHint hint) { return name_in(kRelationHints, hint); }
std::string_view name_of(ParentNeed need) { return name_in(kParentNeeds, need); }
std::string_view name_of(TriageState state) { return name_in(kTriageStates, state); }

std::optional<PostOp> parse_post_op(std::string_view name) {
  return parse_in<PostOp>(kPostOps, name);
}
std::optional<PostKind> parse_post_kind(std::string_view name) {
  return parse_in<PostKind>(kPostKinds, name);
}
std::optional<Label> parse_label(std::string_view name) { return parse_in<Label>(kLabels, name); }
std::optional<Act> parse_act(std::string_view name) { return parse_in<Act>(kActs, name); }

std::optional<TriageState> parse_triage_state(std::string_view name) {
  return parse_in<TriageState>(kTriageStates, name);
}

}  // namespace passaparola
