#include "schemas/live_schema.h"

// RapidJSON's empty stack adds to a null pointer before it allocates; UBSan need not tell us again.
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/schema.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace passaparola::schemas {
namespace {

using rapidjson::Document;
using rapidjson::SchemaDocument;
using rapidjson::Value;

Document parsed(const std::string& json) {
  Document document;
  document.Parse(json.c_str());
  if (document.HasParseError()) throw std::runtime_error("a document of ours is no JSON");
  return document;
}

const Value& at(const Document& document, const std::string& place) {
  const Value* const found = rapidjson::Pointer(place.c_str()).Get(document);
  if (found == nullptr) throw std::runtime_error("nothing in the document is at " + place);
  return *found;
}

const Value& referred(const Document& document, const Value& reference) {
  return at(document, reference["$ref"].GetString());
}

// Every reference to elsewhere is to openapi.json.
class OpenApi : public rapidjson::IRemoteSchemaDocumentProvider {
 public:
  explicit OpenApi(const std::string& json) : json_(parsed(json)), schemas_(json_) {}
  const SchemaDocument* GetRemoteDocument(const char* /*uri*/,
                                          rapidjson::SizeType /*length*/) override {
    return &schemas_;
  }

 private:
  const Document json_;
  const SchemaDocument schemas_;
};

struct Message {
  std::string name;
  const Value* members = nullptr;  // of the payload, as described
  std::unique_ptr<SchemaDocument> payload;
};

std::vector<Message> messages_of(const Document& asyncapi, const std::string& operation,
                                 OpenApi& openapi) {
  std::vector<Message> messages;
  for (const Value& one : at(asyncapi, "#/operations/" + operation + "/messages").GetArray()) {
    const Value& message = referred(asyncapi, referred(asyncapi, one));
    // The schema is the whole document with what is asked for before it, so that the references in
    // it lead somewhere.
    Document root;
    root.CopyFrom(asyncapi, root.GetAllocator());
    Value all(rapidjson::kArrayType);
    all.PushBack(Value(message["payload"], root.GetAllocator()), root.GetAllocator());
    root.AddMember("allOf", all, root.GetAllocator());
    messages.push_back({message["name"].GetString(),
                        &referred(asyncapi, message["payload"])["properties"],
                        std::make_unique<SchemaDocument>(root, &openapi)});
  }
  return messages;
}

bool is_described(const Value& json, const Message& message) {
  rapidjson::SchemaValidator validator(*message.payload);
  if (!json.Accept(validator)) return false;
  for (const auto& member : json.GetObject()) {
    if (!message.members->HasMember(member.name)) return false;
  }
  return true;
}

std::string text_of(const std::string& name) {
  std::ifstream file(PASSAPAROLA_SOURCE_DIR "/web/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

struct LiveSchema::State {
  State(const std::string& asyncapi_json, const std::string& openapi_json)
      : openapi(openapi_json),
        asyncapi(parsed(asyncapi_json)),
        of_client(messages_of(asyncapi, "say", openapi)),
        of_server(messages_of(asyncapi, "hear", openapi)) {}

  const std::vector<Message>& of(Speaker speaker) const {
    return speaker == Speaker::client ? of_client : of_server;
  }

  OpenApi openapi;
  const Document asyncapi;
  const std::vector<Message> of_client, of_server;
};

LiveSchema::LiveSchema(const std::string& asyncapi, const std::string& openapi)
    : state_(std::make_unique<State>(asyncapi, openapi)) {}

LiveSchema::~LiveSchema() = default;

std::string LiveSchema::name_of(Speaker speaker, const std::string& json) const {
  Document document;
  document.Parse(json.c_str(), json.size());
  if (document.HasParseError()) return {};
  std::string name;
  for (const Message& message : state_->of(speaker)) {
    if (!is_described(document, message)) continue;
    if (!name.empty()) return {};
    name = message.name;
  }
  return name;
}

std::vector<std::string> LiveSchema::names(Speaker speaker) const {
  std::vector<std::string> all;
  for (const Message& message : state_->of(speaker)) all.push_back(message.name);
  return all;
}

const LiveSchema& live_schema() {
  static const LiveSchema schema(text_of("asyncapi.json"), text_of("openapi.json"));
  return schema;
}

}  // namespace passaparola::schemas
