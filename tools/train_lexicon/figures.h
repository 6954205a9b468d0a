// How often three classes are told apart.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>

namespace passaparola::training {

class Figures {
 public:
  // Classes are -1, 0, 1.
  void add(int gold, int given) {
    ++seen_[static_cast<std::size_t>(gold + 1)][static_cast<std::size_t>(given + 1)];
  }

  std::size_t rows() const {
    std::size_t sum = 0;
    for (const auto& row : seen_) sum += row[0] + row[1] + row[2];
    return sum;
  }

  // Rows, accuracy, macro-F1 over the classes that occur, F1 of negative, neutral, positive.
  std::string line() const {
    std::array<double, 3> f1{};
    double right = 0;
    double sum = 0;
    double classes = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const std::size_t wanted = seen_[c][0] + seen_[c][1] + seen_[c][2];
      const std::size_t given = seen_[0][c] + seen_[1][c] + seen_[2][c];
      right += static_cast<double>(seen_[c][c]);
      if (wanted == 0) continue;
      f1[c] = 2 * static_cast<double>(seen_[c][c]) / static_cast<double>(wanted + given);
      sum += f1[c];
      ++classes;
    }
    return fmt::format("{:>6} rows  accuracy {:.3f}  macro-F1 {:.3f}  {:.2f}/{:.2f}/{:.2f}", rows(),
                       right / static_cast<double>(rows()), sum / classes, f1[0], f1[1], f1[2]);
  }

 private:
  std::array<std::array<std::size_t, 3>, 3> seen_{};  // [gold][given]
};

}  // namespace passaparola::training
