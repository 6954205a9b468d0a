// Stored bytes of any content: decoding never misbehaves, and what decodes encodes to bytes that
// decode to the same.
#include <cstdint>
#include <string>

#include "core/check.h"
#include "store/correction_codec.h"
#include "store/gap_codec.h"
#include "store/mention_codec.h"
#include "store/row_codec.h"

using namespace passaparola;
using namespace passaparola::store;

namespace {

void check_mention(std::string_view bytes) {
  auto decoded = StoredMention::decode(1, std::string(bytes));
  brand_of(bytes);
  if (!decoded) return;
  std::string once, twice;
  encode_mention(**decoded, once);
  const auto again = StoredMention::decode(1, once);
  CHECK(again.has_value(), "our own bytes decode");
  encode_mention(**again, twice);
  CHECK(once == twice, "decoding and encoding come to rest");
  PostView post = (*decoded)->post;
  forget_answered_author(post);
  content_of(post);
  facts_of(**decoded);
}

void check_rows(std::string_view bytes) {
  std::string out;
  if (const auto row = decode_row(bytes)) {
    encode_row(*row, out);
    CHECK(bytes.front() == 1 || out == bytes, "a row of this version has one form");
    CHECK(decode_row(out).has_value(), "our own bytes decode");
  }
  out.clear();
  if (const auto response = decode_response(bytes)) {
    encode_response(*response, out);
    CHECK(out == bytes, "a response has one form");
  }
  out.clear();
  if (const auto correction = decode_correction(bytes)) {
    encode_correction(*correction, out);
    CHECK(decode_correction(out).has_value(), "our own bytes decode");
  }
  if (const auto post = decode_post(bytes)) {
    CHECK(summary_of_post(bytes).has_value(), "what decodes has a summary");
    out.clear();
    encode_post(*post, out);
    CHECK(decode_post(out).has_value(), "our own bytes decode");
  }
  if (const auto revision = decode_revision(bytes)) {
    CHECK(decode_revision(encode_revision(*revision)).has_value(), "our own bytes decode");
  }
  if (const auto gap = decode_gap(bytes)) {
    CHECK(decode_gap(encode_gap(*gap)) == gap, "our own bytes decode");
  }
  summary_of_post(bytes);
  decode_record(bytes);
  if (const auto bucket = decode_bucket(bytes)) {
    out.clear();
    encode_bucket(*bucket, out);
    CHECK(decode_bucket(out) == bucket, "our own bytes decode");
  }
  if (const auto profile = decode_profile(bytes)) {
    out.clear();
    encode_profile(merged(*profile, *profile), out);
    CHECK(decode_profile(out).has_value(), "our own bytes decode");
  }
  parse_row_key(bytes);
  bucket_begin(bytes);
  parse_mention_id(bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_mention(bytes);
  check_rows(bytes);
  return 0;
}
