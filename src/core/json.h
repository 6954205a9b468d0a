// JSON out. One streaming writer for the whole program (RapidJSON's, which escapes and formats),
// and the two documents that users script against: the native post and the mention.
// Appends to a std::string; no newline at the end. Text must be valid UTF-8, which decoders ensure.
#pragma once

// RapidJSON's empty stack adds to a null pointer before it allocates; UBSan need not tell us again.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/writer.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <span>
#include <string>
#include <string_view>

#include "core/cursor.h"
#include "core/mention.h"
#include "core/post.h"

namespace passaparola {

// The output stream that RapidJSON asks for, over a string of the caller's.
class StringSink {
 public:
  using Ch = char;
  explicit StringSink(std::string& out) : out_(&out) {}
  void Put(char c) { out_->push_back(c); }
  void Flush() {}

 private:
  std::string* out_;
};

class JsonWriter : public rapidjson::Writer<StringSink> {
 public:
  explicit JsonWriter(std::string& out) : sink_(out) { Reset(sink_); }
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void key(std::string_view name) { Key(name.data(), static_cast<unsigned>(name.size())); }
  void string(std::string_view text) { String(text.data(), static_cast<unsigned>(text.size())); }
  void field(std::string_view name, std::string_view text) {
    key(name);
    string(text);
  }
  // Left out when empty: absent and empty mean the same in our documents.
  void field_if(std::string_view name, std::string_view text) {
    if (!text.empty()) field(name, text);
  }
  void field(std::string_view name, double number) {
    key(name);
    Double(number);
  }
  void field(std::string_view name, std::int64_t number) {
    key(name);
    Int64(number);
  }
  void field(std::string_view name, std::uint64_t number) {
    key(name);
    Uint64(number);
  }
  void field(std::string_view name, bool value) {
    key(name);
    Bool(value);
  }
  void field(std::string_view name, const char* text) { field(name, std::string_view(text)); }

 private:
  StringSink sink_;
};

void write_post(JsonWriter& writer, const PostView& post);

// `store` makes the cursor; a mention that is not committed (seq 0) has neither seq nor cursor.
void write_mention(JsonWriter& writer, const Mention& mention, std::uint32_t store);

// "triage":{…}, as a member of the object being written. Without the steps before.
void write_triage(JsonWriter& writer, const Triage& triage);

// "hits":[…] of a sentiment, as a member of the object being written.
void write_hits(JsonWriter& writer, std::span<const SentimentHit> hits);

// "penalties":[…], the same.
void write_penalties(JsonWriter& writer, std::span<const Penalty> penalties);

// "acts":[…], the same.
void write_acts(JsonWriter& writer, std::span<const ActHit> acts);

// Four decimals, as scores are published, so that equal scores print equal.
double rounded(double score);

}  // namespace passaparola
