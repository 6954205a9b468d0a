#include "feed/accuracy.h"

#include <algorithm>

#include "core/interval.h"

namespace passaparola::feed {
namespace {

// In the order in which they are shown.
constexpr std::array kPeopleSay{Label::positive, Label::negative, Label::neutral, Label::mixed};
constexpr std::array kProgramSays{Label::positive, Label::negative, Label::neutral, Label::mixed,
                                  Label::abstain};

std::size_t place(Label label) { return static_cast<std::size_t>(label); }

void write_share(JsonWriter& writer, const Share& share) {
  writer.field("right", share.right);
  writer.field("of", share.of);
  const auto number = [&](std::string_view name, double value) {
    writer.key(name);
    if (share.of == 0) {
      writer.Null();
    } else {
      writer.Double(rounded(value));
    }
  };
  const Interval interval = share.of == 0 ? Interval{} : wilson_interval(share.right, share.of);
  const double all = static_cast<double>(std::max<std::uint64_t>(share.of, 1));
  number("share", static_cast<double>(share.right) / all);
  number("low", interval.low);
  number("high", interval.high);
}

void write_share(JsonWriter& writer, std::string_view name, const Share& share) {
  writer.key(name);
  writer.StartObject();
  write_share(writer, share);
  writer.EndObject();
}

}  // namespace

void Agreement::add(const store::CorrectedMention& mention) {
  const Correction& person = mention.correction;
  ++corrected_;
  if (person.about_brand) about_brand_.add(*person.about_brand);
  // How something else is spoken of says nothing of how the program reads this brand's mentions.
  if (person.about_brand == false) return;
  const bool is_right = mention.label == person.label;
  labels_.add(is_right);
  if (mention.label != Label::abstain) decided_.add(is_right);
  ++confusion_[place(mention.label)][place(person.label)];
  languages_[mention.lang].add(is_right);
  if (person.acts) add_acts(mention.acts, *person.acts);
}

void Agreement::add_acts(const ActSet& said, const ActSet& right) {
  ++with_acts_;
  acts_.of += said.count();
  acts_.right += (said & right).count();
  missed_acts_ += (right & ~said).count();
}

void Agreement::write(JsonWriter& writer) const {
  writer.field("corrected", corrected_);
  write_share(writer, "about_brand", about_brand_);
  write_share(writer, "labels", labels_);
  write_share(writer, "decided", decided_);
  writer.key("confusion");
  writer.StartObject();
  for (const Label program : kProgramSays) {
    writer.key(name_of(program));
    writer.StartObject();
    for (const Label person : kPeopleSay) {
      writer.field(name_of(person), confusion_[place(program)][place(person)]);
    }
    writer.EndObject();
  }
  writer.EndObject();
  writer.key("languages");
  writer.StartObject();
  for (const auto& [language, share] : languages_) write_share(writer, language, share);
  writer.EndObject();
  writer.key("acts");
  writer.StartObject();
  writer.field("mentions", with_acts_);
  write_share(writer, acts_);
  writer.field("missed", missed_acts_);
  writer.EndObject();
}

Result<void> write_measured_accuracy(JsonWriter& writer, const store::Store& store,
                                     std::string_view brand,
                                     const std::function<bool(Timestamp)>& is_wanted) {
  Agreement all, sampled;
  const auto visited = store.visit_corrections(brand, [&](const store::CorrectedMention& mention) {
    if (!is_wanted(mention.created_at)) return true;
    all.add(mention);
    if (mention.correction.sampled) sampled.add(mention);
    return true;
  });
  if (!visited) return visited.error();
  writer.key("measured_accuracy");
  writer.StartObject();
  all.write(writer);
  writer.key("sampled");
  writer.StartObject();
  sampled.write(writer);
  writer.EndObject();
  writer.EndObject();
  return {};
}

}  // namespace passaparola::feed
