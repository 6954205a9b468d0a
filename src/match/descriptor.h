// A file descriptor that closes itself, and whole reads and writes through one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace passaparola::match {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}  // takes it over; -1: none
  ~Descriptor() { reset(-1); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int number);  // closes what it held
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// All of `bytes`. False when that was not possible.
bool write_all(int to, std::string_view bytes);

// Everything up to the end, if that is at most `most_bytes`; false otherwise.
bool read_all(int from, std::size_t most_bytes, std::string& bytes);

}  // namespace passaparola::match
