// web/openapi.json says what is served, and nothing else: every documented operation is there, and
// everything that is there is documented.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <set>

#include "feed/access.h"
#include "feed/router.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

struct Operation {
  std::string path;
  std::string method;
  bool is_open = false;  // no token is asked
  auto operator<=>(const Operation&) const = default;
};

const std::vector<std::string> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::set<Operation> documented(const std::string& json) {
  std::set<Operation> operations;
  simdjson::dom::parser parser;
  simdjson::dom::object paths;
  EXPECT_EQ(parser.parse(json)["paths"].get(paths), simdjson::SUCCESS);
  for (const auto [path, item] : paths) {
    for (const auto [name, operation] : item.get_object()) {
      if (name == "parameters") continue;
      simdjson::dom::array security;
      const bool is_open =
          operation["security"].get(security) == simdjson::SUCCESS && security.size() == 0;
      operations.insert({std::string(path), upper(name), is_open});
    }
  }
  return operations;
}

// The router's own table. HEAD goes without saying wherever GET is answered.
std::set<Operation> routed() {
  std::set<Operation> operations;
  for (const RouteEntry& entry : all_routes()) {
    for (const std::string_view method : list_members(entry.allowed)) {
      if (method == "HEAD") continue;
      operations.insert({std::string(entry.pattern), std::string(method), !entry.needs_token});
    }
  }
  return operations;
}

std::string shown(const std::set<Operation>& operations) {
  std::string text;
  for (const Operation& o : operations) {
    text += o.method + " " + o.path + (o.is_open ? " (open)\n" : "\n");
  }
  return text;
}

// A path that a client could ask for: variables filled in, streams made to end at once.
std::string example_of(std::string path) {
  while (path.find('{') != std::string::npos) {
    const std::size_t begin = path.find('{');
    path.replace(begin, path.find('}') - begin + 1, "x");
  }
  return path.ends_with("/sse") ? path + "?after=no-cursor" : path;
}

using OpenApi = ServerTest;

TEST_F(OpenApi, TheDocumentAndTheRouterKnowTheSameOperations) {
  start();
  const auto in_document = documented(client().get("/openapi.json").body);
  EXPECT_GT(in_document.size(), 15U);
  EXPECT_EQ(shown(in_document), shown(routed()));
}

TEST_F(OpenApi, EveryDocumentedOperationIsAnsweredAndNoOtherIs) {
  start();
  const auto in_document = documented(client().get("/openapi.json").body);
  std::set<std::string> paths;
  std::set<std::pair<std::string, std::string>> known;
  for (const Operation& operation : in_document) {
    paths.insert(operation.path);
    known.emplace(operation.path, operation.method);
  }
  for (const std::string& path : paths) {
    for (const std::string& method : kMethods) {
      const Reply reply = client().send(method, example_of(path));
      if (known.contains({path, method})) {
        EXPECT_NE(reply.status, 0U) << method << ' ' << path;
        EXPECT_NE(reply.status, 405U) << method << ' ' << path;
        EXPECT_NE(reply.status, 501U) << method << ' ' << path;
        EXPECT_EQ(reply.body.find("nothing at this path"), std::string::npos)
            << method << ' ' << path;
      } else {
        EXPECT_EQ(reply.status, 405U) << method << ' ' << path;
      }
    }
  }
}

TEST_F(OpenApi, ATokenIsAskedWhereTheDocumentSaysSo) {
  ServerOptions options;
  options.token = "segreto";
  start(options);
  for (const Operation& operation : documented(client().get("/openapi.json").body)) {
    const unsigned status = client().send(operation.method, example_of(operation.path)).status;
    if (operation.is_open) {
      EXPECT_EQ(status, 200U) << operation.path;
    } else {
      EXPECT_EQ(status, 401U) << operation.method << ' ' << operation.path;
    }
  }
}

}  // namespace
}  // namespace passaparola::feed
