#include "ingest/ingest.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/limits.h"
#include "ingest/appstore.h"
#include "ingest/csv.h"
#include "ingest/format.h"
#include "ingest/googleplaces.h"
#include "ingest/googleplay.h"
#include "ingest/hackernews.h"
#include "ingest/jetstream.h"
#include "ingest/jsonfeed.h"
#include "ingest/lemmy.h"
#include "ingest/mastodon.h"
#include "ingest/native.h"
#include "ingest/reddit.h"
#include "ingest/rss.h"
#include "ingest/server_sent_events.h"
#include "ingest/trustpilot.h"
#include "ingest/x.h"
#include "ingest/youtube.h"

namespace passaparola::ingest {

std::string_view name_of(RejectReason reason) {
  static constexpr std::array<std::string_view, kRejectReasonCount> kNames = {
      "invalid_json",   "invalid_xml",     "invalid_utf8",   "doctype_refused",
      "too_deep",       "not_an_object",   "unknown_format", "missing_field",
      "wrong_type",     "bad_value",       "invalid_time",   "text_too_long",
      "field_too_long", "record_too_long", "stream_error",   "invalid_csv"};
  return kNames[static_cast<std::size_t>(reason)];
}

void PostBatch::clear() {
  arena.reset();
  posts.clear();
  rejects.clear();
  records = 0;
  ignored = 0;
}

struct Decoder::State {
  JsonParser parser;
  JsonParser nested;   // payloads inside of records
  std::string joined;  // data of an event over several lines

  void decode_value(Format format, Json record, RecordSink& sink);
  void decode_json(Format format, std::string_view text, std::size_t limit, RecordSink& sink);
  void decode_lines(Format format, std::string_view chunk, RecordSink& sink);
};

void Decoder::State::decode_value(Format format, Json record, RecordSink& sink) {
  if (format == Format::autodetect) format = recognise(record);
  switch (format) {
    case Format::native:
      return decode_native(record, sink);
    case Format::jetstream:
      return decode_jetstream(record, sink);
    case Format::mastodon:
      return decode_mastodon(record, sink, nested);
    case Format::x:
      return decode_x(record, sink);
    case Format::reddit:
      return decode_reddit(record, sink);
    case Format::hackernews:
      return decode_hackernews(record, sink);
    case Format::youtube:
      return decode_youtube(record, sink);
    case Format::appstore:
      return decode_appstore(record, sink);
    case Format::googleplay:
      return decode_googleplay(record, sink);
    case Format::googleplaces:
      return decode_googleplaces(record, sink);
    case Format::trustpilot:
      return decode_trustpilot(record, sink);
    case Format::lemmy:
      return decode_lemmy(record, sink);
    case Format::jsonfeed:
      return decode_jsonfeed(record, sink);
    case Format::rss:
    case Format::csv:
    case Format::autodetect:
      break;
  }
  sink.reject(RejectReason::unknown_format);
}

void Decoder::State::decode_json(Format format, std::string_view text, std::size_t limit,
                                 RecordSink& sink) {
  if (text.size() > limit) return sink.reject(RejectReason::record_too_long);
  Json record;
  if (const auto reason = parser.parse(text, record)) return sink.reject(*reason);
  decode_value(format, record, sink);
}

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

void Decoder::State::decode_lines(Format format, std::string_view chunk, RecordSink& sink) {
  const char* at = chunk.data();
  const char* const end = at + chunk.size();
  for (std::uint64_t line = 1; at < end; ++line) {
    const auto left = static_cast<std::size_t>(end - at);
    const auto* newline = static_cast<const char*>(std::memchr(at, '\n', left));
    const std::string_view text(at,
                                newline != nullptr ? static_cast<std::size_t>(newline - at) : left);
    at += text.size() + 1;
    sink.at_line(line);
    // Streams send empty lines to show that they live.
    if (std::all_of(text.begin(), text.end(), is_space)) {
      sink.ignore();
    } else {
      decode_json(format, text, kMaxRecordBytes, sink);
    }
  }
}

Decoder::Decoder() : state_(std::make_unique<State>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

void Decoder::decode(Format format, std::string_view chunk, PostBatch& out) {
  RecordSink sink(out);
  if (format == Format::rss || (format == Format::autodetect && looks_like_xml(chunk))) {
    return decode_rss(chunk, sink);
  }
  if (format == Format::csv || (format == Format::autodetect && looks_like_csv(chunk))) {
    return decode_csv(chunk, sink);
  }
  const bool lines_only = format == Format::native || format == Format::jetstream;
  if (!lines_only && looks_like_events(chunk)) {
    const bool mastodon = format == Format::mastodon || format == Format::autodetect;
    if (!mastodon) return sink.reject(RejectReason::unknown_format);
    return decode_mastodon_events(chunk, sink, state_->parser, state_->joined);
  }
  chunk = without_mark(chunk);
  if (lines_only || !is_json_document(chunk)) return state_->decode_lines(format, chunk, sink);
  state_->decode_json(format, chunk, kMaxDocumentBytes, sink);
  state_->parser.shrink();
}

}  // namespace passaparola::ingest
