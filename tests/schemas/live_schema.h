// web/asyncapi.json as a judge of what is said on the websocket, either way. RapidJSON's own
// validator does the work.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace passaparola::schemas {

// Who says it: the operations of the document.
enum class Speaker { client, server };

class LiveSchema {
 public:
  // The text of both documents: one refers to the other.
  LiveSchema(const std::string& asyncapi, const std::string& openapi);
  ~LiveSchema();
  LiveSchema(const LiveSchema&) = delete;
  LiveSchema& operator=(const LiveSchema&) = delete;

  // The name of the one message that `json` is, every member of it described; empty: it is none, or
  // more than one, or has a member that nobody described.
  std::string name_of(Speaker speaker, const std::string& json) const;
  std::vector<std::string> names(Speaker speaker) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The documents of this repository.
const LiveSchema& live_schema();

}  // namespace passaparola::schemas
