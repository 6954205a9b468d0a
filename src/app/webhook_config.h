// The [[webhook]] tables of the configuration, and their secrets.
#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "app/config.h"
#include "core/result.h"
#include "feed/feed.h"

namespace passaparola::app {

// Every webhook, checked but for its secrets, so that commands that ask for something else of the
// configuration need not have them. `file` is named in errors, with the line, the webhook and the
// key. Errors: invalid_argument.
Result<std::vector<WebhookConfig>> read_webhooks(const toml::table& root, const std::string& file);

// The same with their secrets, in that order; where posts go is left to the caller. Errors, which
// never repeat a secret: invalid_argument, io.
Result<std::vector<feed::Webhook>> load_webhooks(const std::vector<WebhookConfig>& configs);

}  // namespace passaparola::app
