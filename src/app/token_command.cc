// passaparola token: makes a token, and what the server's configuration has to know of it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "app/cli.h"
#include "app/token_config.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/plain_name.h"

namespace passaparola::app {
namespace {

struct TokenArguments {
  std::string name, role, expires;
  std::vector<std::string> brands;
  bool json = false;
};

Result<feed::Token> described(const TokenArguments& arguments) {
  const auto wrong = [](std::string why) {
    return fail(ErrorCode::invalid_argument, std::move(why));
  };
  if (!is_plain_name(arguments.name)) return wrong("NAME: " + std::string(kPlainNameRule));
  if (arguments.name == "token" || arguments.name == "local") {
    return wrong("NAME: 'token' and 'local' are taken: they ask with the one token, or with none");
  }
  const auto role = feed::parse_role(arguments.role);
  if (!role) return wrong("--role: write reader, writer or admin");
  feed::Token token;
  token.caller = {arguments.name, *role, arguments.brands};
  std::vector<std::string>& brands = token.caller.brands;
  std::sort(brands.begin(), brands.end());
  brands.erase(std::unique(brands.begin(), brands.end()), brands.end());
  const bool is_clean = std::all_of(brands.begin(), brands.end(), [](const std::string& brand) {
    return !brand.empty() && brand.find_first_of("\"\\\n") == std::string::npos;
  });
  if (!is_clean || brands.size() > kMaxTokenBrands) {
    return wrong(fmt::format("--brand: write the id of a brand, at most {}", kMaxTokenBrands));
  }
  if (!arguments.expires.empty()) {
    token.expires = parse_rfc3339(arguments.expires);
    if (!token.expires) return wrong("--expires: write a time such as 2027-06-30T00:00:00Z");
  }
  return token;
}

std::string to_json(const feed::Token& token, const std::string& secret) {
  std::string out;
  JsonWriter writer(out);
  writer.StartObject();
  writer.field("token", secret);
  writer.field("name", token.caller.name);
  writer.field("role", feed::name_of(token.caller.role));
  writer.key("brands");
  writer.StartArray();
  for (const std::string& brand : token.caller.brands) writer.String(brand.data(), brand.size());
  writer.EndArray();
  writer.field("hash", feed::to_text(token.hash));
  if (token.expires) writer.field("expires", format_rfc3339(*token.expires));
  writer.EndObject();
  return out;
}

// The table goes to standard output, so that it can be appended to a file, the token beside it to
// standard error, so that it does not end up there.
Result<void> make_token(const TokenArguments& arguments) {
  auto token = described(arguments);
  if (!token) return token.error();
  const std::string secret = feed::new_token();
  token->hash = feed::hash_token(secret);
  if (arguments.json) {
    fmt::print("{}\n", to_json(*token, secret));
    return {};
  }
  fmt::print("{}", token_table(*token));
  std::fflush(stdout);
  fmt::print(stderr,
             "\nThe token of {}, which is shown this once and kept nowhere:\n\n  {}\n\n"
             "Put the table above into the server's configuration and restart the server; give the "
             "token to {} as Authorization: Bearer, or in PASSAPAROLA_TOKEN.\n",
             arguments.name, secret, arguments.name);
  return {};
}

}  // namespace

void add_token(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<TokenArguments>();
  CLI::App* command = app.add_subcommand(
      "token", "Make a token for somebody who asks the server, and the [[token]] table for it");
  command->add_option("NAME", arguments->name, "who will show it; kept beside what they do")
      ->required();
  command
      ->add_option("--role", arguments->role,
                   "reader (sees), writer (also pushes posts and works on mentions) or admin "
                   "(also erases people and changes the rules)")
      ->required();
  command->add_option("--brand", arguments->brands,
                      "a brand that they see; give it again for more (default: all)");
  command->add_option("--expires", arguments->expires,
                      "when it ends, such as 2027-06-30T00:00:00Z (default: never)");
  command->add_flag("--json", arguments->json, "one JSON object with the token and the table");
  command->final_callback([arguments, &exit_code] {
    auto done = make_token(*arguments);
    exit_code = done ? kSuccess : report(done.error());
  });
}

}  // namespace passaparola::app
