#include "store/correction_codec.h"

#include "store/bytes.h"

namespace passaparola::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kHasActs = 1, kHasAboutBrand = 2, kAboutBrand = 4, kSampled = 8;
constexpr std::size_t kFixedBytes = 4;  // version, flags and two labels
constexpr std::size_t kVarints = 8;     // at most

std::uint8_t flags_of(const Correction& correction) {
  int flags = 0;
  if (correction.acts) flags |= kHasActs;
  if (correction.about_brand) flags |= kHasAboutBrand;
  if (correction.about_brand.value_or(false)) flags |= kAboutBrand;
  if (correction.sampled) flags |= kSampled;
  return static_cast<std::uint8_t>(flags);
}

ActSet acts_from(ByteReader& in) {
  const std::uint64_t bits = in.varint();
  if (bits >> kActCount != 0) in.refuse();
  return in.ok() ? ActSet(bits) : ActSet();
}

Label label_from(ByteReader& in, Label last) {
  return static_cast<Label>(in.below(static_cast<std::size_t>(last) + 1));
}

}  // namespace

void encode_correction(const StoredCorrection& stored, std::string& out) {
  const CorrectedMention& mention = stored.mention;
  const Correction& correction = mention.correction;
  const std::size_t before = out.size();
  out.resize(before + kFixedBytes + kVarints * kMaxVarintBytes + mention.lang.size() +
             correction.by.size());
  ByteWriter to(out.data() + before);
  to.byte(kVersion);
  to.byte(flags_of(correction));
  to.varint(stored.brand);
  to.varint(mention.seq);
  to.signed_varint(mention.created_at.milliseconds);
  to.byte(static_cast<std::uint8_t>(mention.label));
  to.varint(mention.acts.to_ulong());
  to.text(mention.lang);
  to.byte(static_cast<std::uint8_t>(correction.label));
  if (correction.acts) to.varint(correction.acts->to_ulong());
  to.text(correction.by);
  to.signed_varint(correction.at.milliseconds);
  out.resize(static_cast<std::size_t>(to.position() - out.data()));
}

std::optional<StoredCorrection> decode_correction(std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kVersion) return std::nullopt;
  const std::uint8_t flags = in.below(16);
  StoredCorrection stored;
  CorrectedMention& mention = stored.mention;
  Correction& correction = mention.correction;
  const std::uint64_t brand = in.varint();
  if (brand > UINT32_MAX) in.refuse();
  stored.brand = static_cast<BrandNumber>(brand);
  mention.seq = in.varint();
  mention.created_at.milliseconds = in.signed_varint();
  mention.label = label_from(in, Label::abstain);
  mention.acts = acts_from(in);
  mention.lang = in.text();
  correction.label = label_from(in, Label::mixed);
  if ((flags & kHasActs) != 0) correction.acts = acts_from(in);
  if ((flags & kHasAboutBrand) != 0) correction.about_brand = (flags & kAboutBrand) != 0;
  if ((flags & kAboutBrand) != 0 && !correction.about_brand) in.refuse();
  correction.sampled = (flags & kSampled) != 0;
  correction.by = in.text();
  correction.at.milliseconds = in.signed_varint();
  if (!in.done()) return std::nullopt;
  return stored;
}

}  // namespace passaparola::store
