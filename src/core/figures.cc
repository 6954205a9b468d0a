#include "core/figures.h"

#include "core/interval.h"

namespace passaparola {

void write_figure(JsonWriter& writer, std::string_view name, bool is_known, double value) {
  writer.key(name);
  if (is_known) {
    writer.Double(rounded(value));
  } else {
    writer.Null();
  }
}

void write_share(JsonWriter& writer, std::string_view name, std::uint64_t part, std::uint64_t of) {
  const bool is_known = of > 0;
  const Interval interval = is_known ? wilson_interval(part, of) : Interval{};
  write_figure(writer, name, is_known,
               is_known ? static_cast<double>(part) / static_cast<double>(of) : 0);
  write_figure(writer, "low", is_known, interval.low);
  write_figure(writer, "high", is_known, interval.high);
}

}  // namespace passaparola
