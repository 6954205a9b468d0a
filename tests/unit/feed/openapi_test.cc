// web/openapi.json says what is served, and nothing else: every documented operation is there, and
// everything that is there is documented.
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>

#include "core/mention.h"
#include "feed/access.h"
#include "feed/page.h"
#include "feed/router.h"
#include "feed/rule_versions.h"
#include "unit/feed/openapi_document.h"
#include "unit/feed/server_fixture.h"

namespace passaparola::feed {
namespace {

const std::vector<std::string> kMethods{"GET", "POST", "PUT", "PATCH", "DELETE"};

std::string proof_of(const RouteEntry& entry) {
  if (entry.proof == Proof::none) return "";
  return entry.proof == Proof::token ? "bearer" : "signature";
}

// The router's own table. HEAD goes without saying wherever GET is answered.
std::set<Operation> routed() {
  std::set<Operation> operations;
  for (const RouteEntry& entry : all_routes()) {
    for (const std::string_view method : list_members(entry.allowed)) {
      if (method == "HEAD") continue;
      Operation operation{std::string(entry.pattern), std::string(method), proof_of(entry)};
      if (entry.proof == Proof::token) {
        const Asks& asks = asks_of(entry, method);
        operation.role = name_of(asks.role);
        operation.in_workspace = asks.in_workspace;
      }
      operations.insert(std::move(operation));
    }
  }
  return operations;
}

std::string shown(const std::set<Operation>& operations) {
  std::string text;
  for (const Operation& o : operations) {
    text += o.method + " " + o.path + " (" + o.proof + " " + o.role +
            (o.in_workspace ? "" : ", not in a workspace") + ")\n";
  }
  return text;
}

// A path that a client could ask for: variables filled in, streams made to end at once.
std::string example_of(std::string path) {
  if (path == "/page/{file}") return "/page/" + std::string(page_script_name());
  while (path.find('{') != std::string::npos) {
    const std::size_t begin = path.find('{');
    path.replace(begin, path.find('}') - begin + 1, "x");
  }
  return path.ends_with("/sse") ? path + "?after=no-cursor" : path;
}

// Built without the page: it has no file.
bool is_missing(const Operation& operation) {
  return operation.path == "/page/{file}" && page_script_name().empty();
}

// Something at every path that can be asked for.
class OpenApi : public ServerTest {
 protected:
  void start_with_everything() {
    publish({"buono"});
    deliveries_.json = [](std::string_view) { return Result<std::string>("{}"); };
    deliveries_.undelivered_json = [](std::string_view, std::uint64_t, std::size_t) {
      return Result<std::string>("{}");
    };
    const RulesInForce rules{"abc", now(), RulesCame::start, "", 1, {{"moka.rules", "brand"}}};
    ASSERT_TRUE(versions_.emplace(*store_).keep(rules));
    rule_versions_ = &*versions_;
    ServerOptions options;
    options.export_folder = folder_ / "exports";
    start(options);
    const Fields json{{"Content-Type", "application/json"}};
    ASSERT_EQ(client().send("PUT", "/api/v1/views/x", "{}", json).status, 200U);
    const Reply job = client().send("POST", "/api/v1/exports", "{}", json);
    ASSERT_EQ(job.status, 202U) << job.body;
    ids_ = {{"/api/v1/exports/{id}", member(job.body, "id")},
            {"/api/v1/mentions/{id}", mention_id("test", "p1", "moka_nera")},
            {"/api/v1/mentions/{id}/thread", mention_id("test", "p1", "moka_nera")}};
  }
  // Where one of these is.
  std::string real_path(std::string path) const {
    std::map<std::string, std::string> values{
        {"{brand}", "moka_nera"}, {"{source}", "test"},
        {"{name}", "x"},          {"{id}", "anna"},
        {"{hash}", "abc"},        {"{file}", std::string(page_script_name())}};
    if (const auto id = ids_.find(path); id != ids_.end()) values["{id}"] = id->second;
    for (const auto& [variable, value] : values) {
      const std::size_t at = path.find(variable);
      if (at != std::string::npos) path.replace(at, variable.size(), value);
    }
    return path;
  }

  std::optional<RuleVersions> versions_;
  std::map<std::string, std::string> ids_;  // by the documented path
};

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

TEST_F(OpenApi, WhatSomebodyHasIsAnsweredSoWhereTheDocumentSaysSo) {
  start_with_everything();
  std::size_t known = 0;
  for (const Operation& operation : documented(client().get("/openapi.json").body)) {
    const bool is_stream = operation.path.starts_with("/api/v1/live");
    if (operation.method != "GET" || is_stream || is_missing(operation)) continue;
    const std::string path = real_path(operation.path);
    const Reply first = client().get(path);
    if (!operation.statuses.contains("304")) {
      EXPECT_FALSE(first.fields.contains("etag")) << path;
      continue;
    }
    ASSERT_EQ(first.status, 200U) << path << first.body;
    EXPECT_TRUE(first.fields.contains("etag")) << path;
    const Reply again = client().get(path, {{"If-None-Match", "*"}});
    EXPECT_EQ(again.status, 304U) << path;
    EXPECT_TRUE(again.fields.contains("etag")) << path;
    EXPECT_EQ(again.body, "") << path;
    ++known;
  }
  EXPECT_GT(known, 20U);
}

TEST_F(OpenApi, ATokenOrASignatureIsAskedWhereTheDocumentSaysSo) {
  ServerOptions options;
  options.tokens = {admin_token("segreto")};
  webhooks_ = {{"x", {std::string(32, 'k')}, {}}};
  start(options);
  for (const Operation& operation : documented(client().get("/openapi.json").body)) {
    if (is_missing(operation)) continue;
    const unsigned status = client().send(operation.method, example_of(operation.path)).status;
    const unsigned wanted = operation.proof.empty() ? 200U : 401U;
    const bool is_signed = operation.proof == "signature";  // its three fields are missing
    EXPECT_EQ(status, is_signed ? 400U : wanted) << operation.method << ' ' << operation.path;
  }
}

}  // namespace
}  // namespace passaparola::feed
