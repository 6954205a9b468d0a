// ingest: the outside world -> Post. Bytes of a known wire format become PostViews; everything that
// is not a post of that format is counted by reason and dropped, alone. Decoders are pure: no I/O,
// no clock, no threads. What this module does not know: brands, rules, storage.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/post.h"

namespace passaparola::ingest {

// Wire formats (the `--format` names). `autodetect` ("auto") looks at the data.
enum class Format : std::uint8_t {
  autodetect,
  native,
  jetstream,
  mastodon,
  x,
  reddit,
  rss,
  hackernews,
  youtube,
  appstore,
  googleplay,
  googleplaces,
  trustpilot,
  lemmy,
  jsonfeed,
  csv
};

std::string_view name_of(Format format);
std::optional<Format> parse_format(std::string_view name);
std::string_view format_names();  // "auto, native, jetstream, …" for help and errors

// Why a record was dropped. The names are published in summaries and metrics: do not rename.
enum class RejectReason : std::uint8_t {
  invalid_json,
  invalid_xml,
  invalid_utf8,
  doctype_refused,
  too_deep,
  not_an_object,
  unknown_format,
  missing_field,
  wrong_type,
  bad_value,
  invalid_time,
  text_too_long,
  field_too_long,
  record_too_long,
  stream_error,
  invalid_csv,
};
inline constexpr std::size_t kRejectReasonCount = 16;
std::string_view name_of(RejectReason reason);

struct Reject {
  std::uint64_t line = 0;  // 1-based line of the chunk where the record begins
  RejectReason reason = RejectReason::invalid_json;
};

// The posts of one chunk and the memory they live in. The chunk's own bytes must outlive it too.
struct PostBatch {
  Arena arena;
  std::vector<PostView> posts;
  std::vector<Reject> rejects;
  std::uint64_t records = 0;  // records seen: posts + rejects + ignored
  std::uint64_t ignored = 0;  // well-formed records that are no posts: likes, follows, keep-alives

  void clear();  // empty, memory kept
};

// Decodes chunks; keeps parser memory between them. One decoder per thread.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Appends the posts of `chunk` (whole records, followed by kInputPaddingBytes readable bytes) to
  // `out`. Never fails: what cannot be read is in out.rejects. `format` autodetect recognises each
  // chunk for itself.
  void decode(Format format, std::string_view chunk, PostBatch& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Recognises the format of a feed from its first bytes (up to kChunkBytes help). autodetect if no
// format fits.
Format detect(std::string_view head);

// How far `bytes` reaches in whole records of `format`: the length of the longest prefix that ends
// at a record's end, 0 if there is none. Formats of whole documents (a JSON listing, an XML feed,
// a table) are cut only at the end of input and always give 0.
// Line formats end at '\n'; server-sent events at a blank line.
std::size_t whole_records(Format format, std::string_view bytes);

// True when `head` begins a feed of `format` whose records are one document, to be read whole.
bool is_document(Format format, std::string_view head);

}  // namespace passaparola::ingest
