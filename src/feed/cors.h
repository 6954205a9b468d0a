// Pages of other origins. Nothing of this is answered unless the configuration lists their origin;
// then a browser lets such a page read the answers, with a token that it has to have.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "feed/access.h"
#include "feed/http.h"
#include "feed/router.h"

namespace passaparola::feed {

// The answer to a browser that asks on behalf of a listed origin what it may send there; nullopt:
// the request is none such.
std::optional<Answer> preflight(const Access& access, const Head& head, const RouteEntry& route);

// The fields that let the page which sent `head` read the answer; none for an origin that is not
// listed.
std::vector<std::pair<std::string, std::string>> cors_fields(const Access& access,
                                                             const Head& head);

}  // namespace passaparola::feed
