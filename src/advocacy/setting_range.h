// What a setting may be, by its name. Inside of the advocacy module.
#pragma once

#include <string>
#include <string_view>

namespace passaparola::advocacy {

struct SettingRange {
  double least = 0;
  double most = 1'000'000;
  bool above = false;  // the least itself is too little: something is divided by it
  bool whole = false;
};

SettingRange range_of(std::string_view name, bool whole);

// "must be …", or empty when the value is in the range.
std::string out_of_range(const SettingRange& range, double value);

// The setting that is spelt most like `name`.
std::string nearest_setting(std::string_view name);

}  // namespace passaparola::advocacy
