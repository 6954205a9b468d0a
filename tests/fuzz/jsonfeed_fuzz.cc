#include "decode_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  passaparola::ingest::decode_input(passaparola::ingest::Format::jsonfeed, data, size);
  return 0;
}
