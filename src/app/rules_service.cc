#include "app/rules_service.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <spdlog/spdlog.h>

#include "app/rules_json.h"
#include "core/crash_point.h"
#include "core/fold.h"
#include "core/limits.h"
#include "core/terminal.h"

namespace passaparola::app {
namespace {

struct Body {
  std::vector<match::RuleFile> files;
  std::string sample;  // native posts, one a line
};

Error bad_body(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message));
}

// A sample post may be a mere text: who wrote it and when does not matter to most rules.
void append_text(std::string_view text, std::size_t number, std::string& sample) {
  const std::string id = fmt::format("sample-{}", number);
  PostView post;
  post.source = "sample";
  post.id = id;
  post.author.id = "sample";
  post.text = text;
  post.created_at = now();
  JsonWriter writer(sample);
  write_post(writer, post);
  sample += '\n';
}

Result<void> read_posts(simdjson::dom::element root, Body& body) {
  simdjson::dom::array posts;
  if (root["posts"].get(posts) == simdjson::NO_SUCH_FIELD) return {};
  if (root["posts"].get(posts) != simdjson::SUCCESS || posts.size() > kMaxSamplePosts) {
    return bad_body(fmt::format("posts is a list of at most {} posts", kMaxSamplePosts));
  }
  std::size_t number = 0;
  for (const simdjson::dom::element post : posts) {
    ++number;
    std::string_view text;
    if (post.get(text) == simdjson::SUCCESS) {
      append_text(text, number, body.sample);
    } else if (post.is_object()) {
      body.sample += simdjson::minify(post);
      body.sample += '\n';
    } else {
      return bad_body("a post is an object or a text");
    }
  }
  return {};
}

Result<Body> read_json(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array files;
  if (const auto error = parser.parse(text).get(root)) {
    return bad_body(fmt::format("the body is not JSON: {}", simdjson::error_message(error)));
  }
  if (root["files"].get(files) != simdjson::SUCCESS) {
    return bad_body(R"(the body is {"files":[{"name":"moka.rules","text":"…"}]})");
  }
  Body body;
  for (const simdjson::dom::element file : files) {
    std::string_view name;
    std::string_view content;
    if (file["name"].get(name) != simdjson::SUCCESS ||
        file["text"].get(content) != simdjson::SUCCESS) {
      return bad_body("a file has a name and a text");
    }
    body.files.push_back({std::string(name), std::string(content)});
    if (body.files.size() > kMaxRuleFiles) break;  // refused with its reason later
  }
  if (auto read = read_posts(root, body); !read) return read.error();
  return body;
}

Result<Body> read_body(feed::RulesRequest& request) {
  if (request.is_json) return read_json(request.body);
  if (!is_valid_utf8(request.body)) return bad_body("the rules are not UTF-8");
  Body body;
  body.files.push_back({"main.rules", std::move(request.body)});
  return body;
}

feed::RulesReply to_reply(const pipeline::RuleVerdict& verdict, bool only_check,
                          std::uint32_t store) {
  feed::RulesReply reply;
  reply.is_stale = verdict.is_stale;
  if (reply.is_stale) return reply;
  reply.refusal = refusal(verdict.diagnostics);
  if (!reply.refusal.empty()) {
    JsonWriter writer(reply.diagnostics);
    write_diagnostics(writer, verdict.diagnostics);
    return reply;
  }
  reply.hash = verdict.set.rules->hash();
  reply.json = only_check ? check_json(verdict) : activation_json(verdict, store);
  return reply;
}

void log_verdict(const pipeline::RuleVerdict& verdict) {
  if (const std::string why = refusal(verdict.diagnostics); !why.empty()) {
    spdlog::warn("the rules stay as they were: {}", terminal_safe(why));
  } else if (verdict.set.rules) {
    spdlog::info("rules {}: {} rules of {} brands are in force behind mention {}",
                 verdict.set.rules->hash(), verdict.set.rules->rule_count(),
                 verdict.set.rules->brands().size(), verdict.after);
  }
}

}  // namespace

void keep_version(const pipeline::RuleSet& set, feed::RulesCame how, std::string_view by,
                  feed::RuleVersions& versions) {
  feed::RulesInForce in_force;
  in_force.hash = set.rules->hash();
  in_force.at = now();
  in_force.how = how;
  in_force.by = by;
  in_force.brands = set.rules->brands().size();
  for (const match::RuleFile& file : set.files) in_force.files.push_back({file.name, file.text});
  const auto kept = versions.keep(in_force);
  if (kept) return;
  spdlog::error("rules {} are in force, but not among the versions that are kept: {}",
                in_force.hash, terminal_safe(kept.error().message));
}

feed::ChangeRules change_rules_of(pipeline::LiveRules& rules, feed::RuleVersions& versions,
                                  std::uint32_t store) {
  return [&rules, &versions, store](feed::RulesRequest request,
                                    std::function<void(Result<feed::RulesReply>)> done) {
    auto body = read_body(request);
    if (!body) return done(body.error());
    auto answer = [done = std::move(done), only_check = request.only_check, by = request.by, store,
                   &versions](Result<pipeline::RuleVerdict> verdict) {
      if (!verdict) return done(verdict.error());
      if (!only_check) {
        log_verdict(*verdict);
        if (verdict->set.rules) {
          crash_point("rules.in_force");
          keep_version(verdict->set, feed::RulesCame::change, by, versions);
        }
      }
      done(to_reply(*verdict, only_check, store));
    };
    if (request.only_check) {
      rules.check(std::move(body->files), std::move(body->sample), std::move(answer));
    } else {
      rules.activate(std::move(body->files), std::move(request.only_over), std::move(answer));
    }
  };
}

void reload_rules(pipeline::LiveRules& rules, feed::RuleVersions& versions) {
  spdlog::info("reading the rules again");
  rules.reload([&versions](const Result<pipeline::RuleVerdict>& verdict) {
    if (!verdict) {
      spdlog::error("the rules stay as they were: {}", terminal_safe(verdict.error().message));
      return;
    }
    log_verdict(*verdict);
    if (verdict->set.rules) keep_version(verdict->set, feed::RulesCame::reload, {}, versions);
  });
}

}  // namespace passaparola::app
